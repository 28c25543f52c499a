/** A plain model of a pipeline whose calls run one after the other: one clock, one loop, no fibers. */
import { cost, type Kind, type Plan, throttledCost, verdicts } from "./plans.ts"

/** How and when a call ended, in milliseconds, and when each of its requests was sent. */
export interface Ending {
  readonly tag: string
  readonly at: number
  readonly sent: ReadonlyArray<number>
}

/** An attempt's error, as the policies see it. */
interface Failed {
  readonly tag: string
  readonly retry: "always" | "once" | "never"
  readonly throttled?: boolean
  readonly hint?: number
}

const failures = (kind: Kind): Failed | undefined => {
  const verdict = verdicts[kind]
  if (kind === "bug") return { tag: "bug", retry: "once" }
  if (verdict === undefined) return undefined
  const { pace, retry } = verdict
  return {
    tag: kind,
    retry,
    throttled: pace === "throttled",
    hint: { hint: 3_000, day: 86_400_000 }[kind as string] ?? 0,
  }
}

/** The results of a plan's calls, with the jitter in the middle of its range. */
export const reference = (plan: Plan): ReadonlyArray<Ending> => {
  const { attempts = 1, base, breaker, bucket = 0, clamp, defects, hintCap, jitter } = plan
  let tokens = bucket
  let streak = 0
  let openUntil = -1
  const closed: Array<readonly [from: number, to: number]> = []
  let flapAt = 0.03125
  for (const [open, shut] of plan.flaps) closed.push([(flapAt += open), (flapAt += shut)])

  /** Applies the outcome of an attempt to the breaker. */
  const learn = (at: number, failed: Failed | undefined, probe: boolean): void => {
    if (breaker === undefined || failed?.retry === "never") return
    streak = failed === undefined ? 0 : streak + 1
    if (failed === undefined) openUntil = -1
    else if (probe || streak >= breaker.consecutive) {
      openUntil = at + Math.min(Math.max(breaker.open + 0.5, failed.hint ?? 0), 10_000)
      streak = 0
    }
  }

  let now = 0
  return plan.callers.map(({ answers, pause }): Ending => {
    now += pause
    const sent: Array<number> = []
    const deadline = plan.deadline === undefined ? Infinity : now + plan.deadline + 0.0625
    const ended = (tag: string, at: number): Ending => ({ tag, at: (now = at), sent })
    let once = false
    let paid = 0
    let wait = 8 * base
    for (let n = 1; ; n++) {
      for (const [from, to] of closed) if (now >= from && now < to) now = to
      if (now >= deadline) {
        tokens += paid
        return ended("DeadlineExceeded", deadline)
      }
      let failed: Failed | undefined
      if (now < openUntil) {
        failed = { tag: "CircuitOpen", retry: "always", throttled: true, hint: openUntil - now }
        tokens += paid
      } else {
        const probe = openUntil >= 0
        const { kind, ms } = answers[sent.length] ?? { kind: "ok", ms: 3 }
        sent.push(now)
        const timeout =
          plan.timeout === undefined || deadline - now <= plan.timeout + 0.25 ? Infinity : plan.timeout + 0.25
        const takes = Math.min(kind === "hang" ? Infinity : ms, timeout, deadline - now)
        now += takes
        if (now >= deadline) {
          learn(now, { tag: "DeadlineExceeded", retry: "always" }, probe)
          return ended("DeadlineExceeded", deadline)
        }
        failed = takes === timeout ? { tag: "AttemptTimedOut", retry: "always" } : failures(kind)
        learn(now, failed, probe)
        if (failed === undefined) {
          tokens = Math.min(tokens + (paid === 0 ? 1 : paid), bucket)
          return ended("ok", now)
        }
      }
      const { hint = 0, retry, tag } = failed
      if (tag === "bug" && defects === "never") return ended(tag, now)
      if (retry === "never" || n >= attempts || (retry === "once" && once)) return ended(tag, now)
      once ||= retry === "once"
      const delay = Math.min(8 * base * 2 ** (n - 1), 3200)
      const middle = Math.min((8 * base + 3 * wait) / 2, 3200)
      wait = { none: delay, equal: 0.75 * delay, full: delay / 2, decorrelated: middle }[jitter]
      const beyond = !clamp && hint > hintCap
      const pause = Math.max(wait, beyond ? hint : Math.min(hint, hintCap))
      // A defect stays a defect: DeadlineExceeded would hide it.
      if (now + pause >= deadline) return ended(tag === "bug" ? tag : "DeadlineExceeded", now)
      if (beyond) return ended(tag, now)
      paid = failed.throttled === true ? throttledCost : cost
      if (plan.bucket !== undefined && paid > tokens) return ended(tag, now)
      tokens -= paid
      now += pause
    }
  })
}
