/**
 * Builds the retry stage from its options.
 */
import * as Schedule from "effect/Schedule"
import type { Classified } from "../../errors/Verdict.ts"
import { problem } from "../../pipeline/options/invalid.ts"
import * as Option from "../../pipeline/options/option.ts"
import type { Stage } from "../../pipeline/stage.ts"
import type { RetryBudget } from "../budget/budget.ts"
import { rules as checked, type Hints, type Rules, type Settings } from "./options.ts"
import { retried, retriedDirectly } from "./retried.ts"
import { settingsOf } from "./Retry.ts"

/** The options of a retry stage: a policy as data, plus parts that cannot be expressed as data. */
export interface RetryOptions extends Settings {
  /**
   * Decides how often and when to retry, within the limits set by the verdicts. `attempts` sets an additional limit. Default:
   * a schedule based on the `attempts` and `backoff` options.
   */
  readonly schedule?: Schedule.Schedule<unknown, Classified> | undefined
  /** The budget to which every retry is charged. Pipelines and hedges can share a budget. */
  readonly budget?: RetryBudget | undefined
  /** Whether a defect is retried once. Default: never. */
  readonly defects?: "once" | "never" | undefined
}

/**
 * Retries a call if the verdicts of its errors allow a retry. Accepts options or any `Schedule`. Verdicts are honored
 * regardless of whether options or a schedule is given.
 */
export const retry = (options: RetryOptions | Schedule.Schedule<unknown, Classified> = {}): Stage<"retry", never> => ({
  name: "retry",
  build: () => {
    const given: RetryOptions = Schedule.isSchedule(options) ? { schedule: options } : (options as RetryOptions)
    const { budget, defects = "never" } = given
    Option.known("Retry", given, {
      attempts: true,
      backoff: true,
      hintCap: true,
      beyondHintCap: true,
      schedule: true,
      budget: true,
      defects: true,
    })
    if (budget !== undefined) Option.made("Retry", "budget", budget, "RetryBudget.make")
    Option.oneOf("Retry", "defects", defects, ["once", "never"])
    if (given.schedule !== undefined && given.backoff !== undefined) {
      Option.refuse("Retry", "backoff", "a value", "absent with a schedule")
    }
    // A policy made from data is handled as that data: arithmetic is faster than a schedule, and its worst case is known.
    const known = given.schedule && settingsOf(given.schedule)
    const schedule = known === undefined ? given.schedule : undefined
    // An unknown schedule decides itself how often to retry.
    const unbounded = schedule === undefined ? {} : { attempts: Infinity }
    const read = (settings: Settings) => {
      if (schedule !== undefined && settings.backoff !== undefined) {
        Option.refuse("Retry", "backoff", "a value", "absent while a schedule decides")
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
      direct: (inner) => retriedDirectly(() => policy, inner),
      asks: { dated: true, retried: true, budget },
      data: () => ({ kind: "retry", data: policy }),
      parts: () => [
        [
          "retry",
          {
            check: (settings: Settings) => problem(() => read(settings)),
            apply: (settings: Settings) => {
              const rules = read(settings)
              policy = { ...policy, rules, said: said(settings, rules) }
            },
          },
        ],
        ...(budget === undefined ? [] : [["budget", budget] as const]),
      ],
    }
  },
})

/** Combines the rules of a policy with the options given alongside the policy. The lower number of attempts applies. */
const within = (rules: Rules, given: Settings, beside: Rules): Rules => ({
  ...rules,
  ...(given.attempts === undefined ? {} : { attempts: Math.min(rules.attempts, beside.attempts) }),
  ...said(given, beside),
})

/**
 * The hint options that are given together with a schedule. These options take precedence over the hint options of a policy
 * inside the schedule.
 */
const said = (given: Settings, { clamp, hintCap }: Rules): Partial<Hints> => ({
  ...(given.hintCap === undefined ? {} : { hintCap }),
  ...(given.beyondHintCap === undefined ? {} : { clamp }),
})
