/**
 * An API client whose calls start at a limited rate.
 */
import type { C2cClient } from "@holdfast/c2c/C2cClient"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as RateLimiter from "effect/persistence/RateLimiter"
import * as Layer from "effect/Layer"
import * as Context from "effect/Context"
import * as CallsOf from "./callsOf.ts"

/** A number of calls in a window. */
export interface Rate {
  readonly limit: number
  readonly window: Duration.Input
}

/** Returns a function that limits a client, over the store of the context or over one in memory. */
export const make = (rate: Rate) =>
  Effect.gen(function* () {
    const shared = yield* Effect.serviceOption(RateLimiter.RateLimiterStore)
    const store = Option.isSome(shared)
      ? shared.value
      : Context.get(yield* Layer.build(Layer.fresh(RateLimiter.layerStoreMemory)), RateLimiter.RateLimiterStore)
    const { consume } = yield* Effect.provideService(RateLimiter.make, RateLimiter.RateLimiterStore, store)

    const turn = consume({ key: "c2c", algorithm: "token-bucket", onExceeded: "delay", ...rate }).pipe(
      Effect.flatMap(({ delay }) => (Duration.isZero(delay) ? Effect.void : Effect.sleep(delay))),
      // A call without a limit is better than none.
      Effect.catch(({ reason }) => Effect.logWarning("an API call starts without regard to its rate", reason)),
    )
    const after = <A, E, R>(call: Effect.Effect<A, E, R>) => Effect.andThen(turn, call)

    return (client: C2cClient["Service"]): C2cClient["Service"] => ({
      ...CallsOf.wrap(client, after),
      heartbeat: after(client.heartbeat),
    })
  })
