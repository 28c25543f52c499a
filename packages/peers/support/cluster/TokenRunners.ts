/**
 * Runners of a cluster on a real PostgreSQL, each with its own connections and its own port, in one process.
 */
import { NodeClusterSocket } from "@effect/platform-node"
import { PgClient } from "@effect/sql-pg"
import { ClusterKnobs, DeviceTokens } from "@holdfast/durable/cluster"
import { Effect, Layer, Option, Scope } from "effect"
import { RunnerAddress } from "effect/cluster"
import * as Peer from "../processes/Peer.ts"
import { type Database } from "../postgres/PostgresServer.ts"

/** The connections and the sign-ins of one runner. */
const shared = (database: Database) =>
  DeviceTokens.layerSql({ name: database.database }).pipe(
    Layer.provideMerge(Layer.orDie(PgClient.layer({ ...database, maxConnections: 6 }))),
  )

/** Joins the cluster with the entities that `runs` registers. The runner leaves when its scope closes. */
export const join = <A, E, R>(database: Database, runs: Layer.Layer<A, E, R>) =>
  Effect.gen(function* () {
    const [port = 0] = yield* Effect.promise(() => Peer.freePorts(1))
    const address = RunnerAddress.make("127.0.0.1", port)
    const scope = yield* Scope.fork(yield* Effect.scope)
    const context = yield* Layer.buildWithScope(
      Layer.fresh(
        runs.pipe(
          Layer.provideMerge(
            NodeClusterSocket.layer({
              storage: "sql",
              shardingConfig: { ...ClusterKnobs.fastTakeOver, runnerAddress: Option.some(address) },
            }),
          ),
          Layer.provideMerge(shared(database)),
        ),
      ),
      scope,
    )
    return { context, scope }
  })
