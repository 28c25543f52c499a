/**
 * The options of a backoff, and their defaults.
 */
import type * as Duration from "effect/Duration"

/** The delay before retry `n`, counted from 0, is `base · factor^n`, but at most `cap`. */
export interface Options {
  /** The delay before the first retry, which must be greater than 0. */
  readonly base: Duration.Input
  /** The growth factor, which must be at least 1. */
  readonly factor: number
  /** The maximum delay, which must be at least `base`. */
  readonly cap: Duration.Input
}

/** Specifies how jitter turns a delay into a wait. With `none`, the wait equals the delay. */
export type JitterName = "none" | "equal" | "full" | "proportional" | "additive" | "decorrelated"

/**
 * The settings of a backoff as plain data that can be stored in a file. Absent options default to the values of
 * {@link guide}, and the default jitter is `equal`.
 */
export interface Settings extends Partial<Options> {
  readonly jitter?: JitterName | undefined
}

/**
 * The delay starts at 0.5 s and doubles up to 32 s. The delays are 0.5, 1, 2, 4, 8, 16 and 32 s, so seven waits take 63.5 s
 * in total.
 */
export const guide: Options = { base: "500 millis", factor: 2, cap: "32 seconds" }

/** Equal jitter never makes a wait exceed the cap, and it also spreads out waits whose delay has reached the cap. */
export const defaultJitter: JitterName = "equal"
