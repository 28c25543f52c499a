/**
 * Counts attempts, retries and failures in the pipelines, and groups the failures by tag.
 */
import type { Watch } from "@holdfast/core/Observer"
import type { Classified } from "@holdfast/core/Verdict"
import * as Effect from "effect/Effect"

/** The current counts. */
export interface Counts {
  readonly attempts: number
  readonly retries: number
  readonly errors: Readonly<Record<string, number>>
}

/** The running counts and the observer that updates them. */
export interface Tally {
  readonly counts: () => Counts
  readonly observer: Watch
}

/** A listener that is notified of failures and retries. */
export interface Listener {
  readonly failure: (tag: string, attempt: number) => Effect.Effect<void>
  readonly retry: (tag: string, waitMs: number) => Effect.Effect<void>
}

/** Creates a tally whose counts start at zero. */
export const make = (listener: Listener): Tally => {
  let attempts = 0
  let retries = 0
  const errors = new Map<string, number>()
  const failed = ({ _tag }: Classified, attempt: number): Effect.Effect<void> => {
    errors.set(_tag, (errors.get(_tag) ?? 0) + 1)
    return listener.failure(_tag, attempt)
  }
  return {
    counts: () => ({ attempts, retries, errors: Object.fromEntries([...errors].sort(byCount)) }),
    observer: {
      event: (event, { number }) => {
        switch (event._tag) {
          case "AttemptStarted":
            attempts++
            return undefined
          // Each failed attempt is either final or retried immediately, so the sum of both is the number of failures.
          case "RetryRefused":
            return failed(event.error, number)
          case "RetryScheduled":
            retries++
            return Effect.andThen(failed(event.error, number), listener.retry(event.error._tag, event.waitMs))
          default:
            return undefined
        }
      },
    },
  }
}

const byCount = (a: readonly [string, number], b: readonly [string, number]): number =>
  b[1] - a[1] || (a[0] < b[0] ? -1 : 1)
