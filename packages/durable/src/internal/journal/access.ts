/**
 * Runs statements and transactions on a journal.
 */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import type * as SqlClient from "effect/sql/SqlClient"
import { SqlError } from "effect/sql/SqlError"
import * as Faults from "./faults.ts"
import * as Postgres from "./postgres.ts"

/** The time for which a transaction waits for another process. */
export const busyWait = Duration.seconds(5)

/** The interval, before jitter, at which a transaction that waits for another process tries to begin. */
const tryEvery = Duration.millis(50)

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
   * Runs statements in a transaction that no other writer interrupts. Waits at most 5 s for another process. `committed` runs
   * after the COMMIT, before anything else uses the connection. The effect ends as soon as the transaction is on the disk.
   *
   * **Gotchas**
   *
   * After a failed COMMIT, the transaction may be in the journal or not. After a failed sync, it is in the journal, and may be
   * lost by a power failure.
   */
  readonly write: <A, E>(
    body: (run: Run) => Effect.Effect<A, E>,
    committed?: (result: A) => void,
  ) => Effect.Effect<A, E | SqlError>
  /** Runs reading statements that all see the same state of the database. */
  readonly snapshot: <A, E>(body: (run: Run) => Effect.Effect<A, E>) => Effect.Effect<A, E | SqlError>
  /**
   * Runs reading statements after the transactions that are being committed, and makes sure that what they read is on the
   * disk. After a lost connection, PostgreSQL may still commit a transaction whose client has gone.
   */
  readonly settled: <A, E>(body: (run: Run) => Effect.Effect<A, E>) => Effect.Effect<A, E | SqlError>
}

/**
 * Returns access to a client's database. `sync` waits until the committed transactions are on the disk, if the database leaves
 * that to its caller.
 */
export const make = (sql: SqlClient.SqlClient, sync: Effect.Effect<void, SqlError> = Effect.void): Access => {
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
    (connection: Postgres.Statements): Run =>
    (text, params) =>
      connection.executeValues(textFor(text), params)

  const beginOnce = (connection: Postgres.Statements) =>
    dialect === "sqlite" ? connection.executeUnprepared("BEGIN IMMEDIATE", [], undefined) : Postgres.begin(connection)

  const begin = (connection: Postgres.Statements, since: bigint): Effect.Effect<void, SqlError> =>
    beginOnce(connection).pipe(
      Effect.asVoid,
      Effect.catch((error) => {
        if (Faults.kind(error) !== "busy") return Effect.fail(error)
        return Effect.gen(function* () {
          const waited = Duration.nanos((yield* Clock.monotonicTimeNanos) - since)
          if (Duration.isGreaterThanOrEqualTo(waited, busyWait)) return yield* Effect.fail(error)
          yield* rollback(connection)
          yield* Effect.sleep(Duration.times(tryEvery, 0.5 + (yield* Random.next) / 2))
          return yield* begin(connection, since)
        })
      }),
    )

  const execute = (text: string) => (connection: Postgres.Statements) =>
    connection.executeUnprepared(text, [], undefined)
  const commit = dialect === "sqlite" ? execute("COMMIT") : Postgres.commit
  const beginReading = execute(dialect === "sqlite" ? "BEGIN" : Postgres.beginReading)
  // A statement of SQLite ends before the event loop continues.
  const watch: typeof Postgres.watch = dialect === "sqlite" ? (connection, body) => body(connection) : Postgres.watch
  const rollback = (connection: Postgres.Statements) => Effect.ignore(watch(connection, execute("ROLLBACK")))

  const read: Access["read"] = (body) =>
    Effect.scoped(Effect.flatMap(sql.reserve, (connection) => watch(connection, (watched) => body(runOn(watched)))))

  const write: Access["write"] = (body, committed = () => {}) =>
    Effect.scoped(
      Effect.gen(function* () {
        const connection = yield* sql.reserve
        return yield* Effect.uninterruptibleMask((restore) =>
          Clock.monotonicTimeNanos.pipe(
            Effect.flatMap((since) => restore(watch(connection, (watched) => begin(watched, since)))),
            Effect.andThen(watch(connection, (watched) => Effect.tap(body(runOn(watched)), () => commit(watched)))),
            // SQLite has rolled back some failed transactions already, for example on a full disk.
            Effect.onError(() => rollback(connection)),
            Effect.tap((result) => Effect.sync(() => committed(result))),
          ),
        )
      }),
    ).pipe(Effect.tap(() => sync))

  return {
    dialect,
    read,
    write,
    snapshot: (body) =>
      Effect.scoped(
        Effect.flatMap(sql.reserve, (connection) =>
          Effect.acquireUseRelease(
            watch(connection, beginReading),
            () => watch(connection, (watched) => body(runOn(watched))),
            () => rollback(connection),
          ),
        ),
      ),
    settled: dialect === "sqlite" ? (body) => Effect.tap(read(body), () => sync) : write,
  }
}

/** How long to wait, in milliseconds, before each retry of a transaction that failed with a disk error. */
const retries = [20, 100, 500] as const

/** How long to wait, in milliseconds, before each connection to a database that has been lost: 30 s in total. */
const reconnections = [20, 100, 500, 1000, ...Array.from({ length: 14 }, () => 2000)] as const

/** How long to wait, in milliseconds, before each retry after a failure. Other failures are not retried. */
type Waits = Partial<Record<Faults.Kind, ReadonlyArray<number>>>

const retried = <A, E>(effect: Effect.Effect<A, E>, waits: Waits, retry = 0): Effect.Effect<A, E> =>
  effect.pipe(
    Effect.catch((error) => {
      const wait = error instanceof SqlError ? waits[Faults.kind(error)]?.[retry] : undefined
      return wait === undefined
        ? Effect.fail(error)
        : Effect.andThen(Effect.sleep(wait), retried(effect, waits, retry + 1))
    }),
  )

/**
 * Runs a transaction, and retries it after a disk error or a lost connection. The transaction must be idempotent.
 */
export const persist = <A, E>(
  access: Access,
  body: (run: Run) => Effect.Effect<A, E>,
  committed?: (result: A) => void,
): Effect.Effect<A, E | SqlError> =>
  retried(access.write(body, committed), { full: retries, disk: retries, lost: reconnections })

/** Runs statements that only read, and retries them after a lost connection. */
export const query = <A, E>(access: Access, body: (run: Run) => Effect.Effect<A, E>): Effect.Effect<A, E | SqlError> =>
  retried(access.read(body), { lost: reconnections })
