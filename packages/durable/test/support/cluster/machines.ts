/**
 * Machines of a cluster in memory, whose tokens one keeper refreshes.
 */
import { Authorization } from "@holdfast/core/Authorization"
import type * as Connectivity from "@holdfast/core/Connectivity"
import { DeviceAuthorization } from "@holdfast/oauth"
import { Context, Effect, Layer } from "effect"
import { TestRunner } from "effect/cluster"
import { TestClock } from "effect/testing"
import { device as oauthDevice, type scripted } from "../../../../oauth/test/support/server.ts"
import { DeviceTokens } from "../../../src/cluster/tokens/DeviceTokens.ts"
import * as TokenKeeper from "../../../src/cluster/tokens/TokenKeeper.ts"

export const device = "cam-1"

/** Lets all fibers run, and advances the clock. */
export const pass = (seconds: number) =>
  Effect.gen(function* () {
    for (let left = seconds * 10; left > 0; left--) yield* TestClock.adjust("100 millis")
  })

/** A cluster with a keeper that asks the scripted server, over the `DeviceTokens` of the context. */
export const cluster = (
  script: Pick<ReturnType<typeof scripted>, "layer">,
  connectivity?: Connectivity.Connectivity["Service"],
) =>
  TokenKeeper.layer({
    authorization: () =>
      Effect.map(Layer.build(oauthDevice(script)), (context) => ({
        device: Context.get(context, DeviceAuthorization),
        options: { connectivity },
      })),
  }).pipe(Layer.provideMerge(TestRunner.layer))

/** The authorization gate of one more machine. */
export const machine = Effect.map(
  Layer.build(Layer.fresh(Authorization.layer.pipe(Layer.provide(TokenKeeper.tokens(device))))),
  (context) => Context.get(context, Authorization),
)

/** Saves a pair as a sign-in does. */
export const signIn = (set: Parameters<(typeof store)["save"]>[0]) =>
  Effect.flatMap(DeviceTokens, (all) => Effect.flatMap(all.of(device), (one) => one.save(set)))

declare const store: Effect.Success<ReturnType<DeviceTokens["Service"]["of"]>>
