import { NodeRuntime } from "@effect/platform-node"
import { Verdict } from "@holdfast/core"
import * as Throttle from "@holdfast/core/Throttle"
import { Clock, Console, Data, Effect, Random } from "effect"

class Refused extends Data.TaggedError("Refused")<{ readonly verdict: Verdict.Verdict }> {}

/** The share of calls that a throttle rejects after 200 calls, all of which the service refuses. */
const rejection = (verdict: Verdict.Verdict) =>
  Effect.gen(function* () {
    const throttle = yield* Throttle.make()
    const call = Effect.ignore(Throttle.protect(Effect.fail(new Refused({ verdict })), throttle))
    for (let n = 0; n < 200; n++) yield* call
    return `${(100 * (yield* Throttle.stats(throttle)).probability).toFixed(0)} % of the calls are rejected here`
  })

/** How long a throttle rejects calls after an outage of five minutes, in seconds. */
const recovery = (throttle: Throttle.Throttle) =>
  Effect.gen(function* () {
    const begin = yield* Clock.currentTimeMillis
    const service = Effect.flatMap(Clock.currentTimeMillis, (now) =>
      now < begin + 300_000 ? new Refused({ verdict: Verdict.always() }) : Effect.void,
    )
    for (let n = 0; n < 10_000; n++) {
      yield* Effect.ignore(Throttle.protect(service, throttle))
      yield* Effect.sleep("100 millis")
      const now = yield* Clock.currentTimeMillis
      if (now > begin + 300_000 && (yield* Throttle.stats(throttle)).probability === 0)
        return Math.round((now - begin) / 1000 - 300)
    }
    return Infinity
  })

export const main = Effect.gen(function* () {
  // #region outcome
  // Do: say that a 429 asks for fewer requests.
  const overload = Verdict.always({ pace: "throttled" })
  // Don't: an error about the request counts as accepted, and the throttle sees nothing wrong.
  const unrelated = Verdict.never()
  // #endregion
  yield* Console.log(`throttled: ${yield* rejection(overload)}`)
  yield* Console.log(`never: ${yield* rejection(unrelated)}`)

  // #region recovery
  // Do: shorten the window if outages end suddenly and calls are many.
  const short = Throttle.makeUnsafe({ window: "20 seconds" })
  // The default remembers two minutes, and returns more slowly.
  const long = Throttle.makeUnsafe()
  // #endregion
  yield* Console.log(`20 s: all calls are sent ${yield* recovery(short)} s after the outage`)
  yield* Console.log(`2 min: ${yield* recovery(long)} s`)
}).pipe(Random.withSeed("throttle"))

if (import.meta.main) NodeRuntime.runMain(main)
