/**
 * Wraps the calls of an API client.
 */
import type { C2cClient } from "@holdfast/c2c/C2cClient"
import type { Classified } from "@holdfast/core/Verdict"
import type * as Effect from "effect/Effect"

/** Wraps a call. */
export type Wrap = <A, E extends Classified>(call: Effect.Effect<A, E>) => Effect.Effect<A, E>

/** Wraps the calls of a client that are retried. The health check and the heartbeat are sent once. */
export const wrap = (client: C2cClient["Service"], around: Wrap): C2cClient["Service"] => ({
  ...client,
  me: around(client.me),
  createAsset: (...call) => around(client.createAsset(...call)),
  createRealtimeAsset: (...call) => around(client.createRealtimeAsset(...call)),
  realtimeParts: (...call) => around(client.realtimeParts(...call)),
})
