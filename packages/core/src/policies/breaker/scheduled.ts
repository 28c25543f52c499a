/**
 * Derives open times from a schedule.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Schedule from "effect/Schedule"

/**
 * Converts a schedule to a function for the `open` option. Opening `n` lasts for the delay of step `n`.
 *
 * **Details**
 *
 * The step number is the count of openings, which restarts once the circuit has stayed closed for as long as it was last
 * open. Therefore, if the service flaps, the schedule continues with its next step. After the schedule ends, its last delay
 * is used for all later openings. The schedule receives the number of the opening as its input, and its clock shows the sum
 * of the previous delays. The schedule gets its services from the context in which this effect runs.
 *
 * **Gotchas**
 *
 * The steps of the schedule must be synchronous, because an asynchronous step counts as the end of the schedule.
 */
export const scheduled = <R>(
  schedule: Schedule.Schedule<unknown, number, never, R>,
): Effect.Effect<(openings: number) => Duration.Duration, never, R> =>
  Effect.contextWith((context) =>
    Effect.sync(() => {
      const begin = () => Effect.runSyncWith(context)(Schedule.toStep(schedule))
      let step = begin()
      let steps = 0
      let elapsed = 0
      let delay = Duration.zero
      return (openings) => {
        if (openings <= steps) {
          step = begin()
          steps = 0
          elapsed = 0
        }
        for (; steps < openings; steps++) {
          const exit = Effect.runSyncExitWith(context)(step(elapsed, steps + 1))
          if (Exit.isFailure(exit)) continue
          delay = exit.value[1]
          elapsed += Duration.toMillis(delay)
        }
        return delay
      }
    }),
  )
