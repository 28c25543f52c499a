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

/**
 * Selects which failures are retried, through either options or a schedule. An error's verdict applies regardless of whether
 * options or a schedule is given.
 */
export type Retries = Retry.Options | Schedule.Schedule<unknown, Classified>

/** The policies for one kind of call. */
export interface Options {
  /** Default: `Retry.policy()`, which makes at most 8 attempts. */
  readonly retry?: Retries | undefined
  /**
   * The waits between attempts and between probes, unless `retry` or `probe` specifies other waits. Default:
   * `Backoff.standard`. Frame.io's error guide describes its jitter as `additive`, but the jitter in its sample code is
   * `proportional`.
   */
  readonly backoff?: Waits | undefined
}

/** The default retry options for chunks: eight attempts, with waits of up to an hour if the storage requests them. */
export const chunkRetry: Retry.Options = { hintCap: "1 hour" }

/** Builds the retry policy from the options, merged with the defaults. Throws an `InvalidPolicy` if an option is invalid. */
export const retryOf = (
  { backoff, retry = {} }: Options,
  defaults: Retry.Options = {},
): Schedule.Schedule<unknown, Classified> =>
  Schedule.isSchedule(retry)
    ? retry
    : Retry.policy({ ...defaults, ...(backoff === undefined ? {} : { backoff }), ...retry })

/** Rejects unknown options and suggests the nearest known name. */
export const known = <O extends object>(
  policy: string,
  options: O,
  names: { readonly [Key in keyof O]-?: true },
): void => reader(policy).known(options, names)
