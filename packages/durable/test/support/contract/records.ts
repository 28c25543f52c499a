/** What every journal does with its records, whatever the database is. */
import { assert, describe, it } from "@effect/vitest"
import { type Duration, Effect, Redacted, Ref, Stream } from "effect"
import { TestClock } from "effect/testing"
import * as Access from "../../../src/internal/journal/access.ts"
import * as Journals from "../journals.ts"
import type { Backend } from "./backend.ts"

const { asset, chunk, error, file, part, upload } = Journals

export const recordsContract = (backend: Backend) =>
  describe(`the records of a journal on ${backend.name}`, () => {
    const later = (time: Duration.Input) => Effect.andThen(TestClock.adjust(time), backend.settled)

    it.effect("keeps uploads, parts and assets for the next process", () =>
      Effect.gen(function* () {
        const place = yield* backend.place
        const id = yield* place.using((journal) =>
          Effect.gen(function* () {
            const [first, second] = yield* journal.add([upload("/a.mp4"), { ...upload("/b.mp4"), priority: 3 }])
            assert.deepStrictEqual([first?.seq, second?.seq, second?.priority], [1, 2, 3])
            const id = first?.id ?? ""
            const { write } = yield* journal.own
            yield* write({ _tag: "Creating", id, file })
            yield* write({ _tag: "Created", id, asset: asset("one"), chunks: 2, chunkSize: 50 })
            yield* write({ _tag: "PartSending", id, chunk: chunk(0) })
            yield* write({ _tag: "PartConfirmed", id, part: part(0) }, { _tag: "PartConfirmed", id, part: part(0) })
            yield* write({ _tag: "PartSending", id, chunk: chunk(1) })
            return id
          }),
        )
        yield* place.using((journal) =>
          Effect.gen(function* () {
            const [first, second] = yield* journal.list
            assert.deepStrictEqual([first?.state, first?.confirmed, first?.assetId], ["sending", 50, "one"])
            assert.deepStrictEqual(yield* journal.get(second?.id ?? ""), second)
            assert.deepStrictEqual(yield* journal.parts(id), [
              { ...part(0), state: "confirmed", confirmedAt: 0 },
              { ...chunk(1), state: "sending" },
            ])
            const saved = yield* journal.asset(id)
            assert.deepStrictEqual(saved?.uploadUrls.map(Redacted.value), asset("one").uploadUrls.map(Redacted.value))
            assert.deepStrictEqual({ ...saved, uploadUrls: [] }, { ...asset("one"), uploadUrls: [] })
            assert.deepStrictEqual(
              (yield* journal.events(id)).map(({ detail, kind, seq }) => [seq, kind, detail]),
              [[1, "Created", "asset one"]],
            )
          }),
        )
      }),
    )

    it.effect("returns what a dispatcher has to know, however long the queue is", () =>
      Effect.gen(function* () {
        const place = yield* backend.place
        yield* place.using((journal) =>
          Effect.gen(function* () {
            const names = ["begun", "asked", "first", "second", "third", "known", "urgent"]
            const added = yield* journal.add(
              names.map((name) => ({ ...upload(`/${name}`), priority: name === "urgent" ? 1 : 0 })),
            )
            const idOf = (name: string) => added.find(({ path }) => path === `/${name}`)?.id ?? ""
            const next = (most: number, ids: ReadonlyArray<string>) =>
              Effect.map(journal.next(most, new Set(ids)), (found) => found.map(({ path }) => path.slice(1)).toSorted())
            yield* journal.want([idOf("asked")], "cancel")
            const { write } = yield* journal.own
            yield* write({ _tag: "Creating", id: idOf("begun"), file })
            assert.deepStrictEqual(yield* next(0, []), ["asked", "begun"])
            assert.deepStrictEqual(yield* next(3, []), ["asked", "begun", "first", "second", "urgent"])
            assert.deepStrictEqual(yield* next(1, [idOf("known"), idOf("urgent"), idOf("begun"), "nobody"]), [
              "asked",
              "begun",
              "known",
              "urgent",
            ])
          }),
        )
      }),
    )

    it.effect("keeps how far a recording has grown, and its final version", () =>
      Effect.gen(function* () {
        const place = yield* backend.place
        const final = { bytes: 120, modifiedNs: "1790000000999999999", inode: "42" }
        const id = yield* place.using((journal) =>
          Effect.gen(function* () {
            const [added, complete] = yield* journal.add([
              { ...upload("/take.mp4"), quietMillis: 90_000 },
              upload("/b"),
            ])
            const id = added?.id ?? ""
            const { write } = yield* journal.own
            const recording = { ...asset("one"), uploadUrls: [], partSize: 50 }
            yield* write({ _tag: "Created", id, asset: recording, chunks: 0, chunkSize: 50 })
            for (const index of [2, 0]) yield* write({ _tag: "PartConfirmed", id, part: part(index) })
            const grown = yield* journal.get(id)
            assert.deepInclude(grown, { quietMillis: 90_000, chunks: 0, confirmed: 100 })
            assert.deepStrictEqual(grown?.file, { ...file, bytes: 150 })
            yield* write({ _tag: "PartConfirmed", id: complete?.id ?? "", part: part(2) })
            assert.strictEqual((yield* journal.get(complete?.id ?? ""))?.file.bytes, 100)
            yield* write({ _tag: "Ended", id, file: final, chunks: 3 })
            return id
          }),
        )
        yield* place.using((journal) =>
          Effect.gen(function* () {
            const record = yield* journal.get(id)
            assert.deepInclude(record, { quietMillis: 90_000, chunks: 3, confirmed: 100 })
            assert.deepStrictEqual(record?.file, final)
            assert.deepStrictEqual((yield* journal.asset(id))?.file, final)
            const events = (yield* journal.events(id)).map(({ detail, kind }) => `${kind}: ${detail}`)
            assert.include(events, "Ended: 120 bytes in 3 parts")
          }),
        )
      }),
    )

    it.effect("keeps the part size of a recording, whose asset has no URLs", () =>
      Effect.gen(function* () {
        const place = yield* backend.place
        yield* place.using((journal) =>
          Effect.gen(function* () {
            const [added] = yield* journal.add([upload("/take.mp4")])
            const id = added?.id ?? ""
            const { write } = yield* journal.own
            const recording = { ...asset("one"), uploadUrls: [], partSize: 5_242_880 }
            yield* write({ _tag: "Creating", id, file })
            yield* write({ _tag: "Created", id, asset: recording, chunks: 0, chunkSize: recording.partSize })
            assert.deepStrictEqual(yield* journal.asset(id), recording)
          }),
        )
      }),
    )

    it.effect("moves an upload through its states", () =>
      Effect.gen(function* () {
        const place = yield* backend.place
        yield* place.using((journal) =>
          Effect.gen(function* () {
            const [added] = yield* journal.add([upload("/a")])
            const id = added?.id ?? ""
            const { write } = yield* journal.own
            const now = Effect.map(journal.get(id), (record) => [
              record?.state,
              record?.failures,
              record?.confirmed,
              record?.assetId,
              record?.error?.tag,
            ])
            const created = { _tag: "Created", id, asset: asset("one"), chunks: 2, chunkSize: 50 } as const
            yield* write({ _tag: "Creating", id, file })
            assert.deepStrictEqual(yield* now, ["creating", 0, 0, undefined, undefined])
            yield* write({ _tag: "NotCreated", id })
            assert.deepStrictEqual(yield* now, ["queued", 0, 0, undefined, undefined])
            yield* write({ _tag: "Creating", id, file }, created, { _tag: "PartConfirmed", id, part: part(0) })
            assert.deepStrictEqual(yield* now, ["sending", 0, 50, "one", undefined])
            yield* write({ _tag: "Failed", id, error }, { _tag: "Failed", id, error })
            assert.deepStrictEqual(yield* now, ["failed", 1, 50, "one", "ChannelPaused"])
            yield* write({ _tag: "Requeued", id, fresh: false, createAgain: false })
            assert.deepStrictEqual(yield* now, ["queued", 1, 50, "one", undefined])
            yield* write({ _tag: "Resumed", id, resentBytes: 50 })
            assert.deepStrictEqual(yield* now, ["sending", 1, 50, "one", undefined])
            // Another asset replaces the first one, whose URLs have expired.
            yield* write({ _tag: "Creating", id, file }, { ...created, asset: asset("two") })
            assert.deepStrictEqual(yield* now, ["sending", 1, 0, "two", undefined])
            assert.deepStrictEqual(yield* journal.parts(id), [])
            yield* write({ _tag: "PartConfirmed", id, part: part(0) }, { _tag: "PartSending", id, chunk: chunk(0) })
            assert.deepStrictEqual(yield* now, ["sending", 1, 50, "two", undefined])
            assert.deepStrictEqual(yield* journal.parts(id), [{ ...part(0), state: "confirmed", confirmedAt: 0 }])
            yield* write({ _tag: "Uncertain", id, error })
            assert.deepStrictEqual(yield* now, ["uncertain", 2, 50, "two", "ChannelPaused"])
            yield* write({ _tag: "Requeued", id, fresh: true, createAgain: true })
            assert.deepStrictEqual(yield* now, ["queued", 2, 0, undefined, undefined])
            assert.deepInclude(yield* journal.get(id), { createAgain: true, resumed: false, resentBytes: 50 })
            yield* write({ _tag: "Creating", id, file }, created, { _tag: "Canceled", id })
            assert.deepStrictEqual(yield* now, ["canceled", 2, 0, undefined, undefined])
            yield* write({ _tag: "Requeued", id, fresh: false, createAgain: false }, created, { _tag: "Done", id })
            assert.deepStrictEqual(yield* now, ["done", 2, 0, "one", undefined])
          }),
        )
      }),
    )

    it.effect("keeps the requests of other processes until the owner has carried them out", () =>
      Effect.gen(function* () {
        const place = yield* backend.place
        yield* place.using((journal) =>
          Effect.gen(function* () {
            const added = yield* journal.add(["/a", "/b", "/c"].map(upload))
            const ids = added.map(({ id }) => id)
            const { write } = yield* journal.own
            yield* place.using((other) =>
              Effect.gen(function* () {
                yield* other.want(ids, "cancel")
                yield* other.prioritize(ids.slice(1), 7)
                yield* other.setPaused(true)
              }),
            )
            assert.isTrue(yield* journal.paused)
            yield* write({ _tag: "Canceled", id: ids[0] ?? "" })
            yield* write({ _tag: "Creating", id: ids[1] ?? "", file })
            assert.deepStrictEqual(
              (yield* journal.list).map(({ priority, wanted }) => [wanted, priority]),
              [
                [undefined, 0],
                ["cancel", 7],
                ["cancel", 7],
              ],
            )
            assert.strictEqual(yield* journal.clean({ failed: false }), 1)
            yield* journal.setPaused(false)
            assert.isFalse(yield* journal.paused)
          }),
        )
      }),
    )

    it.effect("adds, changes and removes many uploads, whatever their number", () =>
      Effect.gen(function* () {
        const place = yield* backend.place
        yield* place.using((journal) =>
          Effect.gen(function* () {
            const paths = Array.from({ length: 250 }, (_, n) => `/clip-${n}`)
            const added = yield* journal.add(paths.map(upload))
            const ids = added.map(({ id }) => id)
            assert.strictEqual(new Set(ids).size, 250)
            assert.deepStrictEqual(yield* journal.list, added)
            assert.deepStrictEqual(
              added.map(({ path, seq }) => [path, seq]),
              paths.map((path, n) => [path, n + 1]),
            )
            // The same upload may be named twice, and others may be gone.
            yield* journal.prioritize([...ids.slice(0, 201), ...ids.slice(0, 150), "gone"], 7)
            yield* journal.prioritize([...ids.slice(248), ...ids.slice(248)], 9)
            assert.deepStrictEqual(
              (yield* journal.list).map(({ priority }) => priority),
              paths.map((_, n) => (n < 201 ? 7 : n < 248 ? 0 : 9)),
            )
            const { write } = yield* journal.own
            yield* write(
              ...ids.slice(0, 230).flatMap((id) => [
                { _tag: "Created" as const, id, asset: asset(id), chunks: 2, chunkSize: 50 },
                { _tag: "PartConfirmed" as const, id, part: part(0) },
                { _tag: "Failed" as const, id, error },
              ]),
            )
            assert.strictEqual(yield* journal.clean({ failed: true }), 230)
            assert.deepStrictEqual(
              (yield* journal.list).map(({ path }) => path),
              paths.slice(230),
            )
            assert.deepStrictEqual(yield* journal.parts(ids[0] ?? ""), [])
          }),
        )
        const read = Access.make(yield* place.client).read
        for (const table of ["part", "secret", "event"]) {
          assert.deepStrictEqual(yield* Effect.orDie(read((run) => run(`SELECT * FROM ${table}`, []))), [], table)
        }
      }),
    )

    it.effect("lists a change as soon as its write has returned", () =>
      Effect.gen(function* () {
        const place = yield* backend.place
        yield* place.using((journal) =>
          Effect.gen(function* () {
            const [added] = yield* journal.add([upload("/a.mp4")])
            const id = added?.id ?? ""
            const { write } = yield* journal.own
            for (let n = 0; n < 50; n++) {
              yield* write({ _tag: "Requeued", id, fresh: false, createAgain: n % 2 === 0 })
              assert.strictEqual((yield* journal.list)[0]?.createAgain, n % 2 === 0)
            }
          }),
        )
      }),
    )

    it.effect("writes the changes of concurrent callers in one transaction", () =>
      Effect.gen(function* () {
        const place = yield* backend.place
        yield* place.using((journal) =>
          Effect.gen(function* () {
            const added = yield* journal.add(Array.from({ length: 20 }, (_, n) => upload(`/${n}`)))
            const { write } = yield* journal.own
            const emitted = yield* count(journal.changes)
            yield* later("1 second")
            const before = yield* Ref.get(emitted)
            yield* Effect.forEach(added, ({ id }) => write({ _tag: "Failed", id, error }), { concurrency: "unbounded" })
            yield* Effect.yieldNow
            assert.isTrue((yield* journal.list).every(({ failures, state }) => state === "failed" && failures === 1))
            assert.strictEqual((yield* Ref.get(emitted)) - before, 1)
          }),
        )
      }),
    )

    it.effect("keeps the last 1 000 events of each upload", () =>
      Effect.gen(function* () {
        const place = yield* backend.place
        yield* place.using((journal) =>
          Effect.gen(function* () {
            const [added] = yield* journal.add([upload("/a")])
            const id = added?.id ?? ""
            const { write } = yield* journal.own
            yield* write(
              ...Array.from({ length: 1003 }, (_, n) => ({ _tag: "Event" as const, id, kind: "note", detail: `${n}` })),
            )
            const events = yield* journal.events(id)
            assert.deepStrictEqual([events.length, events[0]?.detail, events.at(-1)?.detail], [1000, "3", "1002"])
          }),
        )
      }),
    )

    it.effect("emits the writes of this process at once, and those of another process within half a second", () =>
      Effect.gen(function* () {
        const place = yield* backend.place
        yield* place.using((journal) =>
          Effect.gen(function* () {
            const emitted = yield* count(journal.changes)
            const added = (action: Effect.Effect<unknown, unknown>) =>
              Effect.gen(function* () {
                const before = yield* Ref.get(emitted)
                yield* action
                return (yield* Ref.get(emitted)) - before
              })
            yield* later("1 second")
            assert.strictEqual(yield* added(Effect.andThen(journal.add([upload("/a")]), Effect.yieldNow)), 1)
            assert.strictEqual(yield* added(later("5 seconds")), backend.echoes)
            assert.strictEqual(yield* added(place.using((other) => other.add([upload("/b")]))), 0)
            assert.strictEqual(yield* added(later("500 millis")), 1)
            assert.strictEqual(yield* added(later("5 seconds")), 0)
            assert.strictEqual((yield* journal.list).length, 2)
          }),
        )
      }),
    )
  })

/** Counts the elements that a stream has emitted so far. */
const count = <E>(stream: Stream.Stream<void, E>) =>
  Effect.gen(function* () {
    const emitted = yield* Ref.make(0)
    yield* Effect.forkScoped(
      Stream.runForEach(stream, () => Ref.update(emitted, (n) => n + 1)),
      { startImmediately: true },
    )
    yield* Effect.yieldNow
    return emitted
  })
