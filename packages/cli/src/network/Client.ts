/**
 * Builds an API client from the command's HTTP client and token store.
 */
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as C2c from "@holdfast/c2c/C2c"
import { C2cConfig } from "@holdfast/c2c/C2cConfig"
import { DeviceSocket } from "@holdfast/c2c/DeviceSocket"
import { TokenStore } from "@holdfast/oauth/TokenStore"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as DeviceConnections from "./DeviceConnections.ts"
import * as Network from "./Network.ts"
import * as Remedy from "./Remedy.ts"
import type * as Target from "./Target.ts"

/** Returns the command's HTTP client for a target. */
const http = ({ isLoopback }: Target.Target) => (isLoopback ? Network.layerLocal : Network.layer)

/** The services for a single request to a remote API, excluding gates and tokens. */
export const asking = (target: Target.Target) => Layer.merge(http(target), Layer.succeed(C2cConfig, target.config))

/** Stores the tokens of an API in a file. If the file cannot store tokens, opening it fails with a user error. */
export const tokenStore = (file: string, api: string) =>
  TokenStore.layerFile(file).pipe(
    Layer.catch((error) => Layer.effect(TokenStore, Effect.fail(Remedy.tokenStore(error, api)))),
    Layer.provide(NodeServices.layer),
  )

/** The client for a remote API, with its tokens in a store. */
export const remoteWith = <E, R>(target: Target.Target, store: Layer.Layer<TokenStore, E, R>) =>
  C2c.layer.pipe(
    Layer.provideMerge(http(target)),
    Layer.provideMerge(Layer.succeed(C2cConfig, target.config)),
    Layer.provideMerge(store),
  )

/** The client for a remote API, with its tokens stored in a file. */
export const remote = (target: Target.Target, tokenFile: string) =>
  remoteWith(target, tokenStore(tokenFile, target.config.api))

/** The socket of the device. Its connections use the same proxies as the HTTP requests. */
export const deviceSocket = ({ isLoopback }: Target.Target) =>
  DeviceSocket.layer.pipe(
    Layer.provide(
      isLoopback
        ? DeviceConnections.layer()
        : Layer.unwrap(Effect.map(Network.proxies, (proxies) => DeviceConnections.layer(proxies))),
    ),
  )
