/**
 * A journal in a new database of PostgreSQL.
 */
import { PgClient } from "@effect/sql-pg"
import { Journal } from "@holdfast/durable"
import { Context, Effect, Layer, Scope } from "effect"
import { SqlClient } from "effect/sql"
import type { Place, Use } from "../../../durable/test/support/contract/backend.ts"
import { type Database, PostgresServer } from "./PostgresServer.ts"

/** A place for a journal, and what the tests of lost connections do to its database. */
export interface PostgresPlace extends Place {
  readonly database: Database
  /** Returns the rows of a statement. */
  readonly query: (statement: string) => Effect.Effect<ReadonlyArray<object>>
  /** Ends all sessions of the database. */
  readonly disconnect: Effect.Effect<void>
}

/** Ends the other sessions of the database. */
const terminate =
  "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"

/** Returns a place without a journal, which the journal reaches through another port of 127.0.0.1. */
export const through = <R>(
  route: (port: number) => Effect.Effect<number, never, R>,
): Effect.Effect<PostgresPlace, never, PostgresServer | R> =>
  Effect.gen(function* () {
    const server = yield* PostgresServer
    const database = yield* server.database
    const client = Layer.orDie(PgClient.layer({ ...database, port: yield* route(database.port) }))
    const layer = Journal.layerSql({ path: database.database }).pipe(Layer.provide(client))
    const query = (statement: string) => server.execute(database, statement)
    const disconnect = Effect.asVoid(query(terminate))
    const using: Use = (body) =>
      Effect.flatMap(Journal, body).pipe(Effect.scoped, Effect.provide(layer, { local: true }))
    const crashing: Use = (body) =>
      Effect.gen(function* () {
        // A killed process closes no scope.
        const scope = yield* Scope.make()
        const context = yield* Layer.buildWithScope(Layer.fresh(layer), scope)
        const result = yield* Scope.provide(body(Context.get(context, Journal)), scope)
        yield* disconnect
        return result
      })
    return {
      database,
      query,
      disconnect,
      using,
      crashing,
      execute: (statement) => Effect.asVoid(query(statement)),
      client: Effect.map(Layer.build(Layer.fresh(client)), (context) => Context.get(context, SqlClient.SqlClient)),
    }
  })

/** Returns a place without a journal. */
export const make = through(Effect.succeed)
