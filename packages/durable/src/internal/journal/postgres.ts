/**
 * The statements with which a transaction on PostgreSQL begins and ends.
 */
import * as Effect from "effect/Effect"
import type { Connection } from "effect/sql/SqlConnection"
import { SqlError, UnknownError } from "effect/sql/SqlError"

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
export const begin = (connection: Connection) =>
  connection
    .executeUnprepared("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE", [], undefined)
    .pipe(Effect.andThen(connection.executeValues(admit, [])))

/** Begins a transaction whose statements see the same state of the database. */
export const beginReading = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"

/** Commits a transaction. PostgreSQL answers the COMMIT of a failed transaction with a successful ROLLBACK. */
export const commit = (connection: Connection): Effect.Effect<void, SqlError> =>
  Effect.flatMap(connection.executeRaw("COMMIT", []), (result) =>
    typeof result === "object" && result !== null && "command" in result && result.command === "ROLLBACK"
      ? Effect.fail(new SqlError({ reason: new UnknownError({ cause: undefined, message: "PostgreSQL rolled back" }) }))
      : Effect.void,
  )
