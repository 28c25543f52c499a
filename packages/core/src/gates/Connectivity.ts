/**
 * The connectivity gate: closed until a health service answers, and again whenever a call reports that the vendor could
 * not be reached.
 */
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as FiberHandle from "effect/FiberHandle"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import * as SubscriptionRef from "effect/SubscriptionRef"
import * as Gate from "./Gate.ts"
import * as Probing from "./probing.ts"
import type { Options } from "./probing.ts"

export type { Options } from "./probing.ts"

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
    /** The origin that the check reaches (`https://api.example`), if it is one. The gate is then the gate of that origin. */
    readonly origin?: string | undefined
  }
>()("@holdfast/core/Health") {}

/**
 * Blocks calls while the vendor cannot be reached.
 *
 * **Details**
 *
 * Starts closed and opens when `Health` first answers. One fiber polls, however many calls report; it polls at once, or
 * after the hint of the response that closed the gate, then with waits of `Backoff.standard` (at most 32 s), each probe at
 * most 15 s. The fiber belongs to the layer's scope.
 */
export class Connectivity extends Context.Service<
  Connectivity,
  {
    readonly gate: Gate.Gate<"connectivity">
    /**
     * Closes the gate and starts polling; without effect while a poller is running. `retryAfter` is the hint of the response
     * that closes the gate: the first probe waits for it, at most 32 s.
     */
    readonly report: (reason: string, retryAfter?: Duration.Duration) => Effect.Effect<void>
    /** When the next probe starts, as a date for display in epoch milliseconds; `undefined` while a probe is running or none is due. */
    readonly nextProbeAt: SubscriptionRef.SubscriptionRef<number | undefined>
    /** The failure of the last probe while the gate is closed; `undefined` otherwise. */
    readonly failure?: SubscriptionRef.SubscriptionRef<unknown> | undefined
    /** The origin that the health service checks, if it states one. */
    readonly origin?: string | undefined
  }
>()("@holdfast/core/Connectivity") {
  /** Checks the health service with the default waits; see {@link layerWith}. */
  static readonly layer: Layer.Layer<Connectivity, never, Health> = Layer.suspend(() => layerWith())
}

/**
 * The connectivity gate over a {@link Health} service, with its own waits between probes and its own time for a probe.
 *
 * **Details**
 *
 * Throws an `InvalidPolicy` for invalid or unknown options.
 */
export const layerWith = (options: Options = {}): Layer.Layer<Connectivity, never, Health> => {
  const checked = Probing.probing("Connectivity", options)
  return Layer.effect(
    Connectivity,
    Effect.flatMap(Health, ({ check, origin }) =>
      Effect.map(of(check, checked), (made) => (origin === undefined ? made : { ...made, origin })),
    ),
  )
}

/** Makes a gate that `check` opens; its poller belongs to the scope. Throws an `InvalidPolicy` as {@link layerWith} does. */
export const make = (
  check: Effect.Effect<void, unknown>,
  options: Options = {},
): Effect.Effect<Connectivity["Service"], never, Scope.Scope> => of(check, Probing.probing("Connectivity", options))

const of = Effect.fnUntraced(function* (check: Effect.Effect<void, unknown>, { timeout, waits }: Probing.Probing) {
  const now = yield* Clock.currentTimeMillis
  const gate = yield* Gate.make("connectivity", {
    initial: { _tag: "Closed", reason: "connecting", since: now },
  })
  const nextProbeAt = yield* SubscriptionRef.make<number | undefined>(undefined)
  const failure = yield* SubscriptionRef.make<unknown>(undefined)
  const poller = yield* FiberHandle.make<void>()

  const announced = waits.pipe(
    Schedule.tap(({ now, duration }) => SubscriptionRef.set(nextProbeAt, now + Duration.toMillis(duration))),
  )
  const poll = SubscriptionRef.set(nextProbeAt, undefined).pipe(
    Effect.andThen(check),
    Effect.timeout(timeout),
    // A health service with a bug, or one that was interrupted inside, must not end the poller: calls would wait forever.
    Effect.catchCause((cause) => Effect.fail(Cause.squash(cause))),
    Effect.tapError((error) => SubscriptionRef.set(failure, error)),
    Effect.retry(announced),
    Effect.orDie,
    Effect.andThen(SubscriptionRef.set(failure, undefined)),
    Effect.andThen(gate.open),
  )
  // A report starts a poller only if the gate is open, and only the poller opens it, so there is never a second poller.
  const startPolling = (retryAfter?: Duration.Duration) => {
    const pace = Probing.paced(retryAfter)
    if (pace === 0) return FiberHandle.run(poller, poll)
    const paced = Effect.flatMap(Clock.currentTimeMillis, (now) => SubscriptionRef.set(nextProbeAt, now + pace))
    return FiberHandle.run(poller, Effect.andThen(paced, Effect.andThen(Effect.sleep(pace), poll)))
  }

  yield* startPolling()
  return {
    gate,
    nextProbeAt,
    failure,
    // Uninterruptible: a gate that closed without its poller would stay closed forever.
    report: (reason: string, retryAfter?: Duration.Duration) =>
      Effect.suspend(() =>
        gate.isOpen() ? Effect.andThen(gate.close(reason), startPolling(retryAfter)) : Effect.void,
      ).pipe(Effect.uninterruptible),
  }
})
