/**
 * Assembles a worker: a runner of the cluster that sends uploads.
 */
import * as ClusterWorkflowEngine from "effect/cluster/ClusterWorkflowEngine"
import * as RunnerAddress from "effect/cluster/RunnerAddress"
import type { MessageStorage } from "effect/cluster/MessageStorage"
import type { Runners } from "effect/cluster/Runners"
import type { Sharding } from "effect/cluster/Sharding"
import * as Duration from "effect/Duration"
import * as Layer from "effect/Layer"
import type * as SocketServer from "effect/socket/SocketServer"
import type { SqlClient } from "effect/sql/SqlClient"
import type { WorkflowEngine } from "effect/workflow/WorkflowEngine"
import * as Connection from "../internal/cluster/connection.ts"
import type { Journal } from "../Journal.ts"
import * as ClusterKnobs from "./ClusterKnobs.ts"
import type { DeviceClients } from "./DeviceClients.ts"
import * as Dispatcher from "./Dispatcher.ts"
import * as UploadRunner from "./UploadRunner.ts"

/** The address at which the other workers reach this one. */
export interface Address {
  readonly host: string
  readonly port: number
}

/** The options of a worker. */
export interface Options<E, R> {
  /**
   * The address at which the other workers reach this one, and on which it listens.
   *
   * **Gotchas**
   *
   * The workers trust each other: every program that reaches this address can start workflows. Choose an address of a private network.
   */
  readonly address: Address
  /** The clients of the devices. */
  readonly devices: Layer.Layer<DeviceClients, E, R>
  readonly runner?: UploadRunner.Options | undefined
  readonly dispatcher?: Dispatcher.Options | undefined
}

/** The uploads end before the scope of a worker closes, so that only the waits of workflows are left. */
const entityTerminationTimeout = Duration.seconds(1)

/** The connection to the other workers, and the engine of the workflows. */
const cluster = ({ host, port }: Address) =>
  ClusterWorkflowEngine.layer.pipe(
    Layer.provideMerge(
      Connection.layer(RunnerAddress.make(host, port), { ...ClusterKnobs.fastTakeOver, entityTerminationTimeout }),
    ),
  )

/**
 * Runs a worker until the scope of the layer closes.
 *
 * **Details**
 *
 * The worker joins the cluster of its database, sends the uploads that the cluster assigns to it, and dispatches uploads while no
 * other worker does. The database must be PostgreSQL. The tables of the cluster are created if they are missing. Call `drain` of
 * the `UploadRunner` before the scope closes, so that no part in flight is sent again.
 */
export const layer = <E, R>(
  options: Options<E, R>,
): Layer.Layer<
  UploadRunner.UploadRunner,
  E | SocketServer.SocketServerError,
  Exclude<R, MessageStorage | Runners | Sharding | WorkflowEngine> | Journal | SqlClient
> =>
  Layer.merge(UploadRunner.layerWith(options.runner), Dispatcher.layerWith(options.dispatcher)).pipe(
    Layer.provide(options.devices),
    Layer.provide(cluster(options.address)),
  )
