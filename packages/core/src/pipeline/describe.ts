/**
 * Stages in words, with their figures.
 */
import * as Fallback from "../policies/fallback/Fallback.ts"
import type { Facts } from "./stages.ts"
import type { Policy } from "../policies/retry/retried.ts"
import { time } from "../time/units.ts"

/** `retry 8 attempts (500 ms ×2 ≤ 32 s, equal jitter)`. */
export const describe = (facts: Facts): string => {
  switch (facts.stage) {
    case "fallback":
      return Fallback.describe(facts.fallback)
    case "deadline":
    case "timeout":
      return `${facts.stage} ${time(facts.ms)}`
    case "retry":
      return describeRetry(facts.policy)
    case "gates":
      return `gates ${facts.names.join(" + ") || "none"}`
    case "hedge":
      return facts.hedge.describe()
    case "guards":
      return facts.guards.map((guard) => guard.describe()).join(" › ")
    case "decode":
      return facts.stage
  }
}

const describeRetry = ({ budget, rules, schedule }: Policy): string => {
  const { base, cap, factor, jitter } = rules.waits
  const bound = Number.isFinite(rules.attempts) ? `${rules.attempts}` : "?"
  const backoff =
    schedule === undefined
      ? `${time(base)} ×${factor} ≤ ${time(cap)}, ${jitter === "none" ? "no" : jitter} jitter`
      : "schedule"
  const hints = rules.clamp ? `, hints cut to ${time(rules.hintCap)}` : ""
  return `retry ${bound} attempts (${backoff}${hints}${budget === undefined ? "" : `, ${budget.describe()}`})`
}
