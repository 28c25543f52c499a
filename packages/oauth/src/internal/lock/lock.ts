/**
 * Defines a held interprocess lock, and the errors that can occur while a lock is being acquired.
 */
import * as Data from "effect/Data"
import type * as Effect from "effect/Effect"
import * as Verdict from "@holdfast/core/Verdict"

/** A lock that this process holds. */
export interface Held {
  readonly release: Effect.Effect<void>
}

/**
 * The lock cannot be used until the problem is fixed manually. `detail` describes the problem, and `action` describes the
 * remedy.
 */
export class LockRefused extends Data.TaggedError("LockRefused")<{
  readonly path: string
  readonly detail: string
  readonly action: string
}> {
  readonly verdict: Verdict.Verdict = Verdict.never({ change: "human" })
  override get message(): string {
    return `The lock ${this.path} cannot be used: ${this.detail}`
  }
}

/** Another process held the lock for the entire time that the caller waited. */
export class LockBusy extends Data.TaggedError("LockBusy")<{ readonly path: string; readonly waitedMs: number }> {
  readonly verdict: Verdict.Verdict = Verdict.always()
  override get message(): string {
    return `Another process held the lock ${this.path} for ${Math.round(this.waitedMs / 1000)} s`
  }
}
