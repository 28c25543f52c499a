import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { execFileSync, spawn } from "node:child_process"
import * as Fs from "node:fs"
import * as Os from "node:os"
import * as Path from "node:path"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import { Journal } from "@holdfast/durable"
import * as Journals from "../support/journals.ts"

const program = fileURLToPath(new URL("../support/ownerProcess.ts", import.meta.url))

/** A process that owns the queue, with the lines that it has printed. It is killed with the scope. */
const owner = (directory: string) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const child = spawn(process.execPath, ["--conditions=@holdfast/source", program, directory], {
        stdio: ["ignore", "pipe", "inherit"],
      })
      const lines: Array<string> = []
      const waiting = new Set<() => void>()
      createInterface({ input: child.stdout }).on("line", (line) => {
        lines.push(line)
        for (const wake of waiting) wake()
      })
      const ended = new Promise<void>((resolve) => child.on("close", () => resolve()))
      /** Waits for a line that begins with a text. */
      const line = (begin: string) =>
        Effect.promise(
          () =>
            new Promise<string>((resolve) => {
              const look = () => {
                const found = lines.find((line) => line.startsWith(begin))
                if (found === undefined) return
                waiting.delete(look)
                resolve(found)
              }
              waiting.add(look)
              look()
            }),
        )
      const kill = Effect.promise(() => {
        child.kill("SIGKILL")
        return ended
      })
      return { line, lines, kill }
    }),
    ({ kill }) => kill,
  )

const parts = (lines: ReadonlyArray<string>) => lines.filter((line) => line.startsWith("part ")).length

describe("a journal between processes", () => {
  it.live(
    "has one owner, accepts additions and requests from other processes, and is free as soon as the owner is killed",
    () =>
      Effect.gen(function* () {
        const directory = yield* Journals.folder
        const first = yield* owner(directory)
        const id = (yield* first.line("owner ")).slice("owner ".length)
        yield* first.line("part 20")
        yield* Journals.using(directory, (journal) =>
          Effect.gen(function* () {
            const error = yield* Effect.flip(journal.own)
            assert.strictEqual(error._tag, "JournalOwned")
            const [added] = yield* journal.add([Journals.upload("/other")])
            yield* journal.want([added?.id ?? ""], "cancel")
            yield* first.line("wanted /other")
            yield* first.kill
            yield* journal.own
            const record = yield* journal.get(id)
            assert.strictEqual(record?.state, "sending")
            // The last part may be in the journal although the process was killed before it printed the part.
            assert.include([0, 1], (record?.confirmed ?? 0) / 1000 - parts(first.lines))
            assert.include([0, 1], (yield* journal.parts(id)).length - parts(first.lines))
          }),
        )
      }),
    60_000,
  )

  it.live(
    "loses nothing if its owner is killed at random moments",
    () =>
      Effect.gen(function* () {
        const directory = yield* Journals.folder
        const confirmed = new Map<string, number>()
        for (let n = 0; n < 5; n++) {
          const one = yield* Effect.scoped(
            Effect.gen(function* () {
              const one = yield* owner(directory)
              const line = yield* one.line("owner ")
              yield* one.line(`part ${n * 7}`)
              yield* one.kill
              return { id: line.slice("owner ".length), parts: parts(one.lines) }
            }),
          )
          confirmed.set(one.id, one.parts)
        }
        yield* Journals.using(directory, (journal) =>
          Effect.gen(function* () {
            assert.isUndefined(journal.opening.damaged)
            assert.strictEqual((yield* journal.own).epoch, 6)
            for (const [id, count] of confirmed) {
              assert.include([0, 1], (yield* journal.parts(id)).length - count, id)
              assert.strictEqual((yield* journal.get(id))?.crashes, 0)
            }
          }),
        )
      }),
    120_000,
  )
})

