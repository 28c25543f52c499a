/**
 * Defines how sign-in calls use the connectivity gate.
 */
import * as Effect from "effect/Effect"
import type { Connectivity } from "@holdfast/core/Connectivity"
import { type Classified, probeAfterOf } from "@holdfast/core/Verdict"

/** How calls to one endpoint use the connectivity gate. */
export interface Passage {
  /** Waits while the network is down. */
  readonly open: Effect.Effect<void>
  /** Reports network failures to the connectivity gate. */
  readonly reporting: <A, E extends Classified, R>(call: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
}

const free: Passage = { open: Effect.void, reporting: (call) => call }

/**
 * Returns how calls to a URL use the connectivity gate. Calls do not wait if there is no gate, or if the gate is for another
 * origin.
 */
export const of = (connectivity: Connectivity["Service"] | undefined, url: string): Passage => {
  if (connectivity === undefined || isElsewhere(connectivity.origin, url)) return free
  return {
    open: connectivity.gate.awaitOpen,
    reporting: (call) =>
      Effect.tapError(call, ({ _tag, verdict }) =>
        verdict.closes === "connectivity" ? connectivity.report(_tag, probeAfterOf(verdict)) : Effect.void,
      ),
  }
}

const isElsewhere = (origin: string | undefined, url: string): boolean =>
  origin !== undefined && URL.canParse(url) && new URL(url).origin !== origin
