/**
 * The connectivity gate, which is closed until a health service responds. The gate closes again when a call reports that the
 * vendor cannot be reached.
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
 * Checks whether the vendor is reachable.
 *
 * **Gotchas**
 *
 * `check` must not pass through a gate, because a probe that waited for the connectivity gate would wait for itself.
 */
export class Health extends Context.Service<
  Health,
  {
    /** Succeeds if the vendor responds. Any failure means that the vendor is unreachable. */
    readonly check: Effect.Effect<void, unknown>
    /**
     * The origin to which the check connects (`https://api.example`), if the check connects to a single origin. The
     * connectivity gate then becomes the gate for that origin.
     */
    readonly origin?: string | undefined
  }
>()("@holdfast/core/Health") {}

/**
 * Holds calls while the vendor is unreachable.
 *
 * **Details**
 *
 * The gate is initially closed and opens when `Health` first succeeds. A single fiber polls the health service, regardless of
 * how many calls report a failure. The first poll is immediate unless a hint in the response that closed the gate delays it.
 * Later polls follow `Backoff.standard` (with waits of at most 32 s). Each probe has a timeout of 15 s. The polling fiber
 * belongs to the layer's scope.
 */
export class Connectivity extends Context.Service<
  Connectivity,
  {
    readonly gate: Gate.Gate<"connectivity">
    /**
     * Closes the gate and starts polling. If a poller is already running, does nothing. `retryAfter` is the hint from the
     * response that closes the gate. The hint delays the first probe by up to 32 s.
     */
    readonly report: (reason: string, retryAfter?: Duration.Duration) => Effect.Effect<void>
    /**
     * The start time of the next probe in epoch milliseconds, for display as a date; `undefined` while a probe is running or
     * if no probe is scheduled.
     */
    readonly nextProbeAt: SubscriptionRef.SubscriptionRef<number | undefined>
    /** The failure of the last probe while the gate is closed; `undefined` otherwise. */
    readonly failure?: SubscriptionRef.SubscriptionRef<unknown> | undefined
    /** The origin that the health service checks, if the service specifies one. */
    readonly origin?: string | undefined
  }
>()("@holdfast/core/Connectivity") {
  /** Builds the gate with the default options; see {@link layerWith} for custom options. */
  static readonly layer: Layer.Layer<Connectivity, never, Health> = Layer.suspend(() => layerWith())
}

/**
 * Builds the gate for a {@link Health} service, with custom waits between probes and a custom probe timeout.
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

/**
 * Builds a gate that opens when `check` succeeds. The poller of the gate belongs to the scope. Throws an `InvalidPolicy`
 * under the same conditions as {@link layerWith}.
 */
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
    // A health service that dies or interrupts itself must not end the poller: calls would wait forever.
    Effect.catchCause((cause) => Effect.fail(Cause.squash(cause))),
    Effect.tapError((error) => SubscriptionRef.set(failure, error)),
    Effect.retry(announced),
    Effect.orDie,
    Effect.andThen(SubscriptionRef.set(failure, undefined)),
    Effect.andThen(gate.open),
  )
  // A report starts a poller only if the gate is open, and only the poller opens it, so there is never more than one poller.
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
    // Uninterruptible: if the gate closed without its poller, it would stay closed forever.
    report: (reason: string, retryAfter?: Duration.Duration) =>
      Effect.suspend(() =>
        gate.isOpen() ? Effect.andThen(gate.close(reason), startPolling(retryAfter)) : Effect.void,
      ).pipe(Effect.uninterruptible),
  }
})
