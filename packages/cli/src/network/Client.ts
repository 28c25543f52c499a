/**
 * The client of an API, wired: what one request needs, and the store of the tokens.
 */
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as C2c from "@holdfast/c2c/C2c"
import { C2cConfig } from "@holdfast/c2c/C2cConfig"
import { TokenStore } from "@holdfast/oauth/TokenStore"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Network from "./Network.ts"
import * as Remedy from "./Remedy.ts"
import type * as Target from "./Target.ts"

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
