/**
 * The statements with which a transaction on PostgreSQL begins and ends, and the watch over a silent server.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type { Connection } from "effect/sql/SqlConnection"
import { ConnectionError, SqlError, UnknownError } from "effect/sql/SqlError"

/** How a transaction uses its connection. */
export type Statements = Pick<Connection, "executeRaw" | "executeUnprepared" | "executeValues">

/** Returns the key of an advisory lock of the journal. A database may contain one journal in each schema. */
export const key = (seed: number): string => `hashtextextended(COALESCE(current_schema(), ''), ${seed})`

/**
 * Prepares a transaction, and admits one writing transaction at a time, as `BEGIN IMMEDIATE` does in SQLite.
 *
 * **Details**
 *
 * The server ends the session of a process that was suspended within a transaction, so that the other processes can write. A
 * server that is configured with `synchronous_commit = off` would confirm a transaction before it is on the disk.
 */
const admit = `SELECT set_config('lock_timeout', '5s', true), set_config('idle_in_transaction_session_timeout', '4s', true),
  set_config('synchronous_commit', CASE current_setting('synchronous_commit') WHEN 'off' THEN 'on'
    ELSE current_setting('synchronous_commit') END, true), pg_advisory_xact_lock(${key(5_208_011_409)})`

/** Each statement must see what the last transaction wrote, whatever the default of the server is. */
export const begin = (connection: Statements) =>
  connection
    .executeUnprepared("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE", [], undefined)
    .pipe(Effect.andThen(connection.executeValues(admit, [])))

/** Begins a transaction whose statements see the same state of the database. */
export const beginReading = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"

/** Commits a transaction. PostgreSQL answers the COMMIT of a failed transaction with a successful ROLLBACK. */
export const commit = (connection: Statements): Effect.Effect<void, SqlError> =>
  Effect.flatMap(connection.executeRaw("COMMIT", []), (result) =>
    typeof result === "object" && result !== null && "command" in result && result.command === "ROLLBACK"
      ? Effect.fail(new SqlError({ reason: new UnknownError({ cause: undefined, message: "PostgreSQL rolled back" }) }))
      : Effect.void,
  )

/** How long the server may answer nothing. A transaction waits at most 5 s for another one. */
const longestSilence = Duration.seconds(10)

/**
 * Uses a connection, and fails as after a lost connection when the server has answered no statement for 10 s.
 *
 * **Details**
 *
 * If the server's machine or the network fails, no packet reports it, and the operating system would wait for 15 minutes. The
 * body is interrupted then, even within an uninterruptible region.
 */
export const watch = <A, E>(
  connection: Statements,
  body: (connection: Statements) => Effect.Effect<A, E>,
): Effect.Effect<A, E | SqlError> =>
  Effect.suspend(() => {
    let answers = 0
    const counted = <B, F>(statement: Effect.Effect<B, F>) => Effect.tap(statement, () => Effect.sync(() => answers++))
    const watched: Statements = {
      executeValues: (...call) => counted(connection.executeValues(...call)),
      executeRaw: (...call) => counted(connection.executeRaw(...call)),
      executeUnprepared: (...call) => counted(connection.executeUnprepared(...call)),
    }
    const silence: Effect.Effect<never, SqlError> = Effect.suspend(() => {
      const before = answers
      return Effect.flatMap(Effect.sleep(longestSilence), () => (answers === before ? Effect.fail(noAnswer) : silence))
    })
    return Effect.raceFirst(Effect.interruptible(body(watched)), Effect.interruptible(silence))
  })

const noAnswer = new SqlError({
  reason: new ConnectionError({ cause: undefined, message: "the server did not answer for 10 s" }),
})
