/**
 * What a program may change about how calls are sent: retries, waits and times, each as a policy of `@holdfast/core`.
 */
import type * as Backoff from "@holdfast/core/Backoff"
import { reader } from "@holdfast/core/InvalidPolicy"
import * as Retry from "@holdfast/core/Retry"
import type { Classified } from "@holdfast/core/Verdict"
import * as Schedule from "effect/Schedule"

/** Waits: as data, with any of the jitters of `Backoff`, or any schedule. */
export type Waits = Backoff.Settings | Schedule.Schedule<unknown>

/** Which failures are sent again: as data, or any schedule. Verdicts are obeyed in both cases. */
export type Retries = Retry.Options | Schedule.Schedule<unknown, Classified>

/** What the calls of one kind have in common. */
export interface Options {
  /** Default: `Retry.policy()`, 8 attempts. */
  readonly retry?: Retries | undefined
  /**
   * The waits between attempts and between probes, where `retry` and `probe` name none of their own. Default:
   * `Backoff.standard`. Frame.io's error guide words its jitter as `additive` and programs it as `proportional`.
   */
  readonly backoff?: Waits | undefined
}

/** The retry policy of options, over a default; throws an `InvalidPolicy`. */
export const retryOf = (
  { backoff, retry = {} }: Options,
  defaults: Retry.Options = {},
): Schedule.Schedule<unknown, Classified> =>
  Schedule.isSchedule(retry)
    ? retry
    : Retry.policy({ ...defaults, ...(backoff === undefined ? {} : { backoff }), ...retry })

/** Refuses options of other names, and names the nearest. */
export const known = <O extends object>(
  policy: string,
  options: O,
  names: { readonly [Key in keyof O]-?: true },
): void => reader(policy).known(options, names)
