/**
 * Describes a retry policy in words.
 */
import { time } from "../../time/units.ts"
import type { Policy } from "./retried.ts"

/** Returns a description of the retry policy in this form: `retry 8 attempts (500 ms ×2 ≤ 32 s, equal jitter)`. */
export const describe = ({ budget, rules, schedule }: Policy): string => {
  const { base, cap, factor, jitter } = rules.waits
  const bound = Number.isFinite(rules.attempts) ? `${rules.attempts}` : "?"
  const backoff =
    schedule === undefined
      ? `${time(base)} ×${factor} ≤ ${time(cap)}, ${jitter === "none" ? "no" : jitter} jitter`
      : "schedule"
  const hints = rules.clamp ? `, hints clamped to ${time(rules.hintCap)}` : ""
  return `retry ${bound} attempts (${backoff}${hints}${budget === undefined ? "" : `, ${budget.describe()}`})`
}
