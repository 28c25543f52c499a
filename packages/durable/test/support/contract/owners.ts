/** Who may write to a journal, and what the next owner finds, whatever the database is. */
import { assert, describe, it } from "@effect/vitest"
import type { Journal } from "@holdfast/durable"
import { Effect, Exit, Scope } from "effect"
import * as Access from "../../../src/internal/journal/access.ts"
import * as Own from "../../../src/internal/journal/own.ts"
import * as Journals from "../journals.ts"
import type { Backend } from "./backend.ts"

export const ownersContract = (backend: Backend) =>
  describe(`the owner of a journal on ${backend.name}`, () => {
    it.effect("is the only one until it has ended", () =>
      Effect.gen(function* () {
        const place = yield* backend.place
        yield* place.using((journal) =>
          Effect.gen(function* () {
            const epoch = yield* Effect.scoped(
              Effect.gen(function* () {
                const { epoch } = yield* journal.own
                assert.strictEqual((yield* Effect.flip(journal.own))._tag, "JournalOwned")
                const other = yield* place.using(({ own }) => Effect.flip(own))
                assert.strictEqual(other._tag, "JournalOwned")
                assert.strictEqual(other.verdict.retry, "always")
                return epoch
              }),
            )
            assert.strictEqual((yield* place.using(({ own }) => own)).epoch, epoch + 1)
            assert.strictEqual((yield* journal.own).epoch, epoch + 2)
          }),
        )
      }),
    )

    it.effect("is fenced if another process has begun a newer epoch", () =>
      Effect.gen(function* () {
        const place = yield* backend.place
        yield* place.using((journal) =>
          Effect.gen(function* () {
            const [added] = yield* journal.add([Journals.upload("/a")])
            const id = added?.id ?? ""
            const { epoch, write } = yield* journal.own
            const access = Access.make(yield* place.client)
            assert.strictEqual(yield* Effect.orDie(access.write((run) => Own.begin(run, 0))), epoch + 1)
            const error = yield* Effect.flip(write({ _tag: "Creating", id, file: Journals.file }))
            assert.strictEqual(error._tag, "JournalFenced")
            assert.strictEqual((yield* journal.get(id))?.state, "queued")
          }),
        )
      }),
    )

    it.effect(
      "leaves an upload unreported if the owner that finished it was interrupted, until an owner reaches its end",
      () =>
        Effect.gen(function* () {
          const place = yield* backend.place
          const done = (journal: Journal["Service"], path: string) =>
            Effect.gen(function* () {
              const [added] = yield* journal.add([Journals.upload(path)])
              const id = added?.id ?? ""
              const { write } = yield* journal.own
              yield* write({ _tag: "Creating", id, file: Journals.file })
              yield* write({ _tag: "Created", id, asset: Journals.asset(id), chunks: 2, chunkSize: 50 })
              yield* write({ _tag: "Done", id })
              return id
            })
          yield* place.using((journal) =>
            Effect.gen(function* () {
              yield* Effect.scoped(done(journal, "/reported"))
              assert.strictEqual((yield* journal.unreported).size, 0)
              let interrupted = ""
              yield* Effect.exit(
                Effect.scoped(
                  Effect.andThen(
                    Effect.tap(done(journal, "/interrupted"), (id) => Effect.sync(() => (interrupted = id))),
                    Effect.interrupt,
                  ),
                ),
              )
              assert.deepStrictEqual([...(yield* journal.unreported)], [interrupted])
              yield* Effect.scoped(journal.own)
              assert.strictEqual((yield* journal.unreported).size, 0)
            }),
          )
        }),
    )

    it.effect("counts a crash for each upload that made no progress", () =>
      Effect.gen(function* () {
        const place = yield* backend.place
        const crashed = yield* place.using((journal) =>
          Effect.gen(function* () {
            const added = yield* journal.add(
              ["/creating", "/again", "/stuck", "/moving", "/queued"].map((path) => ({
                ...Journals.upload(path),
                createAgain: path === "/again",
              })),
            )
            const [creating = "", again = "", stuck = "", moving = ""] = added.map(({ id }) => id)
            const { write } = yield* journal.own
            const created = (id: string) => ({
              _tag: "Created" as const,
              id,
              asset: Journals.asset(id),
              chunks: 2,
              chunkSize: 50,
            })
            for (const id of [creating, again, stuck, moving])
              yield* write({ _tag: "Creating", id, file: Journals.file })
            yield* write(created(stuck), created(moving))
            return { moving }
          }),
        )
        // The next owner begins the parts of two uploads, and confirms one. Then its process is killed.
        yield* place.crashing((journal) =>
          Effect.gen(function* () {
            const records = yield* journal.list
            const { write } = yield* journal.own
            for (const { id, state } of records)
              if (state === "sending") yield* write({ _tag: "PartSending", id, chunk: Journals.chunk(0) })
            yield* write({ _tag: "PartConfirmed", id: crashed.moving, part: Journals.part(0) })
          }),
        )
        yield* place.using((journal) =>
          Effect.gen(function* () {
            yield* journal.own
            assert.deepStrictEqual(
              (yield* journal.list).map(({ crashes, path, state }) => [path, state, crashes]),
              [
                ["/creating", "uncertain", 0],
                ["/again", "queued", 0],
                ["/stuck", "sending", 1],
                ["/moving", "sending", 0],
                ["/queued", "queued", 0],
              ],
            )
          }),
        )
      }),
    )

    it.effect("counts no crash for a recording that only waited for its recorder", () =>
      Effect.gen(function* () {
        const place = yield* backend.place
        yield* place.using((journal) =>
          Effect.gen(function* () {
            const added = yield* journal.add(
              ["/waiting", "/sending", "/complete"].map((path) => ({
                ...Journals.upload(path),
                ...(path === "/complete" ? {} : { quietMillis: 60_000 }),
              })),
            )
            const { write } = yield* journal.own
            for (const { id } of added) {
              yield* write({ _tag: "Creating", id, file: Journals.file })
              yield* write({ _tag: "Created", id, asset: Journals.asset(id), chunks: 0, chunkSize: 50 })
            }
          }),
        )
        yield* place.crashing((journal) =>
          Effect.gen(function* () {
            const records = yield* journal.list
            const { write } = yield* journal.own
            for (const { id, path } of records) {
              yield* write({ _tag: "Resumed", id, resentBytes: 0 })
              if (path === "/sending") yield* write({ _tag: "PartSending", id, chunk: Journals.chunk(0) })
            }
          }),
        )
        yield* place.using((journal) =>
          Effect.gen(function* () {
            yield* journal.own
            assert.deepStrictEqual(
              (yield* journal.list).map(({ crashes, path, resumed }) => [path, resumed, crashes]),
              [
                ["/waiting", true, 0],
                ["/sending", true, 1],
                ["/complete", true, 1],
              ],
            )
          }),
        )
      }),
    )

    it.effect("writes what is pending before its scope closes", () =>
      Effect.gen(function* () {
        const place = yield* backend.place
        yield* place.using((journal) =>
          Effect.gen(function* () {
            const added = yield* journal.add(["/a", "/b", "/c"].map(Journals.upload))
            const scope = yield* Scope.make()
            const { write } = yield* Scope.provide(journal.own, scope)
            yield* Effect.forEach(added, ({ id }) =>
              Effect.forkChild(write({ _tag: "Failed", id, error: Journals.error }), { startImmediately: true }),
            )
            yield* Scope.close(scope, Exit.void)
            assert.deepStrictEqual(
              (yield* journal.list).map(({ state }) => state),
              ["failed", "failed", "failed"],
            )
            const late = yield* Effect.flip(write({ _tag: "Canceled", id: added[0]?.id ?? "" }))
            assert.strictEqual(late._tag, "JournalFenced")
          }),
        )
      }),
    )

    it.effect("rejects only the changes of an upload that was removed", () =>
      Effect.gen(function* () {
        const place = yield* backend.place
        yield* place.using((journal) =>
          Effect.gen(function* () {
            const [kept, removed] = yield* journal.add(["/a", "/b"].map(Journals.upload))
            const { write } = yield* journal.own
            yield* write({ _tag: "Failed", id: removed?.id ?? "", error: Journals.error })
            assert.strictEqual(yield* journal.clean({ failed: true }), 1)
            const results = yield* Effect.all(
              [kept, removed].map((record) => Effect.result(write({ _tag: "Canceled", id: record?.id ?? "" }))),
              { concurrency: 2 },
            )
            assert.deepStrictEqual(
              results.map(({ _tag }) => _tag),
              ["Success", "Failure"],
            )
            assert.strictEqual((yield* journal.get(kept?.id ?? ""))?.state, "canceled")
          }),
        )
      }),
    )

    it.effect("deletes the upload URLs of an upload that has ended", () =>
      Effect.gen(function* () {
        const place = yield* backend.place
        const sql = yield* place
          .using((journal) =>
            Effect.gen(function* () {
              const added = yield* journal.add(["/done", "/canceled", "/fresh"].map(Journals.upload))
              const { write } = yield* journal.own
              for (const { id } of added) {
                yield* write({ _tag: "Created", id, asset: Journals.asset(`asset-${id}`), chunks: 2, chunkSize: 50 })
                assert.strictEqual((yield* journal.asset(id))?.uploadUrls.length, 2)
              }
              const [done = "", canceled = "", fresh = ""] = added.map(({ id }) => id)
              yield* write({ _tag: "Done", id: done }, { _tag: "Canceled", id: canceled })
              yield* write({ _tag: "Requeued", id: fresh, fresh: true, createAgain: false })
              for (const { id } of added) assert.isUndefined(yield* journal.asset(id))
            }),
          )
          .pipe(Effect.andThen(place.client))
        const left = yield* Effect.orDie(Access.make(sql).read((run) => run("SELECT urls FROM secret", [])))
        assert.deepStrictEqual(left, [])
      }),
    )
  })
