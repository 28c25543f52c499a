import { NodeHttpClient, NodeRuntime } from "@effect/platform-node"
import { PgClient } from "@effect/sql-pg"
import { C2c, C2cConfig } from "@holdfast/c2c"
import { Journal } from "@holdfast/durable"
import {
  DeviceTokens,
  defaultDevice,
  Dispatcher,
  SharedClients,
  SharedLimits,
  UploadRunner,
  Worker,
} from "@holdfast/durable/cluster"
import { Pairing, TokenStore } from "@holdfast/oauth"
import { FaultPlan, Sandbox } from "@holdfast/sandbox"
import { Console, Deferred, Effect, Layer, type Redacted, type Scope } from "effect"
import { ClusterWorkflowEngine, TestRunner } from "effect/cluster"
import { mkdtempSync, rmSync } from "node:fs"
import { stat } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"

/** What a worker reports. `Refused` is an upload whose file or device the worker cannot use. */
const onEvent = (ended: Deferred.Deferred<void>) => (event: UploadRunner.RunnerEvent) => {
  switch (event._tag) {
    case "Started":
      return Console.log(`a worker begins upload ${event.record.seq}`)
    case "Done":
      return Effect.andThen(
        Console.log(`${event.receipt.bytes} bytes, verified: ${event.receipt.verified}`),
        Deferred.succeed(ended, undefined),
      )
    case "Failed":
    case "Refused":
      return Console.log(`${event.error._tag}: ${event.error.message}`)
    default:
      return Effect.void
  }
}

// #region worker
/** The clients of the devices, and the services that all workers share: tokens, the gate of the API, limits. */
const devices = Layer.unwrap(Effect.map(C2cConfig, (config) => SharedClients.layer({ config })))

/** A worker on each machine. Close its scope after `drain` of `UploadRunner`, so that no chunk is sent twice. */
export const production = (postgres: Redacted.Redacted, redis: Redacted.Redacted, host: string) =>
  Worker.layer({ address: { host, port: 34_431 }, devices }).pipe(
    Layer.provide(SharedLimits.layerRedis({ url: redis })),
    Layer.provide([Journal.layerSql({ path: "holdfast" }), DeviceTokens.layerSql({ name: "holdfast" })]),
    Layer.provide([PgClient.layer({ url: postgres, maxConnections: 10 }), NodeHttpClient.layerUndici]),
  )
// #endregion

// #region local
/** The same worker in a cluster of one process, with its messages in memory and its queue in a folder. */
const local = (directory: string, ended: Deferred.Deferred<void>) =>
  Layer.merge(UploadRunner.layerWith({ onEvent: onEvent(ended) }), Dispatcher.layer).pipe(
    Layer.provide(devices),
    Layer.provide(ClusterWorkflowEngine.layer),
    Layer.provide(TestRunner.layer),
    Layer.provideMerge(Journal.layer({ directory, marks: join(directory, "marks") })),
  )
// #endregion

/** Pairs the default device, once for all workers. */
const pair = Effect.gen(function* () {
  const { approve } = yield* Sandbox
  const store = yield* Effect.flatMap(DeviceTokens, ({ of }) => of(defaultDevice))
  yield* Pairing.run(({ userCode }) => approve(userCode)).pipe(
    Effect.provide(C2c.deviceAuthorization),
    Effect.provideService(TokenStore, store),
  )
})

/** Adds a file. Any program that reaches the database can do this; the workers need the file at the same path. */
const add = Effect.gen(function* () {
  const path = resolve(import.meta.dirname, "../samples/clip.mp4")
  const { ino, mtimeNs, size } = yield* Effect.promise(() => stat(path, { bigint: true }))
  const file = { bytes: Number(size), modifiedNs: String(mtimeNs), inode: String(ino) }
  yield* Journal.use((journal) => journal.add([{ path, file }]))
})

const folder: Effect.Effect<string, never, Scope.Scope> = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "worker-"))),
  (directory) => Effect.sync(() => rmSync(directory, { recursive: true })),
)

/** For Frame.io itself: `C2cConfig.layer({ clientVersion, clientId, clientSecret })`. */
const Config = Sandbox.useSync(({ url: api }) => ({ api, clientVersion: "1.0.0", ...Sandbox.credentials }))

const Server = Layer.effect(C2cConfig, Config).pipe(
  Layer.provideMerge(Sandbox.layer({ plan: FaultPlan.named.calm, seed: 7 })),
  Layer.merge(NodeHttpClient.layerUndici),
  Layer.merge(DeviceTokens.layerMemory),
)

// #region run
export const main = Effect.gen(function* () {
  const directory = yield* folder
  const ended = yield* Deferred.make<void>()
  yield* pair
  yield* Effect.gen(function* () {
    yield* add
    yield* Deferred.await(ended)
    const runner = yield* UploadRunner.UploadRunner
    yield* Console.log(`drained: ${yield* runner.drain("30 seconds")}`)
    for (const { confirmed, state } of yield* Journal.use(({ list }) => list)) {
      yield* Console.log(`in the queue: ${state}, ${confirmed} bytes`)
    }
  }).pipe(Effect.provide(local(directory, ended)))
}).pipe(Effect.scoped, Effect.provide(Server))
// #endregion

if (import.meta.main) NodeRuntime.runMain(main)
