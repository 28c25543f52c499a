/**
 * The policies that a program can change: retries, waits and timeouts.
 */
import type * as Backoff from "@holdfast/core/Backoff"
import { reader } from "@holdfast/core/InvalidPolicy"
import * as Retry from "@holdfast/core/Retry"
import type { Classified } from "@holdfast/core/Verdict"
import * as Schedule from "effect/Schedule"

/** Waits: `Backoff` options with any jitter, or a schedule. */
export type Waits = Backoff.Settings | Schedule.Schedule<unknown>

/** Which failures are retried: options or a schedule. Verdicts apply in both cases. */
export type Retries = Retry.Options | Schedule.Schedule<unknown, Classified>

/** The policies of one kind of call. */
export interface Options {
  /** Default: `Retry.policy()`, 8 attempts. */
  readonly retry?: Retries | undefined
  /**
   * The waits between attempts and between probes, unless `retry` or `probe` sets its own. Default: `Backoff.standard`. Frame.io's
   * error guide describes its jitter as `additive`, but its sample code is `proportional`.
   */
  readonly backoff?: Waits | undefined
}

/** The default retries of chunks: eight attempts, and waits of up to an hour if the storage requests them. */
export const chunkRetry: Retry.Options = { hintCap: "1 hour" }

/** The retry policy of the options, merged with a default. Throws an `InvalidPolicy`. */
export const retryOf = (
  { backoff, retry = {} }: Options,
  defaults: Retry.Options = {},
): Schedule.Schedule<unknown, Classified> =>
  Schedule.isSchedule(retry)
    ? retry
    : Retry.policy({ ...defaults, ...(backoff === undefined ? {} : { backoff }), ...retry })

/** Rejects unknown options and suggests the nearest name. */
export const known = <O extends object>(
  policy: string,
  options: O,
  names: { readonly [Key in keyof O]-?: true },
): void => reader(policy).known(options, names)
