/**
 * What a client is, and the layers that several of them stand on.
 */
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import { Connectivity, Health } from "@holdfast/core"
import { Effect, Layer } from "effect"

/** One call of a client. */
export interface Call {
  /** Fails as the client fails; what it succeeds with is looked at for secrets too. */
  readonly effect: Effect.Effect<unknown, unknown>
  readonly secrets: ReadonlyArray<string>
}

export interface Client {
  readonly name: string
  /** Whether it may wait at a gate for as long as the server is as it is. */
  readonly waits?: true
  /** It prints: what it prints must not control a terminal. */
  readonly command?: true
  readonly run: (url: string, n: number) => Call
}

export const undici = NodeHttpClient.layerUndici

/** The network is as the calls find it: the health service always answers. */
export const healthy = Connectivity.layer.pipe(Layer.provide(Layer.succeed(Health, { check: Effect.void })))
