/**
 * How sign-in calls use the connectivity gate.
 */
import * as Effect from "effect/Effect"
import type { Connectivity } from "@holdfast/core/Connectivity"
import { type Classified, probeAfterOf } from "@holdfast/core/Verdict"

/** How the calls of one endpoint use the gate. */
export interface Passage {
  /** Waits while the network is down. */
  readonly open: Effect.Effect<void>
  /** Reports network failures to the gate. */
  readonly reporting: <A, E extends Classified, R>(call: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
}

const free: Passage = { open: Effect.void, reporting: (call) => call }

/** The passage of calls to a URL. Without a gate, or with a gate of another origin, calls do not wait. */
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
