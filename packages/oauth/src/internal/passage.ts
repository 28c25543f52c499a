/**
 * How the calls of a sign-in pass the connectivity gate.
 */
import * as Effect from "effect/Effect"
import type { Connectivity } from "@holdfast/core/Connectivity"
import type { Classified } from "@holdfast/core/Verdict"

/** The way of one endpoint's calls to the network. */
export interface Passage {
  /** Waits while the network is known to be gone. */
  readonly open: Effect.Effect<void>
  /** Tells the gate of failures that are the network's. */
  readonly reporting: <A, E extends Classified, R>(call: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
}

const free: Passage = { open: Effect.void, reporting: (call) => call }

/** The passage of the calls to a URL: free without a gate, and where the gate is that of another origin. */
export const of = (connectivity: Connectivity["Service"] | undefined, url: string): Passage => {
  if (connectivity === undefined || isElsewhere(connectivity.origin, url)) return free
  return {
    open: connectivity.gate.awaitOpen,
    reporting: (call) =>
      Effect.tapError(call, ({ _tag, verdict }) =>
        verdict.closes === "connectivity" ? connectivity.report(_tag) : Effect.void,
      ),
  }
}

const isElsewhere = (origin: string | undefined, url: string): boolean =>
  origin !== undefined && URL.canParse(url) && new URL(url).origin !== origin
