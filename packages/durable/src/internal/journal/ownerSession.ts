/**
 * Holds the right to work through a queue on PostgreSQL, by an advisory lock of a session.
 *
 * **Details**
 *
 * The server releases the lock as soon as the process has been killed. The server cannot see that a process is suspended or
 * that its machine is cut off, so it ends a session that sends no statement for 8 s.
 */
import * as Verdict from "@holdfast/core/Verdict"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import type * as SqlClient from "effect/sql/SqlClient"
import type { Connection } from "effect/sql/SqlConnection"
import type { SqlError } from "effect/sql/SqlError"
import { JournalUnusable } from "../../JournalError.ts"
import type { JournalError } from "../../JournalError.ts"
import * as Faults from "./faults.ts"
import * as Postgres from "./postgres.ts"

/** Keeps the right for the owner of an epoch until the scope closes. */
export type Keep = (epoch: number) => Effect.Effect<void, never, Scope.Scope>

/** Keeps a right that needs no care. */
export const nothing: Keep = () => Effect.void

/** The interval at which the owner uses its session. */
const beat = Duration.seconds(2)

/** The time for which the owner waits for a second connection. */
const connecting = Duration.seconds(5)

const key = Postgres.key(5_208_011_410)

/** Acquires the right until the scope closes. Fails at once with `JournalOwned` if another session has it. */
export const acquire = (path: string, sql: SqlClient.SqlClient): Effect.Effect<Keep, JournalError, Scope.Scope> =>
  Effect.gen(function* () {
    // A session that replaces a lost one ends with this scope, after the owner has written its end.
    const sessions = yield* Effect.flatMap(Effect.scope, (parent) => Scope.fork(parent))
    let current = yield* Effect.mapError(lock(sql, sessions), Faults.unwritable(path))
    if (current === undefined) return yield* Effect.fail(Faults.owned(path))
    yield* secondConnection(path, sql)

    /** Uses the session, or opens another one. Returns whether this process may still be the owner. */
    const renew = (epoch: number): Effect.Effect<boolean, SqlError> =>
      Effect.gen(function* () {
        current ??= yield* lock(sql, sessions)
        // The server may not have ended the lost session yet.
        if (current === undefined) return true
        const session = current
        const look = Postgres.watch(session.connection, (watched) => watched.executeValues(epochOfQueue, []))
        const rows = yield* Effect.onError(look, () => close(session))
        // Another process was the owner while this process had no session, so this process is fenced.
        const taken = Number(rows[0]?.[0]) !== epoch
        if (taken) yield* close(session)
        return !taken
      })
    const close = (session: Session) =>
      Effect.suspend(() => {
        current = undefined
        return Scope.close(session.scope, Exit.void)
      })

    return (epoch) =>
      renew(epoch).pipe(
        Effect.orElseSucceed(() => true),
        Effect.delay(beat),
        Effect.repeat({ while: (continues) => continues }),
        Effect.forkScoped,
        Effect.asVoid,
      )
  })

const epochOfQueue = "SELECT epoch FROM lease WHERE name = 'queue'"

interface Session {
  readonly connection: Connection
  readonly scope: Scope.Closeable
}

/** Takes the lock in a session of its own. Returns `undefined` if another session has it. */
const lock = (sql: SqlClient.SqlClient, parent: Scope.Scope): Effect.Effect<Session | undefined, SqlError> =>
  Effect.gen(function* () {
    const scope = yield* Scope.fork(parent)
    const locked = Effect.gen(function* () {
      const connection = yield* sql.reserve
      const rows = yield* Effect.acquireRelease(
        Postgres.watch(connection, (watched) => watched.executeValues(`SELECT pg_try_advisory_lock(${key})`, [])),
        (rows) => (rows[0]?.[0] === true ? Effect.ignore(unlock(connection)) : Effect.void),
      )
      if (rows[0]?.[0] !== true) return undefined
      yield* connection.executeValues("SELECT set_config('idle_session_timeout', '8s', false)", [])
      return { connection, scope }
    })
    const session = yield* Scope.provide(locked, scope).pipe(
      Effect.onError((cause) => Scope.close(scope, Exit.failCause(cause))),
    )
    if (session === undefined) yield* Scope.close(scope, Exit.void)
    return session
  })

/** Leaves the session as it was, because its connection returns to the pool. */
const unlock = (connection: Connection): Effect.Effect<unknown, SqlError> =>
  Postgres.watch(connection, (watched) =>
    Effect.andThen(
      watched.executeUnprepared("RESET idle_session_timeout", [], undefined),
      watched.executeValues(`SELECT pg_advisory_unlock(${key})`, []),
    ),
  )

/** Fails if the client has no connection besides that of the owner's session. */
const secondConnection = (path: string, sql: SqlClient.SqlClient): Effect.Effect<void, JournalError> =>
  Effect.scoped(sql.reserve).pipe(
    Effect.mapError(Faults.unwritable(path)),
    Effect.timeoutOption(connecting),
    Effect.flatMap((found) =>
      found._tag === "Some"
        ? Effect.void
        : Effect.fail(
            new JournalUnusable({
              verdict: Verdict.never({ change: "human" }),
              path,
              detail: "the client of the database has no free connection besides the one that holds the queue",
              action: "let the client open at least 3 connections",
            }),
          ),
    ),
  )
