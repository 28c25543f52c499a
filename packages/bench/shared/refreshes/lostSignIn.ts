/**
 * Judges why a sign-in was lost, by the refreshes that the sandbox saw and the kills.
 *
 * A refresh token may be sent a second time if the response to the first request was lost. A sign-in may therefore be lost in
 * two ways: the second request was rejected, because the first one had replaced the pair; or the response to the second request
 * was lost too. A kill or a fault must explain each lost response.
 */
import { losesTheAnswer } from "@holdfast/sandbox/Fault"
import type { RefreshRequest } from "@holdfast/sandbox/RefreshRequest"
import type { SavedTokens } from "../sandbox/signIn.ts"

/** A process that refreshes tokens. Times are epoch milliseconds. */
export interface Refresher {
  readonly startedAt: number
  /** The time of its kill or of its end. */
  readonly endedAt: number
  readonly killed: boolean
  /** The token file after its end; `undefined` if the file was missing or not readable. */
  readonly tokens: SavedTokens | undefined
}

/** A use of a refresh token after which the client could not know whether the token was spent. */
export interface LostUse {
  readonly at: number
  /** `undefined` if the process was killed after it had recorded the use and before its request arrived. */
  readonly request: RefreshRequest | undefined
  readonly how: string
}

/** `rejected`: one response was lost, and the retry was rejected. `lost twice`: both responses were lost. */
export type Loss =
  | { readonly kind: "rejected" | "lost twice"; readonly uses: ReadonlyArray<LostUse> }
  | { readonly kind: "unexplained"; readonly why: string }

/** The faults after which a client cannot know whether the refresh took effect. A server may fail after it has refreshed. */
const losing: ReadonlySet<string> = new Set([...losesTheAnswer, "internal-error"])

/**
 * The longest time, in milliseconds, from the record of a use to the arrival of its request, and from the response to the record
 * of the outcome. A kill that comes later explains nothing.
 */
const longestStep = 500

/** The times of files lag behind the clock by up to this many milliseconds. */
const clockStep = 10

/** A request of a killed process may arrive this many milliseconds after the kill. */
const onItsWay = 100

const isLosing = ({ fault }: RefreshRequest): boolean => fault !== null && losing.has(fault)

/** Whether the token endpoint rejected a second use, and said so. */
const isRejected = ({ issued, status, use }: RefreshRequest): boolean => use === 2 && issued === null && status !== null

const isRecordedAfter = ({ endedAt }: RefreshRequest, { savedAt }: SavedTokens): boolean =>
  endedAt !== null && savedAt > endedAt

/** How many uses of the token the record counts as lost. */
const recorded = ({ spent }: SavedTokens): number => (spent === "yes" ? 2 : spent === "maybe" ? 1 : 0)

const howKilled = (at: number, { savedAt }: SavedTokens, request: RefreshRequest | undefined): string => {
  if (request === undefined) return `killed ${Math.round(at - savedAt)} ms after the record, before the request`
  if (request.at > at) return `killed ${request.at - at} ms before the request arrived`
  return request.status === null || request.endedAt === null || request.endedAt > at
    ? "killed before the response"
    : `killed ${at - request.endedAt} ms after response ${request.status}`
}

/** The uses of the refresh token of a pair whose responses were lost, in order, each with its proof. */
export const lostUses = (
  pair: number,
  refreshers: ReadonlyArray<Refresher>,
  requests: ReadonlyArray<RefreshRequest>,
): ReadonlyArray<LostUse> => {
  const sent = requests.filter((request) => request.pair === pair)
  const claimed = new Set(sent.filter(isLosing))
  const uses: Array<LostUse> = []

  /** A kill loses at most one response, and none if the record proves that the process had received it. */
  const killed = ({ endedAt, startedAt, tokens }: Refresher): void => {
    if (tokens?.pair !== pair || recorded(tokens) <= uses.length || tokens.savedAt < startedAt - clockStep) return
    const open = sent.filter((request) => request.at >= startedAt && !claimed.has(request))
    const last = open.findLast(({ at }) => at <= endedAt)
    // A record that was written after the last response belongs to the next request, unless the response was a rejection.
    const isNext = last !== undefined && isRecordedAfter(last, tokens) && tokens.savedAt <= endedAt
    if (isNext && isRejected(last)) return
    const late = open.find(({ at }) => at > endedAt && at <= endedAt + onItsWay)
    const request = last === undefined || isNext ? late : last
    if (endedAt - (request === undefined ? tokens.savedAt : (request.endedAt ?? request.at)) > longestStep) return
    if (request !== undefined) claimed.add(request)
    uses.push({ at: endedAt, request, how: howKilled(endedAt, tokens, request) })
  }

  const steps = [
    ...sent.filter(isLosing).map((request) => ({
      at: request.at,
      take: () => void uses.push({ at: request.at, request, how: `the fault ${request.fault}` }),
    })),
    ...refreshers
      .filter((refresher) => refresher.killed)
      .map((refresher) => ({ at: refresher.endedAt, take: () => killed(refresher) })),
  ]
  for (const { take } of steps.toSorted((a, b) => a.at - b.at)) take()
  return uses
}

/** Explains the sign-in that the last of the processes found lost. */
export const explain = (refreshers: ReadonlyArray<Refresher>, requests: ReadonlyArray<RefreshRequest>): Loss => {
  const tokens = refreshers.at(-1)?.tokens
  if (tokens === undefined) return { kind: "unexplained", why: "the token file was missing or damaged" }
  const { pair } = tokens
  const uses = lostUses(pair, refreshers, requests)
  const rejected = requests.some((request) => request.pair === pair && isRejected(request))
  // The token endpoint rejects a token because of its first use, so the response to that use must be the one that was lost.
  if (rejected && uses.some(({ request }) => request?.use === 1)) return { kind: "rejected", uses }
  if (uses.length === 2) return { kind: "lost twice", uses }
  const retried = rejected ? ", and the retry was rejected" : ""
  return { kind: "unexplained", why: `${uses.length} responses to token ${pair} were lost${retried}` }
}

/** The pairs whose refresh token was sent although it had been used twice, or although two responses had been lost. */
export const overused = (
  refreshers: ReadonlyArray<Refresher>,
  requests: ReadonlyArray<RefreshRequest>,
): ReadonlyArray<number> =>
  [...new Set(requests.map(({ pair }) => pair))].filter((pair) => {
    const uses = lostUses(pair, refreshers, requests)
    const second = uses[1]
    return requests.some(
      (request) =>
        request.pair === pair &&
        ((request.use ?? 0) > 2 ||
          (second !== undefined && request.at > second.at && uses.every((use) => use.request !== request))),
    )
  })
