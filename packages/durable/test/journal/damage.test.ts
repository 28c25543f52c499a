import { assert, describe, it } from "@effect/vitest"
import { JournalInspection } from "@holdfast/durable"
import { Effect, Exit } from "effect"
import * as Fs from "node:fs"
import * as Path from "node:path"
import * as Marks from "../../src/internal/journal/marks.ts"
import * as Records from "../../src/internal/journal/records.ts"
import * as Rows from "../../src/internal/journal/rows.ts"
import * as Journals from "../support/journals.ts"

type Contents = Effect.Success<ReturnType<typeof Journals.fill>>

/** A journal on disk, and what it says. */
interface Original {
  readonly directory: string
  readonly truth: Contents
  readonly bytes: Buffer
}

const original = (uploads: number) =>
  Effect.gen(function* () {
    const directory = yield* Journals.folder
    const truth = yield* Journals.fill(directory, uploads)
    return { directory, truth, bytes: Fs.readFileSync(Journals.fileIn(directory)) }
  })

/** Opens a changed copy of a journal, and checks that each record in it is one of the original. */
const open = ({ directory, truth }: Original, changed: Uint8Array, where: string) =>
  Effect.gen(function* () {
    const copy = yield* Journals.folder
    Fs.mkdirSync(Path.join(copy, "state"), { mode: 0o700 })
    Fs.writeFileSync(Journals.fileIn(copy), changed, { mode: 0o600 })
    const [mark] = Fs.readdirSync(Path.join(directory, "marks")).map((name) => Path.join(directory, "marks", name))
    const known: Marks.Mark = JSON.parse(Fs.readFileSync(mark ?? "", "utf8"))
    Marks.write(Path.join(copy, "marks"), { ...known, path: Journals.fileIn(copy) })
    return yield* Journals.using(copy, (journal) =>
      Effect.gen(function* () {
        const found = yield* Journals.contents(journal)
        const { opening } = journal
        for (const record of found.uploads) {
          const expected = truth.uploads.find(({ id }) => id === record.id)
          assert.deepStrictEqual(record, expected, where)
          for (const part of found.parts.get(record.id) ?? []) {
            assert.deepInclude(truth.parts.get(record.id) ?? [], part, where)
          }
          const urls = found.urls.get(record.id)
          if (urls !== undefined) assert.deepStrictEqual(urls, truth.urls.get(record.id), where)
        }
        if (opening.damaged === undefined) {
          assert.deepStrictEqual(found.uploads, truth.uploads, where)
          // The parts of an upload that is done no longer matter.
          const parts = ({ parts, uploads }: Contents) =>
            uploads.flatMap(({ id, state }) => (state === "sending" ? (parts.get(id) ?? []) : []))
          const confirmed = (contents: Contents) => parts(contents).filter(({ state }) => state === "confirmed").length
          assert.isAtMost(confirmed(truth) - confirmed(found), opening.damagedParts, where)
        } else {
          assert.isTrue(Fs.existsSync(opening.damaged.setAside), where)
        }
        // The journal works again.
        yield* journal.own
        yield* journal.add([Journals.upload("/next")])
        return { uploads: found.uploads.length, damaged: opening.damaged, damagedParts: opening.damagedParts }
      }),
    )
  }).pipe(Effect.scoped)

/** Returns a generator of numbers below a bound. */
const numbers = (seed: number) => {
  let state = seed
  return (bound: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * bound)
  }
}

