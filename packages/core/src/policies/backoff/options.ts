/**
 * The options of a backoff, and their defaults.
 */
import type * as Duration from "effect/Duration"

/** The delay before retry `n` (from 0) is `base · factor^n`, at most `cap`. */
export interface Options {
  /** The delay before the first retry; greater than 0. */
  readonly base: Duration.Input
  /** The growth factor; at least 1. */
  readonly factor: number
  /** The longest delay; at least `base`. */
  readonly cap: Duration.Input
}

/** How a delay becomes a wait; with `none` they are equal. */
export type JitterName = "none" | "equal" | "full" | "proportional" | "additive" | "decorrelated"

/** A backoff as plain data, which a file can hold. Absent options come from {@link guide}, with equal jitter. */
export interface Settings extends Partial<Options> {
  readonly jitter?: JitterName | undefined
}

/** 0.5 s, doubled up to 32 s: 0.5 1 2 4 8 16 32, in total 63.5 s for seven waits. */
export const guide: Options = { base: "500 millis", factor: 2, cap: "32 seconds" }

/** Never exceeds the cap, and spreads waits at the cap too. */
export const defaultJitter: JitterName = "equal"
