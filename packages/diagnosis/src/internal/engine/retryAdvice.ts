/**
 * Advises whether to retry, based on the verdict that the retry engine acts on and the change that the cause requires.
 */
import type * as Verdict from "@holdfast/core/Verdict"
import type { Cause, RetryAdvice } from "./explanation.ts"

/** The advice. If there is no verdict, the advice is the same as for an error that no table lists. */
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
  if (change !== "nothing") return `do not retry unchanged; ${after[change]}`
  const when = afterMs === undefined ? "" : `, after ${afterMs / 1000} s at the earliest`
  if (retry === "always") return `yes, with backoff${when}`
  return retry === "once" ? `once${when}` : "no; the same request would fail again"
}

const after: Readonly<Record<Exclude<Verdict.Change, "nothing">, string>> = {
  url: "retry with a newly signed URL or form",
  token: "retry with another token",
  plan: "retry with a corrected request",
  clock: "retry after the clock has been corrected",
  human: "retry after someone has fixed it",
}
