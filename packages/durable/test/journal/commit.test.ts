import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, type Scope } from "effect"
import type { SqlClient } from "effect/sql"
import { SqlError, UnknownError } from "effect/sql/SqlError"
import { TestClock } from "effect/testing"
import * as Path from "node:path"
import * as Access from "../../src/internal/journal/access.ts"
import * as Ballast from "../../src/internal/journal/ballast.ts"
import * as JournalLayer from "../../src/internal/journal/layer.ts"
import * as Migrate from "../../src/internal/journal/migrate.ts"
import * as Placement from "../../src/internal/journal/placement.ts"
import * as Sqlite from "../../src/internal/journal/sqlite.ts"
import type { JournalService } from "../../src/internal/journal/types.ts"
import * as Verify from "../../src/internal/journal/verify.ts"
import * as Journals from "../support/journals.ts"

/** What happens to the next COMMITs: the disk reports an error before or after the transaction is on the disk. */
type Faults = Array<"before" | "after">

const ioError = new SqlError({
  reason: new UnknownError({ cause: Object.assign(new Error("disk I/O error"), { errcode: 1034 }) }),
})

const failing = (sql: SqlClient.SqlClient, faults: Faults): SqlClient.SqlClient =>
  Object.assign((() => undefined) as unknown as SqlClient.SqlClient, sql, {
    reserve: Effect.map(sql.reserve, (connection) => ({
      ...connection,
      executeUnprepared: (...call: Parameters<typeof connection.executeUnprepared>) => {
        const fault = call[0] === "COMMIT" ? faults.shift() : undefined
        if (fault === undefined) return connection.executeUnprepared(...call)
        if (fault === "before") return Effect.fail(ioError)
        return Effect.andThen(connection.executeUnprepared(...call), Effect.fail(ioError))
      },
    })),
  })

const journalOn = <A, E>(
  body: (journal: JournalService, faults: Faults) => Effect.Effect<A, E, Scope.Scope>,
  replaced: () => boolean = () => false,
) =>
  Effect.gen(function* () {
    const directory = yield* Journals.folder
    const { sql } = yield* Sqlite.open({ file: Path.join(directory, "x.db"), pragmas: "PRAGMA journal_mode = WAL" })
    const access = Access.make(sql)
    yield* Migrate.run(access)
    const faults: Faults = []
    const journal = yield* JournalLayer.make({
      path: "x.db",
      sql: failing(sql, faults),
      damaged: undefined,
      verified: yield* access.read((run) => Verify.journal(access, run)),
      replaced,
      exclusive: Effect.void,
      placement: Placement.anywhere,
      ballast: Ballast.none,
    })
    return yield* body(journal, faults)
  }).pipe(Effect.scoped)

/** Runs an effect that waits between its attempts. */
const patiently = <A, E>(effect: Effect.Effect<A, E>) =>
  Effect.gen(function* () {
    const fiber = yield* Effect.forkChild(effect, { startImmediately: true })
    while (fiber.pollUnsafe() === undefined) yield* TestClock.adjust("50 millis")
    return yield* Fiber.join(fiber)
  })

describe("a transaction whose COMMIT failed", () => {
  for (const faults of [["before"], ["after"], ["before", "before", "after"], ["after", "before", "before"]] as const) {
    it.effect(`is in the journal exactly once (${faults.join(", ")})`, () =>
      journalOn((journal, next) =>
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
    journalOn((journal, next) =>
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
        yield* write({ _tag: "Canceled", id })
        assert.strictEqual((yield* journal.get(id))?.state, "canceled")
      }),
    ),
  )

  it.effect("adds no upload twice, and begins no epoch twice", () =>
    journalOn((journal, next) =>
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

describe("a transaction while another process recovers the journal", () => {
  it.effect("is repeated until the recovery has ended, and changes nothing twice", () => {
    let looks = 0
    return journalOn(
      (journal) =>
        Effect.gen(function* () {
          assert.strictEqual((yield* patiently(journal.add([Journals.upload("/a")]))).length, 1)
          assert.strictEqual(looks, 4)
          assert.strictEqual((yield* journal.list).length, 1)
        }),
      () => ++looks < 4,
    )
  })

  it.effect("fails after 5 seconds", () =>
    journalOn(
      (journal) =>
        Effect.gen(function* () {
          const error = yield* patiently(Effect.flip(journal.setPaused(true)))
          assert.deepInclude(error, {
            _tag: "JournalUnwritable",
            detail: "another process is recovering it after damage",
          })
          assert.strictEqual(error.verdict.retry, "always")
        }),
      () => true,
    ),
  )
})
