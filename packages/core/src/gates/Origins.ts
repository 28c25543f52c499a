/**
 * A gate for each origin, so that an unreachable storage does not stop calls to an API elsewhere.
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

/** How closed gates are probed. */
export interface Options {
  /** The waits between probes. Once a schedule has ended, waits are 32 s. Default: `Backoff.standard`. */
  readonly backoff?: Backoff.Settings | Schedule.Schedule<unknown> | undefined
}

/** A closed gate, for display. */
export interface Waiting {
  readonly origin: string
  /** The tag of the failure that closed the gate. */
  readonly reason: string
  /** When the gate closed, in epoch milliseconds. */
  readonly since: number
  /** When the next call is sent as a probe, in epoch milliseconds; `undefined` while a probe is running. */
  readonly nextProbeAt: number | undefined
}

/** How many gates are kept. At the limit, a new gate evicts an open one without waiters. */
export const most = 64

/**
 * The gates of all origins that calls have used.
 *
 * **When to use**
 *
 * Use it for a service without a health endpoint, such as a storage behind presigned URLs. If the service has one, use
 * `Connectivity`.
 *
 * **Details**
 *
 * A failure whose verdict closes the connectivity gate closes the gate of its own origin, and later calls wait there. After
 * each wait of the backoff, one of them is sent as the probe. If it succeeds, or the service responds in any other way, the
 * gate opens. The hint of the response that closed the gate extends the first wait, up to 32 s. A probe that could not be sent
 * waits again without spending an attempt. Any other failure goes to the retry policy of the call.
 */
export class Origins extends Context.Service<
  Origins,
  {
    /** The gate of the origin of a URL. */
    readonly of: (url: string) => Effect.Effect<OriginGate.OriginGate>
    /** The closed gates, oldest first, as a subscription. */
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
 * Makes the gates. Their probes belong to the scope.
 *
 * **Details**
 *
 * An origin whose health service opens one of the `known` gates keeps that gate. Throws an `InvalidPolicy`.
 */
export const make = (
  known: ReadonlyArray<Connectivity["Service"]> = [],
  options: Options = {},
): Effect.Effect<Origins["Service"], never, Scope.Scope> => of(probing(options), known)

/** Checks the options; throws an `InvalidPolicy`. */
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
