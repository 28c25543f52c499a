import { PgClient } from "@effect/sql-pg"
import { Journal } from "@holdfast/durable"
import { describe } from "@effect/vitest"
import { Context, Effect, Layer, ManagedRuntime, Scope } from "effect"
import { SqlClient } from "effect/sql"
import { afterAll, beforeAll } from "vitest"
import type { Backend, Use } from "../../../durable/test/support/contract/backend.ts"
import { journalContract } from "../../../durable/test/support/contract/index.ts"
import * as Peer from "../../support/processes/Peer.ts"
import { missing, PostgresServer } from "../../support/postgres/PostgresServer.ts"

const runtime = ManagedRuntime.make(PostgresServer.layer)

const place: Backend["place"] = Effect.gen(function* () {
  const server = yield* Effect.promise(() => runtime.runPromise(PostgresServer))
  const database = yield* server.database
  const client = Layer.orDie(PgClient.layer(database))
  const layer = Journal.layerSql({ path: database.database }).pipe(Layer.provide(client))
  const using: Use = (body) => Effect.flatMap(Journal, body).pipe(Effect.scoped, Effect.provide(layer, { local: true }))
  const crashing: Use = (body) =>
    Effect.gen(function* () {
      // A killed process ends no scope.
      const scope = yield* Scope.make()
      const context = yield* Layer.buildWithScope(Layer.fresh(layer), scope)
      const result = yield* Scope.provide(body(Context.get(context, Journal)), scope)
      yield* server.execute(
        database,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()",
      )
      return result
    })
  return {
    using,
    crashing,
    execute: (statement) => Effect.asVoid(server.execute(database, statement)),
    client: Effect.map(Layer.build(Layer.fresh(client)), (context) => Context.get(context, SqlClient.SqlClient)),
  }
})

describe.skipIf(missing !== undefined)(Peer.title("the journal", missing), () => {
  beforeAll(() => runtime.runPromise(PostgresServer))
  afterAll(() => runtime.dispose())
  journalContract({
    name: "PostgreSQL",
    place,
    settled: Effect.promise(() => new Promise((resolve) => setTimeout(resolve, 150))),
    echoes: 1,
  })
})
