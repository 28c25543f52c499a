/**
 * The client of an API, wired: what one request needs, the store of the tokens, a server inside this process.
 */
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as C2c from "@holdfast/c2c/C2c"
import { C2cConfig } from "@holdfast/c2c/C2cConfig"
import { TokenStore } from "@holdfast/oauth/TokenStore"
import * as FaultPlan from "@holdfast/sandbox/FaultPlan"
import { Sandbox } from "@holdfast/sandbox/Sandbox"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Network from "./Network.ts"
import * as Remedy from "./Remedy.ts"
import type * as Target from "./Target.ts"

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
