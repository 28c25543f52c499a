/**
 * Decides which fault a request receives, from a plan and a seed.
 *
 * **Details**
 *
 * A fault depends only on the seed, the route, the resource, and the number of the request for that resource. A run can
 * therefore be replayed even if its requests interleave differently. Only outages depend on time: each one begins with a
 * request and lasts for seconds.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import { type Fault, isCostly } from "./Fault.ts"
import type { FaultPlan, Outage, Rule } from "./FaultPlan.ts"
import type { Route } from "./Route.ts"

/**
 * The properties of a request that the plan evaluates. `chunk` is the chunk's number, counted from 1; `chunks` is the number
 * of chunks in the file.
 */
export interface Target {
  readonly route: Route
  readonly resource: string
  readonly chunk?: number
  readonly chunks?: number
}

/** The decision for one request. `begins` contains the outages that start with this request. */
export interface Card {
  readonly request: number
  readonly fault: Fault | undefined
  readonly begins: ReadonlyArray<Outage>
}

export type Dealer = ReturnType<typeof make>

interface History {
  requests: number
  /** Counts only requests outside outages, so an outage does not consume faults of the plan. */
  dealt: number
  row: number
  costly: number
  tokenExpired: boolean
}

export const make = (plan: FaultPlan, seed: number) => {
  const survivable = plan.survivable ?? true
  const histories = new Map<string, History>()
  const openOutages: Array<{ readonly outage: Outage; readonly until: number }> = []
  let chunkRequests = 0

  const draw = <A>(effect: Effect.Effect<A>, ...what: ReadonlyArray<string | number>) =>
    Random.withSeed(effect, JSON.stringify([seed, ...what]))

  const meets = Effect.fnUntraced(function* (rule: Rule, index: number, target: Target, request: number) {
    if (rule.route !== target.route) return false
    if (rule.requests !== undefined && !rule.requests.includes(request)) return false
    if (rule.chunks === "one") {
      const last = Math.max(1, target.chunks ?? 1)
      const one = yield* draw(Random.nextIntBetween(1, last), "one", index, target.resource)
      if (target.chunk !== one) return false
    } else if (rule.chunks !== undefined && !rule.chunks.includes(target.chunk ?? 0)) return false
    if (rule.chance === undefined) return true
    return (yield* draw(Random.next, "chance", index, target.resource, target.chunk ?? 0, request)) < rule.chance
  })

  const planned = Effect.fnUntraced(function* (target: Target, request: number) {
    for (const [index, rule] of (plan.rules ?? []).entries()) {
      if (yield* meets(rule, index, target, request)) return rule.fault
    }
    for (const [index, deal] of (plan.deals ?? []).entries()) {
      if (deal.route !== target.route) continue
      const hands = yield* draw(Random.shuffle(deal.hands), "deal", index, target.resource)
      const fault = hands[((target.chunk ?? 1) - 1) % hands.length]?.[request - 1]
      if (fault !== undefined) return fault
    }
    return undefined
  })

  const beginning = Effect.fnUntraced(function* (target: Target, now: number) {
    if (target.route !== "chunk") return []
    chunkRequests++
    const begins: Array<Outage> = []
    for (const [index, outage] of (plan.outages ?? []).entries()) {
      const [first, last] = outage.afterChunks
      if ((yield* draw(Random.nextIntBetween(first, Math.max(first, last)), "outage", index)) !== chunkRequests)
        continue
      openOutages.push({ outage, until: now + outage.seconds * 1000 })
      begins.push(outage)
    }
    return begins
  })

  // When the whole server is unreachable, connections are reset earlier. Here only the request that begins the outage
  // is seen.
  const inOutage = (route: Route, begins: ReadonlyArray<Outage>, now: number): boolean =>
    begins.some((outage) => outage.routes === undefined) ||
    openOutages.some(({ outage, until }) => now < until && outage.routes?.includes(route) === true)

  const bearable = (fault: Fault, history: History, route: Route): boolean =>
    !survivable ||
    (history.row < 3 &&
      !(isCostly(fault.kind, route) && history.costly > 0) &&
      !(fault.kind === "token-expired" && history.tokenExpired))

  return {
    next: Effect.fnUntraced(function* (target: Target): Effect.fn.Return<Card> {
      const now = Number(yield* Clock.monotonicTimeNanos) / 1e6
      const key = JSON.stringify([target.route, target.resource, target.chunk ?? 0])
      const history = histories.get(key) ?? { requests: 0, dealt: 0, row: 0, costly: 0, tokenExpired: false }
      histories.set(key, history)
      const request = ++history.requests
      const begins = yield* beginning(target, now)
      const wanted: Fault | undefined = inOutage(target.route, begins, now)
        ? { kind: "reset-before" }
        : yield* planned(target, ++history.dealt)
      const fault = wanted !== undefined && bearable(wanted, history, target.route) ? wanted : undefined

      history.row = fault === undefined ? 0 : history.row + 1
      history.tokenExpired = fault?.kind === "token-expired"
      if (fault !== undefined && isCostly(fault.kind, target.route)) history.costly++
      return { request, fault, begins }
    }),
  }
}
