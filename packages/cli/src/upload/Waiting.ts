/**
 * Why nothing moves, in words: what the gates are waiting for.
 */
import type * as Gate from "@holdfast/core/Gate"
import type * as Origins from "@holdfast/core/Origins"
import * as Reach from "../network/Reach.ts"
import * as Format from "../terminal/Format.ts"

/** A reason to wait, and whether the way out is a person. */
export interface Waiting {
  readonly text: string
  readonly human: boolean
}

/** What the gates are doing now. */
export interface Gates {
  readonly connectivity: Gate.State
  readonly authorization: Gate.State
  /** When the next probe starts, in milliseconds of the epoch. */
  readonly nextProbeAt: number | undefined
  /** The state of the sign-in, if one is in progress. */
  readonly pairing: string | undefined
  /** The failure of the last probe. */
  readonly failure?: unknown
  /** The storage that has been unreachable the longest. Only chunks wait for it. */
  readonly storage?: Origins.Waiting | undefined
}

/** The state in which nothing waits. */
export const open: Gates = {
  connectivity: { _tag: "Open" },
  authorization: { _tag: "Open" },
  nextProbeAt: undefined,
  pairing: undefined,
}

/** The connectivity gate starts closed with this reason: not offline, only not asked yet. */
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
        : "no answer yet"
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
 * The reason to wait, or nothing when every gate is open.
 *
 * **Details**
 *
 * A reason that needs a person comes first, because only a person can end that wait: first the network, then the sign-in. While
 * the network is down no code can be requested, so the network comes before a sign-in that shows no code.
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
