/**
 * The stage of retries: from its options to the policy that every failure is judged by.
 */
import * as Schedule from "effect/Schedule"
import type { Classified } from "../../errors/Verdict.ts"
import * as InvalidPolicy from "../../pipeline/InvalidPolicy.ts"
import type { Stage } from "../../pipeline/stage.ts"
import type { RetryBudget } from "../budget/budget.ts"
import { rules as checked, type Hints, type Rules, type Settings } from "./options.ts"
import { retried } from "./retried.ts"
import { settingsOf } from "./Retry.ts"

/** What a retry stage takes: a policy as data, and what goes with it. */
export interface RetryOptions extends Settings {
  /**
   * Decides by itself how often and when, within the verdicts; `attempts` beside it is one more bound. Default: the
   * attempts and the backoff.
   */
  readonly schedule?: Schedule.Schedule<unknown, Classified> | undefined
  /** Pays for every retry; may be shared by any number of pipelines and hedges. */
  readonly budget?: RetryBudget | undefined
  /** Whether a defect is retried once. Default: never. */
  readonly defects?: "once" | "never" | undefined
}

/**
 * Sends a call again, as its errors' verdicts allow. Any `Schedule` will do, too; verdicts are obeyed all the same.
 */
export const retry = (options: RetryOptions | Schedule.Schedule<unknown, Classified> = {}): Stage<"retry", never> => ({
  name: "retry",
  build: () => {
    const given: RetryOptions = Schedule.isSchedule(options) ? { schedule: options } : (options as RetryOptions)
    const { budget, defects = "never" } = given
    const reader = InvalidPolicy.reader("Retry")
    reader.known(given, {
      attempts: true,
      backoff: true,
      hintCap: true,
      beyondHintCap: true,
      schedule: true,
      budget: true,
      defects: true,
    })
    if (budget !== undefined) reader.made("budget", budget, "RetryBudget.make")
    reader.oneOf("defects", defects, ["once", "never"])
    if (given.schedule !== undefined && given.backoff !== undefined) {
      reader.refuse("backoff", "a value", "absent beside a schedule")
    }
    // A policy that was made from data is those data: arithmetic is quicker than a schedule, and its worst case is known.
    const known = given.schedule && settingsOf(given.schedule)
    const schedule = known === undefined ? given.schedule : undefined
    // A schedule that is not known decides by itself how often.
    const unbounded = schedule === undefined ? {} : { attempts: Infinity }
    const read = (settings: Settings) => {
      if (schedule !== undefined && settings.backoff !== undefined) {
        reader.refuse("backoff", "a value", "absent while a schedule decides")
      }
      return checked({ ...unbounded, ...settings })
    }
    const { budget: _budget, defects: _defects, schedule: _schedule, ...settings } = given
    const rules = read(settings)
    let policy = {
      rules: known === undefined ? rules : within(checked(known), given, rules),
      said: said(given, rules),
      schedule,
      budget,
      defects,
    }
    return {
      around: (inner) => retried(() => policy, inner),
      asks: { dated: true, retried: true, budget },
      data: () => ({ kind: "retry", data: policy }),
      parts: {
        retry: {
          check: (settings: Settings) => InvalidPolicy.problem(() => read(settings)),
          apply: (settings: Settings) => {
            const rules = read(settings)
            policy = { ...policy, rules, said: said(settings, rules) }
          },
        },
        ...(budget === undefined ? {} : { budget }),
      },
    }
  },
})

/** The rules of a policy, as far as what stands beside it lets them: it never sends more often than both. */
const within = (rules: Rules, given: Settings, beside: Rules): Rules => ({
  ...rules,
  ...(given.attempts === undefined ? {} : { attempts: Math.min(rules.attempts, beside.attempts) }),
  ...said(given, beside),
})

/** The hint options next to a schedule. They take precedence over those of a policy inside the schedule. */
const said = (given: Settings, { clamp, hintCap }: Rules): Partial<Hints> => ({
  ...(given.hintCap === undefined ? {} : { hintCap }),
  ...(given.beyondHintCap === undefined ? {} : { clamp }),
})
