/**
 * Connects a runner to the cluster of its database.
 */
import * as NodeClusterSocket from "@effect/platform-node/NodeClusterSocket"
import * as NodeCrypto from "@effect/platform-node/NodeCrypto"
import type { MessageStorage } from "effect/cluster/MessageStorage"
import * as RunnerHealth from "effect/cluster/RunnerHealth"
import type * as RunnerAddress from "effect/cluster/RunnerAddress"
import * as Runners from "effect/cluster/Runners"
import type { Sharding } from "effect/cluster/Sharding"
import * as ShardingConfig from "effect/cluster/ShardingConfig"
import * as SocketRunner from "effect/cluster/SocketRunner"
import * as SqlMessageStorage from "effect/cluster/SqlMessageStorage"
import * as SqlRunnerStorage from "effect/cluster/SqlRunnerStorage"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as RpcSerialization from "effect/rpc/RpcSerialization"
import type * as SocketServer from "effect/socket/SocketServer"
import type { SqlClient } from "effect/sql/SqlClient"
import * as Lost from "./health/lost.ts"
import * as Probe from "./health/probe.ts"
import * as Watch from "./health/watch.ts"

/** The health check of the runner that checks all others. */
const health = Layer.effect(
  RunnerHealth.RunnerHealth,
  Effect.map(RunnerHealth.makePing, (ping) => Lost.health(Probe.probe, ping)),
).pipe(Layer.provide(Runners.layerRpc))

/**
 * Lets the runner join the cluster, as `NodeClusterSocket.layer` does, but with a health check that notices sooner that a runner
 * has ended, on each runner.
 */
export const layer = (
  self: RunnerAddress.RunnerAddress,
  settings: Partial<ShardingConfig.ShardingConfig["Service"]>,
): Layer.Layer<Sharding | Runners.Runners | MessageStorage, SocketServer.SocketServerError, SqlClient> =>
  SocketRunner.layer.pipe(
    Layer.provide(NodeClusterSocket.layerSocketServer),
    Layer.provide(health),
    Layer.provide(NodeClusterSocket.layerClientProtocol),
    Layer.merge(Layer.effectDiscard(Effect.forkScoped(Watch.run(self, Probe.probe)))),
    Layer.provideMerge(SqlMessageStorage.layer.pipe(Layer.provide(NodeCrypto.layerDigest))),
    Layer.provide(Layer.orDie(SqlRunnerStorage.layer)),
    Layer.provide(ShardingConfig.layerFromEnv({ ...settings, runnerAddress: Option.some(self) })),
    Layer.provide(RpcSerialization.layerSchemaBinary()),
    // The settings of the environment that Effect reads are not part of a worker's interface.
    Layer.catchTag("ConfigError", (error) => Layer.effectContext(Effect.die(error))),
  )
