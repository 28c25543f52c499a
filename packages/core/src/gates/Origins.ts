/**
 * Provides a gate for each origin, so that an unreachable storage service does not block calls to an API at another origin.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import * as SubscriptionRef from "effect/SubscriptionRef"
import type * as Backoff from "../policies/backoff/Backoff.ts"
import type { Connectivity } from "./Connectivity.ts"
import * as OriginGate from "./originGate.ts"
import * as Probing from "./probing.ts"

export type { Judge, OriginGate } from "./originGate.ts"

/** Options for probing closed gates. */
export interface Options {
  /** The waits between probes. After the schedule ends, each wait is 32 s. Default: `Backoff.standard`. */
  readonly backoff?: Backoff.Settings | Schedule.Schedule<unknown> | undefined
}

/** The state of a closed gate, for display. */
export interface Waiting {
  readonly origin: string
  /** The tag of the failure that closed the gate. */
  readonly reason: string
  /** The time when the gate closed, in epoch milliseconds. */
  readonly since: number
  /** The time when the next call is sent as a probe, in epoch milliseconds; `undefined` while a probe is due or running. */
  readonly nextProbeAt: number | undefined
}

/**
 * The number of gates at which adding a gate first evicts an open gate that has no waiting or running calls. If no gate can
 * be evicted, the number of gates exceeds this limit.
 */
export const most = 64

/**
 * The gates for all origins that calls have used.
 *
 * **When to use**
 *
 * Use `Origins` for a service without a health endpoint, such as a storage service that is accessed through presigned URLs.
 * If the service has a health endpoint, use `Connectivity` instead.
 *
 * **Details**
 *
 * If the verdict of a failure closes the connectivity gate, the gate for the origin of the call is closed instead. Later
 * calls to that origin wait at its gate. After each wait of the backoff, one of the waiting calls is sent as the probe. The
 * gate opens if the probe succeeds, or if the service responds with a failure that does not close the gate. A hint in the
 * response that closed the gate extends the first wait to up to 32 s. If a probe cannot be sent, its call waits again without
 * using up an attempt. Any other failure is passed to the retry policy of the call.
 */
export class Origins extends Context.Service<
  Origins,
  {
    /** Returns the gate for the origin of a URL. */
    readonly of: (url: string) => Effect.Effect<OriginGate.OriginGate>
    /** A subscription to the list of closed gates, in the order in which they closed. */
    readonly waiting: SubscriptionRef.SubscriptionRef<ReadonlyArray<Waiting>>
  }
>()("@holdfast/core/Origins") {
  static readonly layer: Layer.Layer<Origins> = Layer.suspend(() => layerWith())
}

/** Provides the gates. Throws an `InvalidPolicy` for invalid or unknown options. */
export const layerWith = (options: Options = {}): Layer.Layer<Origins> => {
  const checked = probing(options)
  return Layer.effect(Origins, of(checked, []))
}

/**
 * Makes the gates. The probes of the gates belong to the scope.
 *
 * **Details**
 *
 * If the health service of a `known` gate checks an origin, calls to that origin use the `known` gate. Throws an
 * `InvalidPolicy` if an option is invalid or unknown.
 */
export const make = (
  known: ReadonlyArray<Connectivity["Service"]> = [],
  options: Options = {},
): Effect.Effect<Origins["Service"], never, Scope.Scope> => of(probing(options), known)

/** Checks the options and throws an `InvalidPolicy` if an option is invalid or unknown. */
export const check = (options: Options): void => void probing(options)

const probing = (options: Options): Probing.Probing => Probing.probing("Origins", options)

const of = Effect.fnUntraced(function* (options: Probing.Probing, known: ReadonlyArray<Connectivity["Service"]>) {
  const scope = yield* Effect.scope
  const waiting = yield* SubscriptionRef.make<ReadonlyArray<Waiting>>([])
  const gates = new Map<string, OriginGate.OriginGate>()
  for (const connectivity of known) {
    if (connectivity.origin === undefined) continue
    const { origin } = new URL(connectivity.origin)
    gates.set(origin, OriginGate.checked(origin, connectivity))
  }

  const tell = (origin: string) => (now: Omit<Waiting, "origin"> | undefined) =>
    SubscriptionRef.update(waiting, (all) => {
      const at = all.findIndex((other) => other.origin === origin)
      if (now === undefined) return at < 0 ? all : all.toSpliced(at, 1)
      return at < 0 ? [...all, { origin, ...now }] : all.with(at, { origin, ...now })
    })

  const makeRoom = (): void => {
    if (gates.size < most) return
    for (const [origin, gate] of gates) {
      if (!gate.isIdle()) continue
      gates.delete(origin)
      return
    }
  }

  return {
    waiting,
    of: (url: string) =>
      Effect.suspend(() => {
        const origin = URL.canParse(url) ? new URL(url).origin : url
        const found = gates.get(origin)
        if (found !== undefined) return Effect.succeed(found)
        makeRoom()
        return Effect.tap(OriginGate.parking(origin, options, scope, tell(origin)), (made) =>
          Effect.sync(() => gates.set(origin, made)),
        )
      }),
  }
})
