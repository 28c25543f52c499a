/**
 * The refreshes and the processes that sent them, as lines in the order of time.
 */
import type { RefreshRequest } from "@holdfast/sandbox/RefreshRequest"
import type { SavedTokens } from "../sandbox/signIn.ts"
import type { Refresher } from "./lostSignIn.ts"

/** `end` states how the process ended. */
export interface Named extends Refresher {
  readonly end: string
}

const spent = { maybe: "may be spent", yes: "spent" } as const

const saved = (tokens: SavedTokens | undefined, now: number): string =>
  tokens === undefined
    ? "no token file"
    : `token ${tokens.pair}${tokens.spent === undefined ? "" : ` (${spent[tokens.spent]})`}, ` +
      `saved ${Math.round(now - tokens.savedAt)} ms before`

const fate = ({ at, endedAt, fault, issued, status, use }: RefreshRequest): string =>
  [
    ...(fault === null ? [] : [`fault ${fault}`]),
    use === null ? "not used" : `use ${use}, ${issued === null ? "rejected" : `token ${issued} issued`}`,
    `${status === null ? "closed without a response" : `response ${status}`} after ${(endedAt ?? at) - at} ms`,
  ].join(", ")

/** One line for each start, refresh and end. Times are in milliseconds since the start of the first process. */
export const timeline = (
  refreshers: ReadonlyArray<Named>,
  requests: ReadonlyArray<RefreshRequest>,
): ReadonlyArray<string> => {
  const start = Math.min(...refreshers.map(({ startedAt }) => startedAt))
  const end = Math.max(...refreshers.map(({ endedAt }) => endedAt))
  const events = [
    ...refreshers.map(({ startedAt }, number) => ({ at: startedAt, text: `process ${number} starts` })),
    ...requests.map((request) => ({ at: request.at, text: `  refresh with token ${request.pair}: ${fate(request)}` })),
    ...refreshers.map(({ end: how, endedAt, tokens }, number) => ({
      at: endedAt,
      text: `process ${number} ${how}; ${saved(tokens, endedAt)}`,
    })),
  ]
  return events
    .filter(({ at }) => at >= start && at <= end)
    .toSorted((a, b) => a.at - b.at)
    .map(({ at, text }) => `${String(Math.round(at - start)).padStart(8)} ms  ${text}`)
}
