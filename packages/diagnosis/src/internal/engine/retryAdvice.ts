/**
 * Whether to send again, from the verdict that the engine acts on and from what the cause asks to be changed.
 */
import type * as Verdict from "@holdfast/core/Verdict"
import type { Cause, RetryAdvice } from "./explanation.ts"

/** The advice; without a verdict it is that of an error nobody has listed. */
export const adviceOn = (seen: {
  readonly verdict: Verdict.Verdict | undefined
  readonly afterMs: number | undefined
  readonly cause: Cause | undefined
  readonly attempt: number | undefined
}): RetryAdvice => {
  const { afterMs, attempt, cause } = seen
  const verdict = seen.verdict?.retry ?? "once"
  const change = cause?.change ?? seen.verdict?.change ?? "nothing"
  return { verdict, change, afterMs, attempt, advice: inWords(verdict, change, afterMs) }
}

const inWords = (retry: Verdict.Retry, change: Verdict.Change, afterMs: number | undefined): string => {
  if (change !== "nothing") return `not as it is; ${after[change]}`
  const when = afterMs === undefined ? "" : `, not before ${afterMs / 1000} s have passed`
  if (retry === "always") return `yes, with backoff${when}`
  return retry === "once" ? `one time${when}` : "no: the same request fails again"
}

const after: Readonly<Record<Exclude<Verdict.Change, "nothing">, string>> = {
  url: "again with a URL or form signed anew",
  token: "again with another token",
  plan: "again once the request is put right",
  clock: "again once the clock is right",
  human: "again once a person has seen to it",
}
