/**
 * Judges rounds of concurrent refreshes by the uses of each refresh token that the server counted.
 */
import type { RefreshUse } from "@holdfast/sandbox/RefreshUse"

/** One round: two processes refresh the same pair at once. */
export interface Round {
  readonly number: number
  /** How many processes were killed. */
  readonly killed: number
  /** The faults that the sandbox injected into refreshes. */
  readonly faults: ReadonlyArray<string>
  /** The uses of refresh tokens in this round. */
  readonly uses: ReadonlyArray<RefreshUse>
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
  readonly lostWithAnswer: number
  /** Sign-ins that ended for any other reason. */
  readonly lostOtherwise: number
}

export const judge = (
  rounds: ReadonlyArray<Round>,
): { readonly figures: Figures; readonly problems: ReadonlyArray<string> } => {
  const problems: Array<string> = []
  const total = { usedTwice: 0, usedThrice: 0, lostWithAnswer: 0, lostOtherwise: 0, refreshed: 0 }
  for (const { ended, faults, killed, number, tokens, uses } of rounds) {
    const say = (text: string) => problems.push(`round ${number}: ${text}`)
    // A kill loses the response, and so does a connection that breaks after the request.
    const isLost = killed > 0 || faults.includes("reset-after")
    if (uses.some(({ use }) => use === 2)) total.usedTwice++
    if (uses.some(({ use }) => use > 2)) {
      total.usedThrice++
      say("a refresh token was used a third time")
    }
    if (!isLost && uses.some(({ use }) => use > 1)) say("a refresh token was used again although no response was lost")
    if (new Set(tokens).size > 1) say("the processes got different tokens")
    if (ended === undefined) {
      total.refreshed++
      // A process that is killed between its refresh and its answer has replaced the pair, and its successor replaces the next.
      const replaced = uses.filter(({ issued }) => issued !== null).length
      if (replaced < 1 || replaced > 1 + killed) say(`the pair was replaced ${replaced} times`)
    } else if (isLost && uses.some(({ issued, use }) => use === 2 && issued === null)) total.lostWithAnswer++
    else {
      total.lostOtherwise++
      say(`the sign-in was lost: ${ended}`)
    }
  }
  return {
    problems,
    figures: { ...total, rounds: rounds.length, roundsWithKills: rounds.filter(({ killed }) => killed > 0).length },
  }
}
