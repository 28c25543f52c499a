/**
 * Judges rounds of concurrent refreshes by the requests with each refresh token that the server saw.
 */
import type { RefreshRequest } from "@holdfast/sandbox/RefreshRequest"
import { explain, type Refresher } from "../shared/refreshes/lostSignIn.ts"
import { type Named, timeline } from "../shared/refreshes/timeline.ts"

/** One round: two processes refresh the same pair at once. */
export interface Round {
  readonly number: number
  /** The processes that were killed, and last a process that was not, with the token file at the end of the round. */
  readonly processes: ReadonlyArray<Named>
  /** The requests with refresh tokens in this round. */
  readonly requests: ReadonlyArray<RefreshRequest>
  /** The access tokens that the processes got, identified without revealing them. */
  readonly tokens: ReadonlyArray<string>
  /** Why the sign-in ended, if it did. */
  readonly ended: string | undefined
}

export interface Figures {
  readonly rounds: number
  readonly roundsWithKills: number
  readonly refreshed: number
  /** Rounds in which a token was sent a second time. */
  readonly usedTwice: number
  readonly usedThrice: number
  /** Sign-ins that ended because a response was lost and the one retry was rejected. */
  readonly rejected: number
  /** Sign-ins that ended because two responses were lost. */
  readonly lostTwice: number
  /** Sign-ins that ended for any other reason. */
  readonly lostOtherwise: number
}

export const judge = (
  rounds: ReadonlyArray<Round>,
): { readonly figures: Figures; readonly problems: ReadonlyArray<string> } => {
  const problems: Array<string> = []
  const total = { usedTwice: 0, usedThrice: 0, rejected: 0, lostTwice: 0, lostOtherwise: 0, refreshed: 0 }
  for (const { ended, number, processes, requests, tokens } of rounds) {
    const found: Array<string> = []
    const killed = kills(processes)
    const uses = requests.map(({ use }) => use ?? 0)
    // A kill loses the response, and so does a connection that breaks after the request.
    const isLost = killed > 0 || requests.some(({ fault }) => fault === "reset-after")
    if (uses.includes(2)) total.usedTwice++
    if (uses.some((use) => use > 2)) {
      total.usedThrice++
      found.push("a refresh token was used a third time")
    }
    if (!isLost && uses.some((use) => use > 1))
      found.push("a refresh token was used again although no response was lost")
    if (new Set(tokens).size > 1) found.push("the processes got different tokens")
    if (ended === undefined) {
      total.refreshed++
      // A process that is killed between its refresh and its answer has replaced the pair, and its successor replaces the next.
      const replaced = requests.filter(({ issued }) => issued !== null).length
      if (replaced < 1 || replaced > 1 + killed) found.push(`the pair was replaced ${replaced} times`)
    } else {
      const loss = explain(processes, requests)
      if (loss.kind === "unexplained") {
        total.lostOtherwise++
        found.push(`the sign-in was lost (${ended}), but ${loss.why}`)
      } else if (loss.kind === "rejected") total.rejected++
      else total.lostTwice++
    }
    problems.push(...found.map((text) => `round ${number}: ${text}`))
    if (found.length > 0) problems.push(...timeline(processes, requests))
  }
  return {
    problems,
    figures: {
      ...total,
      rounds: rounds.length,
      roundsWithKills: rounds.filter(({ processes }) => kills(processes) > 0).length,
    },
  }
}

const kills = (processes: ReadonlyArray<Refresher>): number => processes.filter(({ killed }) => killed).length
