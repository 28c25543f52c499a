/**
 * Describes what the gates are waiting for.
 */
import type * as Gate from "@holdfast/core/Gate"
import type * as Origins from "@holdfast/core/Origins"
import * as Reach from "../../network/Reach.ts"
import * as Format from "../../terminal/Format.ts"

/** The reason for a wait, and whether the user has to act. */
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
  /** The error with which the last probe failed. */
  readonly failure?: unknown
  /** The storage service whose outage has lasted the longest. Only chunks wait for this storage service. */
  readonly storage?: Origins.Waiting | undefined
  /** Whether a user has paused the queue. */
  readonly paused?: boolean | undefined
  /** Whether a user has paused the device in Frame.io. Only files without an asset wait for the end of the pause. */
  readonly devicePaused?: boolean | undefined
}

/** The state in which all gates are open. */
export const open: Gates = {
  connectivity: { _tag: "Open" },
  authorization: { _tag: "Open" },
  nextProbeAt: undefined,
  pairing: undefined,
}

/** The reason for a wait while the device is paused by a user. */
export const devicePaused = "the device is paused in Frame.io; resume it there to send files that have not begun"

/** The reason that the connectivity gate reports until its first probe succeeds. The gate is initially closed. */
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
 * Returns the reason for the current wait, or `undefined` if all gates are open.
 *
 * **Details**
 *
 * A reason that requires user action takes precedence, because only the user can end that wait. A network outage takes
 * precedence over a sign-in that does not have a code yet, because a code cannot be requested during the outage.
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
  if (gates.paused === true) return { text: "the queue is paused; run holdfast queue resume", human: true }
  if (gates.devicePaused === true) return { text: devicePaused, human: true }
  if (gates.storage !== undefined) return { text: storage(gates.storage, now), human: false }
  return gates.authorization._tag === "Closed" ? { text: gates.authorization.reason, human: false } : undefined
}
