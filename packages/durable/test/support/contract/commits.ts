/** A COMMIT whose outcome is unknown, whatever the database is. */
import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, type Scope } from "effect"
import type { SqlClient } from "effect/sql"
import { SqlError, UnknownError } from "effect/sql/SqlError"
import { TestClock } from "effect/testing"
import * as Access from "../../../src/internal/journal/access.ts"
import * as Ballast from "../../../src/internal/journal/ballast.ts"
import * as JournalLayer from "../../../src/internal/journal/layer.ts"
import * as Migrate from "../../../src/internal/journal/migrate.ts"
import * as Placement from "../../../src/internal/journal/placement.ts"
import type { JournalService } from "../../../src/internal/journal/types.ts"
import * as Verify from "../../../src/internal/journal/verify.ts"
import * as Journals from "../journals.ts"
import { type Backend, breathe } from "./backend.ts"

/** What happens to the next COMMITs: the disk reports an error before or after the transaction is on the disk. */
type Faults = Array<"before" | "after">

const ioError = new SqlError({
  reason: new UnknownError({ cause: Object.assign(new Error("disk I/O error"), { errcode: 1034 }) }),
})

const failing = (sql: SqlClient.SqlClient, faults: Faults): SqlClient.SqlClient =>
  Object.assign((() => undefined) as unknown as SqlClient.SqlClient, sql, {
    reserve: Effect.map(sql.reserve, (connection) => {
      const committing = <A>(text: string, run: Effect.Effect<A, SqlError>) => {
        const fault = text === "COMMIT" ? faults.shift() : undefined
        if (fault === undefined) return run
        return fault === "before" ? Effect.fail(ioError) : Effect.andThen(run, Effect.fail(ioError))
      }
      // The connection of PostgreSQL is an instance of a class.
      return Object.assign(Object.create(connection) as typeof connection, {
        executeRaw: (...call: Parameters<typeof connection.executeRaw>) =>
          committing(call[0], connection.executeRaw(...call)),
        executeUnprepared: (...call: Parameters<typeof connection.executeUnprepared>) =>
          committing(call[0], connection.executeUnprepared(...call)),
      })
    }),
  })

/** Opens a journal whose COMMITs fail as the test asks. */
export const failingJournal = <A, E>(
  backend: Backend,
  body: (journal: JournalService, faults: Faults) => Effect.Effect<A, E, Scope.Scope>,
  replaced: () => boolean = () => false,
) =>
  Effect.gen(function* () {
    const { client } = yield* backend.place
    const sql = yield* client
    const access = Access.make(sql)
    yield* Migrate.run(access)
    const faults: Faults = []
    const journal = yield* JournalLayer.make({
      path: "x.db",
      access: Access.make(failing(sql, faults)),
      damaged: undefined,
      verified: yield* access.read((run) => Verify.journal(access, run)),
      replaced,
      generation: () => 1,
      exclusive: Effect.succeed(() => Effect.void),
      placement: Placement.anywhere,
      ballast: Ballast.none,
    })
    return yield* body(journal, faults)
  }).pipe(Effect.scoped)

/** Runs an effect that waits between its attempts. */
export const patiently = <A, E>(effect: Effect.Effect<A, E>) =>
  Effect.gen(function* () {
    const fiber = yield* Effect.forkChild(effect, { startImmediately: true })
    while (fiber.pollUnsafe() === undefined) {
      yield* breathe
      yield* TestClock.adjust("50 millis")
    }
    return yield* Fiber.join(fiber)
  })

export const commitsContract = (backend: Backend) =>
  describe(`a transaction whose COMMIT failed on ${backend.name}`, () => {
    for (const faults of [
      ["before"],
      ["after"],
      ["before", "before", "after"],
      ["after", "before", "before"],
    ] as const) {
      it.effect(`is in the journal exactly once (${faults.join(", ")})`, () =>
        failingJournal(backend, (journal, next) =>
          Effect.gen(function* () {
            const [added] = yield* journal.add([Journals.upload("/a")])
            const id = added?.id ?? ""
            const { write } = yield* journal.own
            next.push(...faults)
            yield* patiently(
              write(
                { _tag: "Failed", id, error: Journals.error },
                { _tag: "Requeued", id, fresh: false, createAgain: false },
                { _tag: "Event", id, kind: "note", detail: "once" },
              ),
            )
            assert.deepInclude(yield* journal.get(id), { failures: 1, state: "queued" })
            assert.deepStrictEqual(
              (yield* journal.events(id)).map(({ kind }) => kind),
              ["Failed", "Requeued", "note"],
            )
          }),
        ),
      )
    }

    it.effect("is read back after the last attempt", () =>
      failingJournal(backend, (journal, next) =>
        Effect.gen(function* () {
          const [added] = yield* journal.add([Journals.upload("/a")])
          const id = added?.id ?? ""
          const { write } = yield* journal.own
          next.push("before", "before", "before", "after")
          yield* patiently(write({ _tag: "Failed", id, error: Journals.error }))
          assert.strictEqual((yield* journal.get(id))?.failures, 1)
          next.push("before", "before", "before", "before")
          const error = yield* patiently(Effect.flip(write({ _tag: "Canceled", id })))
          assert.deepInclude(error, { _tag: "JournalUnwritable", detail: "the disk failed" })
          assert.strictEqual((yield* journal.get(id))?.state, "failed")
          yield* patiently(write({ _tag: "Canceled", id }))
          assert.strictEqual((yield* journal.get(id))?.state, "canceled")
        }),
      ),
    )

    it.effect("adds no upload twice, and begins no epoch twice", () =>
      failingJournal(backend, (journal, next) =>
        Effect.gen(function* () {
          next.push("after", "after", "before")
          assert.strictEqual((yield* patiently(journal.add(["/a", "/b"].map(Journals.upload)))).length, 2)
          assert.deepStrictEqual(
            (yield* journal.list).map(({ path, seq }) => [path, seq]),
            [
              ["/a", 1],
              ["/b", 2],
            ],
          )
          next.push("after", "after")
          const { epoch } = yield* patiently(Effect.scoped(journal.own))
          assert.strictEqual(epoch, 1)
        }),
      ),
    )
  })
