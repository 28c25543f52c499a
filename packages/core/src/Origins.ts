/**
 * One gate for each origin: a storage that cannot be reached stops no call to an API elsewhere.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import * as SubscriptionRef from "effect/SubscriptionRef"
import type { Connectivity } from "./Connectivity.ts"
import * as OriginGate from "./internal/originGate.ts"
import * as Probing from "./internal/probing.ts"

export type { Judge, OriginGate } from "./internal/originGate.ts"

/** How closed gates are probed. */
export type Options = Pick<Probing.Options, "backoff">

/** A gate that is closed, for people. */
export interface Waiting {
  readonly origin: string
  /** The tag of the failure that closed it. */
  readonly reason: string
  /** When it closed, in milliseconds of the epoch. */
  readonly since: number
  /** When the next call is let through as a probe, in milliseconds of the epoch; `undefined` while one is under way. */
  readonly nextProbeAt: number | undefined
}

/** How many gates are kept: an open one that nothing waits at makes room for a new one. */
export const most = 64

/**
 * The gates of all origins that calls have gone to.
 *
 * **When to use**
 *
 * For a service that has no health call, such as a storage behind presigned URLs. Where there is one, use `Connectivity`.
 *
 * **Details**
 *
 * A failure that closes the connectivity gate closes the gate of its own origin. Calls then wait there, and at each wait of
 * the backoff one of them is let through as the probe: its success, or any answer of the service, opens the gate. A probe
 * that could not be sent waits on, without spending an attempt; any other failure goes to its retry policy.
 */
export class Origins extends Context.Service<
  Origins,
  {
    /** The gate of the origin of a URL. */
    readonly of: (url: string) => Effect.Effect<OriginGate.OriginGate>
    /** The gates that are closed now, the oldest first, and every later change. */
    readonly waiting: SubscriptionRef.SubscriptionRef<ReadonlyArray<Waiting>>
  }
>()("@holdfast/core/Origins") {
  static readonly layer: Layer.Layer<Origins> = Layer.suspend(() => layerWith())
}

/** Provides the gates. Throws an `InvalidPolicy` for options that make no sense, unknown ones included. */
export const layerWith = (options: Options = {}): Layer.Layer<Origins> => {
  const checked = check(options)
  return Layer.effect(Origins, of(checked, []))
}

/**
 * Makes the gates; their probes belong to the scope.
 *
 * **Details**
 *
 * An origin that one of the `known` gates checks by a health service keeps that gate. Throws an `InvalidPolicy`.
 */
export const make = (
  known: ReadonlyArray<Connectivity["Service"]> = [],
  options: Options = {},
): Effect.Effect<Origins["Service"], never, Scope.Scope> => of(check(options), known)

/** Checks the options; throws an `InvalidPolicy`. */
export const check = (options: Options): Probing.Probing => Probing.probing("Origins", options)

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
