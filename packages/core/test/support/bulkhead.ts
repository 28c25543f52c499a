/** Calls that hold a permit, for the tests of the bulkhead. */
import * as Bulkhead from "@holdfast/core/Bulkhead"
import * as Deadline from "@holdfast/core/Deadline"
import { Effect } from "effect"

export const started = { startImmediately: true }

/** Sets the deadline of an effect, in milliseconds of the epoch. */
export const until = (at: number | undefined) =>
  Effect.provideService(Deadline.Current, at === undefined ? undefined : { at, limit: at })

/** Starts a call that holds its permit for this long. */
export const hold = (bulkhead: Bulkhead.Bulkhead, ms: number) =>
  Effect.forkChild(Bulkhead.protect(Effect.sleep(ms), bulkhead), started)

/** A bulkhead, and calls of 1 ms that record the order in which they are admitted. */
export const queueOf = (options: Bulkhead.Options) =>
  Effect.map(Bulkhead.make(options), (bulkhead) => {
    const admitted: Array<string> = []
    const join = (name: string, priority?: number, deadline?: number) =>
      Effect.sync(() => admitted.push(name)).pipe(
        Effect.andThen(Effect.sleep(1)),
        Bulkhead.protect(bulkhead, priority === undefined ? {} : { priority }),
        until(deadline),
        Effect.forkChild(started),
      )
    return { admitted, bulkhead, join }
  })
