/**
 * The connectivity gate: closed until a health service answers, and again whenever a call reports that the vendor could
 * not be reached.
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as FiberHandle from "effect/FiberHandle"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import * as SubscriptionRef from "effect/SubscriptionRef"
import * as Backoff from "./Backoff.ts"
import * as Gate from "./Gate.ts"
import * as Timeouts from "./Timeouts.ts"

/**
 * Says whether the vendor can be reached.
 *
 * **Gotchas**
 *
 * `check` passes no gate: a probe that waited for the connectivity gate would wait for itself.
 */
export class Health extends Context.Service<
  Health,
  {
    /** Succeeds when the vendor answered; any failure means that it did not. */
    readonly check: Effect.Effect<void, unknown>
  }
>()("@holdfast/core/Health") {}

/**
 * Blocks calls while the vendor cannot be reached.
 *
 * **Details**
 *
 * Starts closed and opens when `Health` first answers. One fiber polls, however many calls report; it polls at once,
 * then with the guide's backoff (at most 32 s), each probe at most 15 s. The fiber belongs to the layer's scope.
 */
export class Connectivity extends Context.Service<
  Connectivity,
  {
    readonly gate: Gate.Gate<"connectivity">
    /** Closes the gate and starts polling; without effect while a poller is at work. */
    readonly report: (reason: string) => Effect.Effect<void>
    /** When the next probe starts, as a date for people in milliseconds of the epoch; `undefined` while one is under way or none is due. */
    readonly nextProbeAt: SubscriptionRef.SubscriptionRef<number | undefined>
  }
>()("@holdfast/core/Connectivity") {
  static readonly layer: Layer.Layer<Connectivity, never, Health> = Layer.effect(
    Connectivity,
    Effect.gen(function* () {
      const health = yield* Health
      const now = yield* Clock.currentTimeMillis
      const gate = yield* Gate.make("connectivity", {
        initial: { _tag: "Closed", reason: "connecting", since: now },
      })
      const nextProbeAt = yield* SubscriptionRef.make<number | undefined>(undefined)
      const poller = yield* FiberHandle.make<void>()

      const waits = Backoff.standard.pipe(
        Schedule.tap(({ now, duration }) => SubscriptionRef.set(nextProbeAt, now + Duration.toMillis(duration))),
      )
      const poll = SubscriptionRef.set(nextProbeAt, undefined).pipe(
        Effect.andThen(health.check),
        Effect.timeout(Timeouts.probe),
        // A health service with a bug must not end the poller, or everybody would wait for ever.
        Effect.catchDefect(Effect.fail),
        Effect.retry(waits),
        Effect.orDie,
        Effect.andThen(gate.open),
      )
      // A report starts a poller only at an open gate, and only a poller opens it: so there is never a second one at work.
      const startPolling = FiberHandle.run(poller, poll)

      yield* startPolling
      return {
        gate,
        nextProbeAt,
        // Uninterruptible: a gate that closed without its poller would stay closed for ever.
        report: (reason) =>
          Effect.suspend(() =>
            gate.isOpen() ? gate.close(reason).pipe(Effect.andThen(startPolling)) : Effect.void,
          ).pipe(Effect.uninterruptible),
      }
    }),
  )
}
