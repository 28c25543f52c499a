/**
 * Everything an upload needs, wired: against an API elsewhere, or against the sandbox inside this process.
 */
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as C2c from "@holdfast/c2c/C2c"
import { C2cConfig } from "@holdfast/c2c/C2cConfig"
import { Uploader } from "@holdfast/c2c/Uploader"
import { TokenStore } from "@holdfast/oauth/TokenStore"
import * as FaultPlan from "@holdfast/sandbox/FaultPlan"
import { Sandbox } from "@holdfast/sandbox/Sandbox"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Keys } from "../signIn/Keys.ts"
import * as Network from "./Network.ts"
import * as Remedy from "./Remedy.ts"
import { Person } from "../signIn/Person.ts"
import type * as Target from "./Target.ts"
import { version } from "../process/Version.ts"

/** The faults of a sandbox: a plan's name or file, and the seed that makes a run replayable. */
export interface Faults {
  readonly faults: string
  readonly seed: number
}

/** A sandbox with the named faults; what is wrong with the plan or the port is the person's error. */
export const sandbox = (options: Faults & { readonly port: number }) =>
  Layer.unwrap(
    Effect.map(FaultPlan.load(options.faults), (plan) =>
      Sandbox.layer({ plan, seed: options.seed, port: options.port }),
    ),
  ).pipe(
    Layer.catch((error) => Layer.effect(Sandbox, Effect.fail(Remedy.sandbox(error)))),
    Layer.provide(NodeServices.layer),
  )

/** How the command reaches an API. */
const http = ({ isLoopback }: Target.Target) => (isLoopback ? Network.layerLocal : Network.layer)

/** What a single request to a remote API needs: no gates, no tokens. */
export const asking = (target: Target.Target) => Layer.merge(http(target), Layer.succeed(C2cConfig, target.config))

/** The store of an API's tokens in a file. A file that cannot hold tokens is reported as a problem of the person's. */
export const tokenStore = (file: string, api: string) =>
  TokenStore.layerFile(file).pipe(
    Layer.catch((error) => Layer.effect(TokenStore, Effect.fail(Remedy.tokenStore(error, api)))),
    Layer.provide(NodeServices.layer),
  )

/** The client of an API elsewhere, with the token in a file. */
export const remote = (target: Target.Target, tokenFile: string) =>
  C2c.layer.pipe(
    Layer.provideMerge(http(target)),
    Layer.provideMerge(Layer.succeed(C2cConfig, target.config)),
    Layer.provideMerge(tokenStore(tokenFile, target.config.api)),
  )

/** The same with what an upload needs besides. */
export const remoteUpload = (target: Target.Target, tokenFile: string, present: boolean) => {
  const command = Remedy.pairCommand(target.config.api)
  return Layer.mergeAll(
    Uploader.layer,
    present ? Person.layerPresent(command).pipe(Layer.provide(Keys.layer)) : Person.layerAbsent(command),
  ).pipe(Layer.provideMerge(remote(target, tokenFile)))
}

/** A sandbox, its client, and the person who approves its codes; its tokens end with it. */
export const embeddedUpload = (faults: Faults) =>
  Layer.mergeAll(Uploader.layer, Person.layerSandbox).pipe(
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
    Layer.provideMerge(Layer.mergeAll(TokenStore.layerMemory, sandbox({ ...faults, port: 0 }))),
  )
