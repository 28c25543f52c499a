/**
 * Counts what the pipelines do: attempts, retries, and failures by tag.
 */
import type { Classified } from "@holdfast/core/Verdict"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"

/** The counts so far. */
export interface Counts {
  readonly attempts: number
  readonly retries: number
  readonly errors: Readonly<Record<string, number>>
}

/** A running count, and the observer that feeds it. */
export interface Tally {
  readonly counts: () => Counts
  /** For `Pipeline.Observer`. */
  readonly observer: {
    readonly attempt: (number: number) => Effect.Effect<void>
    readonly failure: (error: Classified, attempt: number) => Effect.Effect<void>
    readonly retry: (error: Classified, wait: Duration.Duration) => Effect.Effect<void>
  }
}

/** Who else wants to know about a failure or a retry. */
export interface Listener {
  readonly failure: (tag: string, attempt: number) => Effect.Effect<void>
  readonly retry: (tag: string, waitMs: number) => Effect.Effect<void>
}

/** Starts at zero. */
export const make = (listener: Listener): Tally => {
  let attempts = 0
  let retries = 0
  const errors = new Map<string, number>()
  return {
    counts: () => ({ attempts, retries, errors: Object.fromEntries([...errors].sort(byCount)) }),
    observer: {
      attempt: () => Effect.sync(() => void attempts++),
      failure: (error, attempt) =>
        Effect.suspend(() => {
          errors.set(error._tag, (errors.get(error._tag) ?? 0) + 1)
          return listener.failure(error._tag, attempt)
        }),
      retry: (error, wait) =>
        Effect.suspend(() => {
          retries++
          return listener.retry(error._tag, Duration.toMillis(wait))
        }),
    },
  }
}

const byCount = (a: readonly [string, number], b: readonly [string, number]): number =>
  b[1] - a[1] || (a[0] < b[0] ? -1 : 1)
