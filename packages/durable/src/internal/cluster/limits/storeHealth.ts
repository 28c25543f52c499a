/**
 * Remembers that a shared store does not answer, so that calls do not wait for it.
 */
import * as Backoff from "@holdfast/core/Backoff"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import * as SubscriptionRef from "effect/SubscriptionRef"

/** The state of a shared store. `since` is in epoch milliseconds. */
export type StoreState =
  | { readonly _tag: "Up" }
  | { readonly _tag: "Down"; readonly since: number; readonly reason: string }

/** How long a call waits for the store. */
export const storeTimeout = Duration.millis(250)

/** 1 while the store answers, 0 while calls go on without it. */
const up = Metric.gauge("holdfast.limits.store.up", {
  description: "Whether the store of the shared limits answers (1) or calls go on without it (0)",
})

/** The health of a shared store. */
export interface StoreHealth {
  readonly state: SubscriptionRef.SubscriptionRef<StoreState>
  /**
   * Uses the store. The result is `None` if the store failed or did not answer within 250 ms, and at once while it is known
   * to be down. Failures that `isRefusal` accepts are answers of the store.
   */
  readonly use: <A, E, R>(
    effect: Effect.Effect<A, E, R>,
    isRefusal: (error: E) => boolean,
  ) => Effect.Effect<Option.Option<A>, E, R>
}

/**
 * Watches a store, which is down until the first `ping` has succeeded.
 *
 * **Details**
 *
 * While the store is down, one fiber pings it, with the waits of `Backoff.standard`. The fiber belongs to the scope.
 */
export const make = (
  name: string,
  ping: Effect.Effect<void, unknown>,
): Effect.Effect<StoreHealth, never, Scope.Scope> =>
  Effect.gen(function* () {
    const scope = yield* Effect.scope
    const state = yield* SubscriptionRef.make<StoreState>({
      _tag: "Down",
      since: yield* Clock.currentTimeMillis,
      reason: "connecting",
    })
    let isUp = false

    const probe: Effect.Effect<void> = ping.pipe(
      // The client throws for an address that it cannot use. Nothing else would end the silence of this fiber.
      Effect.catchDefect(Effect.fail),
      Effect.retry(Backoff.standard),
      Effect.orDie,
      Effect.andThen(
        Effect.suspend(() => {
          isUp = true
          return SubscriptionRef.set(state, { _tag: "Up" })
        }),
      ),
      Effect.andThen(Metric.update(up, 1)),
      Effect.andThen(Effect.logInfo(`${name} answers: limits are shared`)),
    )

    const fell = (reason: string): Effect.Effect<void> =>
      Effect.suspend(() => {
        // Calls that were waiting when the first one failed report the same failure.
        if (!isUp) return Effect.void
        isUp = false
        return Effect.flatMap(Clock.currentTimeMillis, (since) =>
          SubscriptionRef.set(state, { _tag: "Down", since, reason }),
        ).pipe(
          Effect.andThen(Metric.update(up, 0)),
          Effect.andThen(Effect.logWarning(`${name} ${reason}: calls go on, and each runner limits its own calls`)),
          Effect.andThen(Effect.forkIn(Effect.interruptible(probe), scope)),
          Effect.asVoid,
          Effect.uninterruptible,
        )
      })

    yield* Metric.update(up, 0)
    yield* Effect.forkIn(probe, scope)

    return {
      state,
      use: (effect, isRefusal) =>
        Effect.suspend(() => {
          if (!isUp) return Effect.succeedNone
          return Effect.timeoutOption(effect, storeTimeout).pipe(
            Effect.tap((answer) => (Option.isNone(answer) ? fell("does not answer") : Effect.void)),
            Effect.catch((error) =>
              isRefusal(error) ? Effect.fail(error) : Effect.as(fell("has failed"), Option.none()),
            ),
          )
        }),
    }
  })
