/**
 * Runs statements and transactions on a journal.
 */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import type * as SqlClient from "effect/sql/SqlClient"
import type { Connection } from "effect/sql/SqlConnection"
import { SqlError } from "effect/sql/SqlError"
import * as Faults from "./faults.ts"

/** The time for which a transaction waits for another process. */
export const busyWait = Duration.seconds(5)

/** The interval, before jitter, at which a transaction that waits for another process tries to begin. */
const tryEvery = Duration.millis(50)

/**
 * Admits one writing transaction at a time, as `BEGIN IMMEDIATE` does in SQLite. The number is arbitrary, as long as no other
 * program uses it.
 */
const postgresLock = "SELECT pg_advisory_xact_lock(5208011409)"

/** Executes a statement with `?` for each parameter, and returns its rows as arrays. */
export type Run = (
  text: string,
  params: ReadonlyArray<unknown>,
) => Effect.Effect<ReadonlyArray<ReadonlyArray<unknown>>, SqlError>

/** Access to one journal. */
export interface Access {
  readonly dialect: "sqlite" | "pg"
  /** Runs statements on one connection, outside of a transaction. */
  readonly read: <A, E>(body: (run: Run) => Effect.Effect<A, E>) => Effect.Effect<A, E | SqlError>
  /**
   * Runs statements in a transaction that no other writer interrupts. Waits at most 5 s for another process.
   *
   * **Gotchas**
   *
   * After a failed COMMIT, the transaction may be in the journal or not.
   */
  readonly write: <A, E>(body: (run: Run) => Effect.Effect<A, E>) => Effect.Effect<A, E | SqlError>
}

/** Returns access to a client's database. */
export const make = (sql: SqlClient.SqlClient): Access => {
  const dialect = sql.onDialectOrElse({ pg: () => "pg" as const, orElse: () => "sqlite" as const })
  const numbered = new Map<string, string>()
  const textFor = (text: string): string => {
    if (dialect === "sqlite") return text
    const found = numbered.get(text)
    if (found !== undefined) return found
    let n = 0
    const made = text.replace(/\?/g, () => `$${++n}`)
    numbered.set(text, made)
    return made
  }
  const runOn =
    (connection: Connection): Run =>
    (text, params) =>
      connection.executeValues(textFor(text), params)

  const beginOnce = (connection: Connection) =>
    dialect === "sqlite"
      ? connection.executeUnprepared("BEGIN IMMEDIATE", [], undefined)
      : connection
          .executeUnprepared("BEGIN", [], undefined)
          .pipe(Effect.andThen(connection.executeUnprepared(postgresLock, [], undefined)))

  const begin = (connection: Connection, since: bigint): Effect.Effect<void, SqlError> =>
    beginOnce(connection).pipe(
      Effect.asVoid,
      Effect.catch((error) => {
        if (Faults.kind(error) !== "busy") return Effect.fail(error)
        return Effect.gen(function* () {
          const waited = Duration.nanos((yield* Clock.monotonicTimeNanos) - since)
          if (Duration.isGreaterThanOrEqualTo(waited, busyWait)) return yield* Effect.fail(error)
          yield* Effect.sleep(Duration.times(tryEvery, 0.5 + (yield* Random.next) / 2))
          return yield* begin(connection, since)
        })
      }),
    )

  return {
    dialect,
    read: (body) => Effect.scoped(Effect.flatMap(sql.reserve, (connection) => body(runOn(connection)))),
    write: (body) =>
      Effect.scoped(
        Effect.gen(function* () {
          const connection = yield* sql.reserve
          const end = (text: string) => connection.executeUnprepared(text, [], undefined)
          return yield* Effect.uninterruptibleMask((restore) =>
            Clock.monotonicTimeNanos.pipe(
              Effect.flatMap((since) => restore(begin(connection, since))),
              Effect.andThen(body(runOn(connection))),
              Effect.tap(() => end("COMMIT")),
              // SQLite has rolled back some failed transactions already, for example on a full disk.
              Effect.onError(() => Effect.ignore(end("ROLLBACK"))),
            ),
          )
        }),
      ),
  }
}

/** How long to wait, in milliseconds, before each retry of a transaction that failed with a disk error. */
const retries = [20, 100, 500] as const

/** Runs a transaction, and retries it after a disk error. The transaction must be idempotent. */
export const persist = <A, E>(
  access: Access,
  body: (run: Run) => Effect.Effect<A, E>,
  left: ReadonlyArray<number> = retries,
): Effect.Effect<A, E | SqlError> =>
  Effect.catchIf(
    access.write(body),
    (error): error is Extract<E | SqlError, SqlError> => error instanceof SqlError && isTransient(error),
    (error) => {
      const [wait, ...rest] = left
      return wait === undefined ? Effect.fail(error) : Effect.andThen(Effect.sleep(wait), persist(access, body, rest))
    },
  )

/** Whether the same transaction may succeed a moment later. */
const isTransient = (error: SqlError): boolean => ["full", "disk"].includes(Faults.kind(error))
