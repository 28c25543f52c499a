/**
 * The limits that all uploads of a queue share: the parts in flight, and the bandwidth.
 */
import type { SharedLimits } from "@holdfast/c2c/UploadSession"
import * as Monotonic from "@holdfast/core/Monotonic"
import { type Classified, outcomeOf } from "@holdfast/core/Verdict"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type { Bandwidth } from "../../Bandwidth.ts"
import { weight } from "./confirmedRate.ts"
import * as FairPermits from "./fairPermits.ts"
import { most, type Outcome, PartsInFlight } from "./partsInFlight.ts"

export { most } from "./partsInFlight.ts"

/** Creates the limits for each file from the limits that all files share. */
export interface Limits {
  /**
   * The limits for one file. Files share the permits and the bandwidth equally. If the file is `urgent`, its first part waits
   * only while the greatest number of parts is in flight, and before parts of other files.
   */
  readonly of: (file: string, urgent?: boolean) => SharedLimits
  /** The number of parts that may be in flight at present, each of at least 1 MiB. A permit admits up to 4 smaller parts. */
  readonly limit: () => number
  readonly inFlight: () => number
  /** The number of parts that wait for a permit. */
  readonly waiting: () => number
}

/** A timeout counts as an overload: the storage or the link did not keep up with the parts in flight. */
const outcomeOfExit = <A, E extends Classified>(exit: Exit.Exit<A, E>): Outcome => {
  if (Exit.isSuccess(exit)) return "confirmed"
  const error = Exit.findErrorOption(exit)
  if (error._tag === "None") return "ignored"
  const outcome = outcomeOf(error.value.verdict)
  return outcome === "failure" && error.value.verdict.overdue === true ? "overload" : outcome
}

/**
 * Creates the limits, with at most `greatest` parts in flight. Each upload needs a `parallel` of `greatest`, so that one file
 * alone can use all permits.
 *
 * **Details**
 *
 * Without a `bandwidth`, uploads are not paced, which takes less CPU time. If the limit may be set at run time, pass a
 * `bandwidth` whose timetable is unlimited.
 */
export const make = (bandwidth?: Bandwidth["Service"], greatest = most): Limits => {
  const parts = new PartsInFlight(greatest)
  const permits = FairPermits.make(parts.limit, Math.max(1, greatest))
  const isLimiting = bandwidth?.isLimiting ?? Effect.succeed(false)

  // The attempt must be counted as ended whenever it was counted as started.
  const observed = <A, E extends Classified, R>(attempt: Effect.Effect<A, E, R>, bytes: number) =>
    Effect.uninterruptibleMask((restore) =>
      Effect.flatMap(Monotonic.millis, (startedAt) => {
        const own = parts.started(startedAt)
        return Effect.onExit(restore(attempt), (exit) =>
          Effect.zipWith(Monotonic.millis, isLimiting, (now, isLimited) => {
            const constraint = isLimited ? "bandwidth" : permits.waiting() > 0 ? "limit" : "demand"
            parts.ended(own, outcomeOfExit(exit), bytes, now, constraint)
            permits.setLimit(parts.limit)
          }),
        )
      }),
    )

  return {
    limit: () => parts.limit,
    inFlight: permits.running,
    waiting: permits.waiting,
    of: (file, urgent = false) => {
      let isNext = urgent
      return {
        slot: (attempt, bytes) =>
          Effect.suspend(() => {
            const admitted = permits.withPermit(file, bytes, weight(bytes), isNext)(observed(attempt, bytes))
            isNext = false
            return admitted
          }),
        ...(bandwidth === undefined ? undefined : { pace: (bytes: number) => bandwidth.pace(bytes, file) }),
      }
    },
  }
}
