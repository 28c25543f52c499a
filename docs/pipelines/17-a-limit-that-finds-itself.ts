import { NodeRuntime } from "@effect/platform-node"
import { Verdict } from "@holdfast/core"
import * as AdaptiveLimit from "@holdfast/core/AdaptiveLimit"
import * as Throttle from "@holdfast/core/Throttle"
import { Console, Data, Effect, Random, Semaphore } from "effect"

class TooMany extends Data.TaggedError("TooMany") {
  readonly verdict = Verdict.always({ pace: "throttled" })
}

/** A service with 10 workers: each request takes one of them for 100 ms, and what finds none waits for its turn. */
const service = Effect.map(Semaphore.make(10), (workers) => workers.withPermit(Effect.sleep("100 millis")))

export const main = Effect.gen(function* () {
  const limit = yield* AdaptiveLimit.make({ initial: 4, max: 200, queue: 100 })
  const send = AdaptiveLimit.protect(yield* service, limit)
  const caller = Effect.forever(Effect.andThen(Effect.ignore(send), Effect.sleep(1)))
  yield* Effect.forkChild(
    Effect.all(
      Array.from({ length: 60 }, () => caller),
      { concurrency: "unbounded" },
    ),
  )
  for (const seconds of [1, 10, 30]) {
    yield* Effect.sleep(`${seconds} seconds`)
    yield* Console.log(`adaptive limit ${(yield* AdaptiveLimit.stats(limit)).limit}`)
  }

  const throttle = yield* Throttle.make()
  let sent = 0
  const refused = Throttle.protect(
    Effect.suspend(() => {
      sent++
      return Effect.fail(new TooMany())
    }),
    throttle,
  )
  for (let n = 0; n < 1000; n++) yield* Effect.ignore(refused)
  const { probability } = yield* Throttle.stats(throttle)
  yield* Console.log(`throttle: ${sent} of 1000 sent, the next is refused by ${(100 * probability).toFixed(0)} %`)
}).pipe(Random.withSeed("limits"))

if (import.meta.main) NodeRuntime.runMain(main)