/** A small file system in memory, or `undefined` without the right to mount one. */
const smallDisk = Effect.acquireRelease(
  Effect.sync(() => {
    const path = Fs.mkdtempSync(Path.join(Os.tmpdir(), "journal-disk-"))
    try {
      execFileSync("mount", ["-t", "tmpfs", "-o", "size=1m,mode=0700", "tmpfs", path], { stdio: "ignore" })
      return path
    } catch {
      Fs.rmdirSync(path)
      return undefined
    }
  }),
  (path) =>
    Effect.sync(() => {
      if (path === undefined) return
      execFileSync("umount", [path])
      Fs.rmdirSync(path)
    }),
)

const on = <A, E>(disk: string, marks: string, body: (journal: Journal["Service"]) => Effect.Effect<A, E, never>) =>
  Effect.flatMap(Journal, body).pipe(Effect.provide(Journal.layer({ directory: disk, marks }), { local: true }))

describe.skipIf(process.platform !== "linux" || process.getuid?.() !== 0)("a journal on a small disk", () => {
  it.live(
    "keeps every record that it confirmed, and records outcomes in the reserved space",
    () =>
      Effect.gen(function* () {
        const disk = yield* smallDisk
        if (disk === undefined) return
        const marks = yield* Journals.folder
        const fillers: Array<string> = []
        const fill = (bytes: number) => {
          const name = Path.join(disk, `filler-${fillers.length}`)
          try {
            Fs.writeFileSync(name, new Uint8Array(bytes))
          } catch {
            // The disk is full, as it should be.
          }
          fillers.push(name)
        }
        const states = yield* on(disk, marks, (journal) =>
          Effect.scoped(
            Effect.gen(function* () {
              const added = yield* journal.add(Array.from({ length: 30 }, (_, n) => Journals.upload(`/${n}`)))
              const { write } = yield* journal.own
              const states = new Map(added.map(({ id }) => [id, "queued"]))
              assert.isTrue(Fs.existsSync(Path.join(disk, "journal.ballast")))
              fill(1 << 20)
              let full = false
              for (const { id } of added) {
                const begun = yield* Effect.result(
                  write(
                    { _tag: "Creating", id, file: Journals.file },
                    { _tag: "Event", id, kind: "note", detail: "x".repeat(4000) },
                  ),
                )
                if (begun._tag === "Success") {
                  states.set(id, "creating")
                  continue
                }
                full = true
                assert.deepInclude(begun.failure, { _tag: "JournalUnwritable", detail: "no space left on the disk" })
                break
              }
              assert.isTrue(full)
              const last = added[29]?.id ?? ""
              yield* write({ _tag: "Failed", id: last, error: Journals.error })
              states.set(last, "failed")
              assert.isFalse(Fs.existsSync(Path.join(disk, "journal.ballast")))
              return states
            }),
          ),
        )
        for (const name of fillers) Fs.rmSync(name, { force: true })
        yield* on(disk, marks, (journal) =>
          Effect.gen(function* () {
            assert.isUndefined(journal.opening.damaged)
            assert.deepStrictEqual(new Map((yield* journal.list).map(({ id, state }) => [id, state])), states)
          }),
        )
      }),
    60_000,
  )

  it.live(
    "is rejected with the reason if the disk is read-only or full from the start",
    () =>
      Effect.gen(function* () {
        const disk = yield* smallDisk
        if (disk === undefined) return
        const marks = yield* Journals.folder
        const state = Path.join(disk, "state")
        const open = Effect.flip(on(state, marks, ({ list }) => list))
        Fs.writeFileSync(Path.join(disk, "filler"), new Uint8Array((1 << 20) - 4096))
        const full = yield* open
        assert.include(full.message, "no space left on the disk")
        Fs.rmSync(Path.join(disk, "filler"))
        yield* on(state, marks, ({ add }) => add([Journals.upload("/a")]))
        execFileSync("mount", ["-o", "remount,ro", disk])
        const readOnly = yield* open
        assert.include(["JournalUnusable", "JournalUnwritable", "JournalUnreadable"], readOnly._tag)
        assert.include(readOnly.message, "read-only")
        execFileSync("mount", ["-o", "remount,rw", disk])
        assert.strictEqual((yield* on(state, marks, ({ list }) => list)).length, 1)
      }),
    60_000,
  )
})