describe("a damaged journal", () => {
  it.effect(
    "accepts no wrong record, whichever bit is flipped",
    () =>
      Effect.gen(function* () {
        const journal = yield* original(6)
        const next = numbers(14)
        for (let n = 0; n < 500; n++) {
          const changed = Buffer.from(journal.bytes)
          const at = next(changed.length)
          const bit = next(8)
          changed.writeUInt8(changed.readUInt8(at) ^ (1 << bit), at)
          yield* open(journal, changed, `byte ${at} bit ${bit}`)
        }
      }),
    300_000,
  )

  it.effect(
    "keeps the records before the point at which the file was cut off",
    () =>
      Effect.gen(function* () {
        const journal = yield* original(6)
        const cuts = [0, 1, 15, 16, 99, 100, 101, 4095, 4096, 4097]
        for (let at = 5000; at < journal.bytes.length; at += 509) cuts.push(at)
        for (const at of cuts) {
          const { damaged } = yield* open(journal, journal.bytes.subarray(0, at), `cut at ${at}`)
          assert.isDefined(damaged, `cut at ${at}`)
        }
      }),
    120_000,
  )

  it.effect(
    "reports damage or the same uploads if it is cut off at any byte of its first or its last two pages",
    () =>
      Effect.gen(function* () {
        const { bytes, directory } = yield* original(6)
        const file = Journals.fileIn(directory)
        const inspect = JournalInspection.inspect(Path.dirname(file))
        const whole = yield* inspect
        assert.deepStrictEqual([whole?.damage, whole?.damagedParts], [undefined, 0])
        // The file becomes one byte shorter each time. A recovery after each cut would take minutes.
        const first = Array.from({ length: 4096 }, (_, n) => 4096 - n)
        const last = Array.from({ length: 2 * 4096 }, (_, n) => bytes.length - 1 - n)
        let unaffected = 0
        for (const at of [...last, ...first]) {
          Fs.truncateSync(file, at)
          const found = yield* Effect.exit(inspect)
          if (Exit.isFailure(found) || found.value?.damage !== undefined) continue
          // The last page has the oldest event, whose checksum is compared when the history is read.
          assert.deepStrictEqual([found.value?.states, found.value?.damagedParts], [whole?.states, 0], `cut at ${at}`)
          unaffected++
        }
        assert.isAtMost(unaffected, 100)
      }),
    120_000,
  )

  it.effect(
    "recovers the records outside of a zeroed page",
    () =>
      Effect.gen(function* () {
        const journal = yield* original(60)
        const recovered: Array<number> = []
        for (let page = 0; page < journal.bytes.length / 4096; page++) {
          const changed = Buffer.from(journal.bytes)
          changed.fill(0, page * 4096, (page + 1) * 4096)
          const { damaged, uploads } = yield* open(journal, changed, `page ${page}`)
          if (damaged !== undefined) recovered.push(uploads)
        }
        // A page holds at most 30 uploads. Only the root page of the table makes all of them unreachable.
        assert.isAtLeast(recovered.filter((uploads) => uploads >= 30).length, recovered.length - 1)
        assert.isAtLeast(recovered.length, 10)
      }),
    120_000,
  )

  it.effect("replaces a wrong header", () =>
    Effect.gen(function* () {
      const journal = yield* original(6)
      const changed = Buffer.from(journal.bytes)
      changed.write("This is not a database file.")
      const { damaged, uploads } = yield* open(journal, changed, "header")
      assert.deepStrictEqual([uploads, damaged?.lost], [6, 0])
    }),
  )

  it.effect(
    "loses only the last transactions if the WAL is truncated or a bit in it is flipped",
    () =>
      Effect.gen(function* () {
        const directory = yield* Journals.folder
        const states = new Set<string>()
        const images = yield* Journals.using(directory, (journal) =>
          Effect.gen(function* () {
            const remember = Effect.map(journal.list, (records) => {
              for (const record of records) states.add(JSON.stringify(record))
            })
            const [first] = yield* journal.add([Journals.upload("/a"), Journals.upload("/b")])
            const id = first?.id ?? ""
            yield* remember
            const { write } = yield* journal.own
            yield* write({ _tag: "Creating", id, file: Journals.file })
            yield* remember
            yield* write({ _tag: "Created", id, asset: Journals.asset("one"), chunks: 2, chunkSize: 50 })
            yield* remember
            yield* write({ _tag: "PartConfirmed", id, part: Journals.part(0) })
            yield* remember
            const file = Journals.fileIn(directory)
            return { database: Fs.readFileSync(file), wal: Fs.readFileSync(`${file}-wal`) }
          }),
        )
        // SQLite reads whole frames, so all cuts inside of a page of the WAL are alike. Each byte of a header counts.
        const header = 32
        const frame = 24 + 4096
        const cuts = Array.from({ length: header + 1 }, (_, n) => n)
        for (let start = header; start < images.wal.length; start += frame) {
          for (let n = 0; n <= 25; n++) cuts.push(start + n)
          cuts.push(start + 24 + 2048, start + frame - 1)
        }
        const next = numbers(7)
        const flips = Array.from({ length: 150 }, () => ({ at: next(images.wal.length), bit: next(8) }))
        const broken = [
          ...cuts.map((at) => ({ where: `cut at ${at}`, wal: images.wal.subarray(0, at) })),
          ...flips.map(({ at, bit }) => {
            const wal = Buffer.from(images.wal)
            wal.writeUInt8(wal.readUInt8(at) ^ (1 << bit), at)
            return { where: `byte ${at} bit ${bit}`, wal }
          }),
        ]
        for (const { wal, where } of broken) {
          const copy = yield* Journals.folder
          Fs.mkdirSync(Path.join(copy, "state"), { mode: 0o700 })
          Fs.writeFileSync(Journals.fileIn(copy), images.database, { mode: 0o600 })
          Fs.writeFileSync(`${Journals.fileIn(copy)}-wal`, wal, { mode: 0o600 })
          const records = yield* Journals.using(copy, (journal) => journal.list)
          for (const record of records) assert.isTrue(states.has(JSON.stringify(record)), where)
        }
      }),
    120_000,
  )

  it.effect("reports where the damaged journal is and how many records were lost", () =>
    Effect.gen(function* () {
      const directory = yield* Journals.folder
      yield* Journals.fill(directory, 6)
      const file = Journals.fileIn(directory)
      const damaged = Fs.readFileSync(file)
      damaged.writeUInt8(
        damaged.readUInt8(damaged.indexOf("/media/clip-3.mov")) ^ 1,
        damaged.indexOf("/media/clip-3.mov"),
      )
      Fs.writeFileSync(file, damaged)
      yield* Journals.using(directory, (journal) =>
        Effect.gen(function* () {
          assert.deepStrictEqual(journal.opening, {
            damaged: {
              setAside: Path.join(directory, "state", "journal.damaged-1970-01-01T00-00-00-000Z.db"),
              recovered: 5 + 8,
              lost: 1,
            },
            damagedParts: 0,
          })
          assert.strictEqual((yield* journal.list).length, 5)
        }),
      )
      assert.deepStrictEqual(
        Fs.readFileSync(Path.join(directory, "state", "journal.damaged-1970-01-01T00-00-00-000Z.db")),
        damaged,
      )
      const left = Fs.readdirSync(Path.join(directory, "state")).filter((name) => !name.includes("damaged"))
      assert.deepStrictEqual(left.sort(), ["journal.ballast", "journal.db", "queue.owner"])
      yield* Journals.using(directory, ({ opening }) => Effect.sync(() => assert.isUndefined(opening.damaged)))
    }),
  )

  it.effect("drops and counts damaged parts, and parts of another asset, without setting the journal aside", () =>
    Effect.gen(function* () {
      const directory = yield* Journals.folder
      const { uploads } = yield* Journals.fill(directory, 3)
      const [, sending, done] = uploads
      const { DatabaseSync } = yield* Effect.promise(() => import("node:sqlite"))
      const database = new DatabaseSync(Journals.fileIn(directory))
      database.exec(`UPDATE part SET md5 = 'other' WHERE upload = ${sending?.seq} AND n = 0`)
      // An intact record of a part that belongs to the asset of another upload.
      const row = Records.fromPart(sending?.seq ?? 0, { ...Journals.part(7), state: "confirmed", confirmedAt: 0 })
      const values = Rows.seal(Rows.part, row, done?.assetId)
      database.prepare(`INSERT INTO part VALUES (${values.map(() => "?").join(", ")})`).run(...values)
      database.close()
      const id = sending?.id ?? ""
      yield* Journals.using(directory, (journal) =>
        Effect.gen(function* () {
          assert.deepStrictEqual(journal.opening, { damaged: undefined, damagedParts: 2 })
          assert.deepStrictEqual(yield* journal.parts(id), [{ ...Journals.chunk(1), state: "sending" }])
          yield* journal.own
          assert.strictEqual((yield* journal.get(id))?.confirmed, 0)
        }),
      )
      yield* Journals.using(directory, ({ opening }) => Effect.sync(() => assert.strictEqual(opening.damagedParts, 0)))
    }),
  )

  it.effect("leaves a damaged journal alone while another process owns the queue", () =>
    Effect.gen(function* () {
      const directory = yield* Journals.folder
      yield* Journals.fill(directory, 3)
      const file = Journals.fileIn(directory)
      yield* Journals.using(directory, (journal) =>
        Effect.gen(function* () {
          yield* journal.own
          const before = Fs.readFileSync(file)
          Fs.writeFileSync(file, Buffer.concat([before.subarray(0, 4096), Buffer.alloc(before.length - 4096)]))
          const error = yield* Effect.flip(Journals.using(directory, ({ list }) => list))
          assert.deepStrictEqual([error._tag, error.verdict.retry], ["JournalUnreadable", "always"])
          assert.isFalse(Fs.readdirSync(Path.join(directory, "state")).some((name) => name.includes("damaged")))
          Fs.writeFileSync(file, before)
        }),
      )
    }),
  )

  it.effect("is recovered by the next process if a recovery was stopped at any step", () =>
    Effect.gen(function* () {
      const journal = yield* original(6)
      const damaged = Buffer.from(journal.bytes)
      damaged.fill(0, 4096, 8192)
      const image = (names: ReadonlyMap<string, Uint8Array | string>) =>
        Effect.gen(function* () {
          const directory = yield* Journals.folder
          const state = Path.join(directory, "state")
          Fs.mkdirSync(state, { mode: 0o700 })
          for (const [name, content] of names) Fs.writeFileSync(Path.join(state, name), content, { mode: 0o600 })
          return directory
        })
      const whole = yield* image(new Map([["journal.db", damaged]]))
      const report = yield* Journals.using(whole, ({ opening }) => Effect.succeed(opening.damaged))
      const fresh = Fs.readFileSync(Journals.fileIn(whole))
      // The WAL of the damaged journal, whose pages do not fit the new journal.
      const wal = yield* Journals.using(journal.directory, ({ add }) =>
        Effect.map(add([Journals.upload("/in the WAL")]), () =>
          Fs.readFileSync(`${Journals.fileIn(journal.directory)}-wal`),
        ),
      )
      const set = ["journal.damaged-x.db", damaged] as const
      const old = ["journal.db", damaged] as const
      const last = ["journal.replacing", JSON.stringify(report)] as const
      const steps: ReadonlyArray<ReadonlyArray<readonly [string, Uint8Array | string]>> = [
        [old, ["journal.replacing", ""]],
        [old, ["journal.replacing", ""], set, ["journal.scratch.db", damaged]],
        [old, ["journal.replacing", ""], set, ["journal.new.db", fresh.subarray(0, 5000)]],
        [old, ["journal.replacing", last[1].slice(0, 10)], set, ["journal.new.db", fresh]],
        [old, ["journal.db-wal", wal], last, set, ["journal.new.db", fresh]],
        [old, last, set, ["journal.new.db", fresh]],
        [["journal.db", fresh], last, set],
      ]
      for (const [n, step] of steps.entries()) {
        const directory = yield* image(new Map(step))
        yield* Journals.using(directory, (opened) =>
          Effect.gen(function* () {
            const { damaged } = opened.opening
            assert.deepStrictEqual([damaged?.lost, damaged?.recovered], [report?.lost, report?.recovered], `${n}`)
            const { uploads } = yield* Journals.contents(opened)
            assert.deepStrictEqual(uploads, journal.truth.uploads, `${n}`)
            yield* opened.own
            yield* opened.add([Journals.upload("/next")])
          }),
        )
        const left = Fs.readdirSync(Path.join(directory, "state")).filter((name) => !name.includes("damaged"))
        assert.deepStrictEqual(left.sort(), ["journal.ballast", "journal.db", "queue.owner"], `${n}`)
      }
    }),
  )
})
