/** Which worker of a cluster may change an upload, and what the next one finds, whatever the database is. */
import { assert, describe, it } from "@effect/vitest"
import type { Journal } from "@holdfast/durable"
import { Effect } from "effect"
import * as Journals from "../journals.ts"
import type { Backend } from "./backend.ts"

/** Adds an upload, and returns its identifier. */
const add = (journal: Journal["Service"], path: string, createAgain = false) =>
  Effect.map(journal.add([{ ...Journals.upload(path), createAgain }]), ([added]) => added?.id ?? "")

const created = (id: string) =>
  ({ _tag: "Created", id, asset: Journals.asset("one"), chunks: 2, chunkSize: 50 }) as const

export const uploadOwnersContract = (backend: Backend) =>
  describe(`the owner of an upload on ${backend.name}`, () => {
    it.effect("is fenced from the upload that another worker has taken, and from no other", () =>
      Effect.gen(function* () {
        const place = yield* backend.place
        yield* place.using((journal) =>
          Effect.gen(function* () {
            const [a, b] = [yield* add(journal, "/a"), yield* add(journal, "/b")]
            const ownerOfA = yield* journal.ownUpload(a)
            const ownerOfB = yield* journal.ownUpload(b)
            yield* ownerOfA.write(created(a))
            yield* place.using((other) =>
              Effect.gen(function* () {
                const successor = yield* other.ownUpload(a)
                assert.strictEqual(successor.epoch, ownerOfA.epoch + 1)
                // One transaction contains both writes.
                const [late, ofB] = yield* Effect.all(
                  [
                    Effect.flip(ownerOfA.write({ _tag: "PartConfirmed", id: a, part: Journals.part(0) })),
                    Effect.result(ownerOfB.write(created(b))),
                  ],
                  { concurrency: "unbounded" },
                )
                assert.strictEqual(late._tag, "JournalFenced")
                assert.include(late.message, `owner ${successor.epoch} has taken over the upload ${a}`)
                assert.strictEqual(ofB._tag, "Success")
                yield* successor.write({ _tag: "PartConfirmed", id: a, part: Journals.part(1) })
              }),
            )
            assert.deepStrictEqual(
              (yield* journal.parts(a)).map(({ index }) => index),
              [1],
            )
            assert.strictEqual((yield* journal.get(b))?.state, "sending")
          }),
        )
      }),
    )

    it.effect("finds a creation without an answer as uncertain, or repeats it if the user allowed that", () =>
      Effect.gen(function* () {
        const place = yield* backend.place
        yield* place.using((journal) =>
          Effect.gen(function* () {
            const once = yield* add(journal, "/once")
            const again = yield* add(journal, "/again", true)
            for (const id of [once, again]) {
              const { write } = yield* journal.ownUpload(id)
              yield* write({ _tag: "Creating", id, file: Journals.file })
              yield* journal.ownUpload(id)
            }
            assert.deepInclude(yield* journal.get(once), { state: "uncertain", crashes: 1 })
            assert.deepInclude(yield* journal.get(again), { state: "queued", crashes: 1 })
          }),
        )
      }),
    )

    it.effect("counts no crash after an owner that let go of the upload", () =>
      Effect.gen(function* () {
        const place = yield* backend.place
        yield* place.using((journal) =>
          Effect.gen(function* () {
            const id = yield* add(journal, "/a")
            const begin = Effect.gen(function* () {
              const { write } = yield* journal.ownUpload(id)
              yield* write({ _tag: "PartSending", id, chunk: Journals.chunk(0) })
            })
            yield* Effect.scoped(begin)
            yield* begin
            assert.strictEqual((yield* journal.get(id))?.crashes, 0)
            yield* begin
            assert.strictEqual((yield* journal.get(id))?.crashes, 1)
          }),
        )
      }),
    )

    it.effect("excludes an owner of the whole queue, also after its end", () =>
      Effect.gen(function* () {
        const place = yield* backend.place
        yield* place.using((journal) =>
          Effect.flatMap(add(journal, "/a"), (id) => Effect.scoped(journal.ownUpload(id))),
        )
        const error = yield* Effect.flip(place.using(({ own }) => own))
        assert.strictEqual(error._tag, "JournalOwned")
        assert.include(error.message, "its uploads belong to the workers of a cluster")
      }),
    )

    it.effect("does not begin beside an owner of the whole queue", () =>
      Effect.gen(function* () {
        const place = yield* backend.place
        yield* place.using((journal) =>
          Effect.gen(function* () {
            const id = yield* add(journal, "/a")
            yield* Effect.scoped(
              Effect.gen(function* () {
                const { write } = yield* journal.own
                assert.strictEqual((yield* Effect.flip(journal.ownUpload(id)))._tag, "JournalOwned")
                yield* write(created(id))
              }),
            )
            yield* journal.ownUpload(id)
          }),
        )
      }),
    )

    it.effect("fails for an upload that was removed", () =>
      Effect.gen(function* () {
        const place = yield* backend.place
        const error = yield* Effect.flip(place.using(({ ownUpload }) => ownUpload("none")))
        assert.strictEqual(error._tag, "JournalUnwritable")
        assert.include(error.message, "the upload none was removed from the queue")
      }),
    )

    it.effect("leaves no lease when the upload is removed", () =>
      Effect.gen(function* () {
        const place = yield* backend.place
        const [first, second] = yield* place.using((journal) =>
          Effect.gen(function* () {
            const id = yield* add(journal, "/a")
            const owner = yield* journal.ownUpload(id)
            yield* owner.write({ _tag: "Canceled", id })
            assert.strictEqual(yield* journal.clean({ failed: false }), 1)
            const error = yield* Effect.flip(owner.write({ _tag: "Event", id, kind: "test", detail: "" }))
            const client = yield* place.client
            const leases = yield* Effect.orDie(
              Effect.scoped(
                Effect.flatMap(client.reserve, (connection) =>
                  connection.executeValues("SELECT name FROM lease WHERE name LIKE 'upload/%'", []),
                ),
              ),
            )
            return [error._tag, leases] as const
          }),
        )
        assert.deepStrictEqual([first, second], ["JournalFenced", []])
      }),
    )

    it.effect("keeps the device and the run of an upload", () =>
      Effect.gen(function* () {
        const place = yield* backend.place
        const [record] = yield* place.using((journal) =>
          Effect.gen(function* () {
            const [added] = yield* journal.add([{ ...Journals.upload("/a"), device: "cart-7" }])
            const id = added?.id ?? ""
            const { write } = yield* journal.ownUpload(id)
            yield* write({ _tag: "Rerun", id, run: 3 })
            return yield* journal.list
          }),
        )
        assert.deepInclude(record, { device: "cart-7", run: 3 })
        assert.deepStrictEqual(yield* place.using(({ list }) => list), record === undefined ? [] : [record])
      }),
    )
  })
