/**
 * Provides the services for an upload to the sandbox inside this process.
 */
import * as C2c from "@holdfast/c2c/C2c"
import { C2cConfig } from "@holdfast/c2c/C2cConfig"
import { RealtimeUploader } from "@holdfast/c2c/RealtimeUploader"
import { Uploader } from "@holdfast/c2c/Uploader"
import * as Queue from "@holdfast/durable/Queue"
import { TokenStore } from "@holdfast/oauth/TokenStore"
import { Sandbox } from "@holdfast/sandbox/Sandbox"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Embedded from "../network/Embedded.ts"
import * as Remedy from "../network/Remedy.ts"
import * as Network from "../network/Network.ts"
import { version } from "../process/Version.ts"
import * as Place from "../queue/Place.ts"
import { Person } from "../signIn/Person.ts"

/** Fails if the disk cannot store data that the sandbox has received. */
export const diskFailure = Sandbox.use((sandbox) => Effect.mapError(sandbox.diskFailure, Remedy.sandbox))

const person = Layer.unwrap(Sandbox.useSync(({ approve }) => Person.layerApproving(approve)))

/**
 * Provides a sandbox, a client for it, and automatic approval of its device codes. The tokens are stored in memory, and
 * the queue in a temporary directory. Both are discarded together with the sandbox.
 */
export const layer = (faults: Embedded.Faults, parallel: number) =>
  Layer.mergeAll(Queue.layerWith({ describe: Remedy.saved("the sandbox"), parallel }), person).pipe(
    Layer.provide(RealtimeUploader.layer),
    Layer.provideMerge(Uploader.layer),
    Layer.provideMerge(Place.temporary),
    Layer.provideMerge(C2c.layer),
    Layer.provideMerge(Network.layerLocal),
    Layer.provideMerge(
      Layer.effect(
        C2cConfig,
        Sandbox.useSync(({ url }) => ({
          api: url,
          clientVersion: version,
          clientId: Sandbox.credentials.clientId,
          clientSecret: Sandbox.credentials.clientSecret,
        })),
      ),
    ),
    Layer.provideMerge(Layer.mergeAll(TokenStore.layerMemory, Embedded.layer({ ...faults, port: 0 }))),
  )
