/**
 * The type of a client, and layers that several clients share.
 */
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import { Connectivity, Health } from "@holdfast/core"
import { Effect, Layer } from "effect"

/** One call of a client. */
export interface Call {
  /** Fails as the client fails. The value of a success is searched for secrets too. */
  readonly effect: Effect.Effect<unknown, unknown>
  readonly secrets: ReadonlyArray<string>
}

export interface Client {
  readonly name: string
  /** Whether it may wait at a gate for as long as the server misbehaves. */
  readonly waits?: true
  /** Whether it prints: its output must not control a terminal. */
  readonly command?: true
  readonly run: (url: string, n: number) => Call
}

export const undici = NodeHttpClient.layerUndici

/** A network that is up: the health service always answers. */
export const healthy = Connectivity.layer.pipe(Layer.provide(Layer.succeed(Health, { check: Effect.void })))
