/**
 * Measures how long the uploads of a lost runner stand still: from the loss to the next part that another runner sends.
 */
import type { Put } from "../shared/sandbox/puts.ts"
import type { Disturbance, History } from "./History.ts"

/** The standstill of one upload, in milliseconds. */
export interface TakeOver {
  readonly runner: string
  readonly kind: "kill" | "freeze"
  readonly asset: string
  readonly millis: number
}

export interface TakeOvers {
  /** The take-overs of which the successor lived and the database was up. */
  readonly clean: ReadonlyArray<TakeOver>
  /** The others: another disturbance began before the end of the take-over, or shortly before the loss. */
  readonly overlapped: ReadonlyArray<TakeOver>
}

/** The cluster needs this many milliseconds to recover from a disturbance before the next one is measured by itself. */
const recovery = 9000

export const of = ({ disturbances, files }: History, puts: ReadonlyArray<Put>): TakeOvers => {
  const clean: Array<TakeOver> = []
  const overlapped: Array<TakeOver> = []
  const longest = Math.max(0, ...files.map(({ parts }) => parts.length))
  const byAsset = new Map<string, Array<Put>>()
  for (const put of puts) {
    const [asset = ""] = put.part.split("/")
    const sent = byAsset.get(asset)
    if (sent === undefined) byAsset.set(asset, [put])
    else sent.push(put)
  }
  for (const loss of disturbances) {
    const { at, kind, runner } = loss
    if ((kind !== "kill" && kind !== "freeze") || runner === undefined) continue
    for (const [asset, sent] of byAsset) {
      if (sent.findLast((put) => put.at <= at)?.from !== runner || isWhole(sent, at, longest)) continue
      const next = sent.find((put) => put.at > at && put.from !== runner)
      if (next === undefined) continue
      const isClean = disturbances.every((other) => other === loss || !overlaps(other, at, next.at))
      const one = { runner, kind, asset, millis: next.at - at }
      if (isClean) clean.push(one)
      else overlapped.push(one)
    }
  }
  return { clean, overlapped }
}

/** Whether every part had been answered, so that nothing was left to send. */
const isWhole = (sent: ReadonlyArray<Put>, at: number, parts: number): boolean =>
  new Set(sent.filter(({ answeredAt = Number.POSITIVE_INFINITY }) => answeredAt <= at).map(({ part }) => part)).size >=
  parts

/**
 * Whether a disturbance overlaps a take-over. Redis is not part of a take-over, so its end does not disturb one. A frozen runner
 * disturbs when it stops and when it comes back, because shards move at both times.
 */
const overlaps = ({ at, kind, until }: Disturbance, from: number, to: number): boolean => {
  if (kind === "redis") return false
  if (kind === "freeze" && until <= to && until + recovery > from) return true
  const over = kind === "database" || kind === "stall" ? until : at
  return at <= to && over + recovery > from
}
