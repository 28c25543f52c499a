import { NodeRuntime } from "@effect/platform-node"
import * as AdaptiveLimit from "@holdfast/core/AdaptiveLimit"
import { Console, Effect, Semaphore } from "effect"

/** The limit that is found for a service with 10 workers, 100 ms a request, and 200 callers; and how many calls were rejected. */
const found = (limit: AdaptiveLimit.AdaptiveLimit, seconds: number) =>
  Effect.scoped(
    Effect.gen(function* () {
      const workers = yield* Semaphore.make(10)
      let rejected = 0
      const send = AdaptiveLimit.protect(workers.withPermit(Effect.sleep("100 millis")), limit)
      const caller = Effect.forever(
        Effect.andThen(
          Effect.tapError(send, () => Effect.sync(() => rejected++)).pipe(Effect.ignore),
          Effect.sleep(20),
        ),
      )
      for (let n = 0; n < 200; n++) yield* Effect.forkScoped(caller)
      yield* Effect.sleep(seconds * 1000)
      return { limit: (yield* AdaptiveLimit.stats(limit)).limit, rejected }
    }),
  )

export const main = Effect.gen(function* () {
  // #region healthy
  // Do: say which latency is too high, if you know it.
  const known = AdaptiveLimit.makeUnsafe({ initial: 200, queue: 200, maxHealthy: "200 millis" })
  // Don't: start far too high without it, and wait until the limit has found out.
  const learned = AdaptiveLimit.makeUnsafe({ initial: 200, queue: 200 })
  // #endregion
  yield* Console.log(`maxHealthy: limit ${(yield* found(known, 60)).limit} after a minute`)
  yield* Console.log(`without it: limit ${(yield* found(learned, 60)).limit}`)

  // #region queue
  // Do: let the calls of a burst wait a moment.
  const waiting = AdaptiveLimit.makeUnsafe({ queue: 200, maxWait: "5 seconds" })
  // Don't: reject each call above the limit, while the limit is still being found.
  const rejecting = AdaptiveLimit.makeUnsafe()
  // #endregion
  yield* Console.log(`a queue: ${(yield* found(waiting, 3)).rejected} calls rejected in three seconds`)
  yield* Console.log(`no queue: ${(yield* found(rejecting, 3)).rejected}`)
})

if (import.meta.main) NodeRuntime.runMain(main)
