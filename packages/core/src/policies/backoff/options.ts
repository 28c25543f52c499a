/**
 * The options of a backoff, and their defaults.
 */
import type * as Duration from "effect/Duration"

/** The delay before retry `n` (from 0) is `base · factor^n`, never more than `cap`. */
export interface Options {
  /** The delay before the first retry; above 0. */
  readonly base: Duration.Input
  /** From 1. */
  readonly factor: number
  /** The longest delay; not below `base`. */
  readonly cap: Duration.Input
}

/** How a delay becomes a wait; `none` waits exactly the delay. */
export type JitterName = "none" | "equal" | "full" | "proportional" | "additive" | "decorrelated"

/** A backoff as plain data, which a file can hold. What is absent is as in {@link guide}, with equal jitter. */
export interface Settings extends Partial<Options> {
  readonly jitter?: JitterName | undefined
}

/** 0.5 s, doubled, at most 32 s: 0.5 1 2 4 8 16 32, together 63.5 s over seven waits. */
export const guide: Options = { base: "500 millis", factor: 2, cap: "32 seconds" }

/** Keeps the cap, and spreads waits at the cap too. */
export const defaultJitter: JitterName = "equal"
