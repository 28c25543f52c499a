/**
 * Describes what the gates are waiting for.
 */
import type * as Gate from "@holdfast/core/Gate"
import type * as Origins from "@holdfast/core/Origins"
import * as Reach from "../network/Reach.ts"
import * as Format from "../terminal/Format.ts"

/** A reason to wait, and whether it needs a person. */
export interface Waiting {
  readonly text: string
  readonly human: boolean
}

/** The current state of the gates. */
export interface Gates {
  readonly connectivity: Gate.State
  readonly authorization: Gate.State
  /** The time of the next probe, in epoch milliseconds. */
  readonly nextProbeAt: number | undefined
  /** The state of the sign-in, if one is in progress. */
  readonly pairing: string | undefined
  /** The failure of the last probe. */
  readonly failure?: unknown
  /** The storage with the longest outage. Only chunks wait for it. */
  readonly storage?: Origins.Waiting | undefined
}

/** The state in which nothing waits. */
export const open: Gates = {
  connectivity: { _tag: "Open" },
  authorization: { _tag: "Open" },
  nextProbeAt: undefined,
  pairing: undefined,
}

/** The initial reason of the connectivity gate: it starts closed and has not probed yet. */
const connecting = "connecting"

const offline = (
  state: Extract<Gate.State, { _tag: "Closed" }>,
  { failure, nextProbeAt }: Gates,
  now: number,
): Waiting => {
  const cause = Reach.cause(failure)
  const next =
    nextProbeAt === undefined || nextProbeAt <= now ? "probing" : `next probe in ${Format.span(nextProbeAt - now)}`
  if (cause?.remedy !== undefined) return { text: Reach.sentence(cause), human: true }
  const what =
    state.reason === connecting
      ? nextProbeAt === undefined
        ? "connecting"
        : "no response yet"
      : `${Reach.unavailable(failure) === undefined ? "offline" : "unavailable"} since ${Format.timeOfDay(state.since)}`
  if (what === "connecting") return { text: what, human: false }
  return { text: `${what}${cause === undefined ? "" : ` (${cause.text})`}, ${next}`, human: false }
}

const storage = ({ nextProbeAt, origin, reason, since }: Origins.Waiting, now: number): string => {
  const next =
    nextProbeAt === undefined || nextProbeAt <= now ? "probing" : `next probe in ${Format.span(nextProbeAt - now)}`
  const state = Reach.isUnanswered(reason) ? "offline" : "unavailable"
  return `storage ${origin.replace(/^https?:\/\//, "")} ${state} since ${Format.timeOfDay(since)}, ${next}`
}

/**
 * The reason to wait; `undefined` if every gate is open.
 *
 * **Details**
 *
 * A reason that needs a person takes precedence, because only a person can end that wait. The network precedes a
 * sign-in without a code, because no code can be requested while the network is down.
 */
export const describe = (gates: Gates, now: number): Waiting | undefined => {
  const network =
    gates.connectivity._tag === "Closed" && gates.failure !== undefined
      ? offline(gates.connectivity, gates, now)
      : undefined
  if (network?.human === true) return network
  if (gates.authorization._tag === "NeedsHuman" && gates.pairing !== undefined) {
    return { text: gates.pairing, human: false }
  }
  if (network !== undefined) return network
  for (const state of [gates.authorization, gates.connectivity]) {
    if (state._tag === "NeedsHuman") {
      return { text: `waiting for a person: ${state.reason}; ${state.action}`, human: true }
    }
  }
  if (gates.connectivity._tag === "Closed") {
    return offline(gates.connectivity, gates, now)
  }
  if (gates.storage !== undefined) return { text: storage(gates.storage, now), human: false }
  return gates.authorization._tag === "Closed" ? { text: gates.authorization.reason, human: false } : undefined
}
