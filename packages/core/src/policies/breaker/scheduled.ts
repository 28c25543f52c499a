/**
 * Open times that a schedule gives.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Schedule from "effect/Schedule"

/**
 * Turns a schedule into the option `open`: opening `n` lasts as long as the delay of its step `n`.
 *
 * **Details**
 *
 * The steps count the openings since the circuit last stayed closed for as long as it had been open, so a service that
 * flaps goes on where it was. A schedule that has ended keeps its last delay. The input of the schedule is the number of
 * the opening, and its clock the sum of the delays; what it needs is taken from where this effect runs.
 *
 * **Gotchas**
 *
 * The steps have to answer at once: one that waits for something counts as the end of the schedule.
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
