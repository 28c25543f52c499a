/**
 * Grants the probes of a storage that is unreachable, one at a time for all runners.
 */
import * as Backoff from "@holdfast/core/Backoff"
import * as Monotonic from "@holdfast/core/Monotonic"
import * as ClusterSchema from "effect/cluster/ClusterSchema"
import * as Entity from "effect/cluster/Entity"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import * as Rpc from "effect/rpc/Rpc"
import * as Schema from "effect/Schema"

/**
 * The answer to a runner that wants to probe.
 *
 * **Details**
 *
 * `probe`: the runner has the turn, and reports the result. `wait`: another runner has the turn, or it is too early.
 * `successes` counts the probes that reached the storage, by which a runner that waits learns that another one reached it.
 */
export const Turn = Schema.Struct({ answer: Schema.Literals(["probe", "wait"]), successes: Schema.Int })

export type Turn = typeof Turn.Type

const Ask = Rpc.make("turn", { success: Turn }).annotate(ClusterSchema.InterruptOnTermination, true)
const Result = Rpc.make("result", { payload: { reached: Schema.Boolean } })

/** The keeper of the turns at one storage. The id of the entity is the origin. */
export const TurnEntity = Entity.make("holdfast/ProbeTurn", [Ask, Result])

/** How long a runner has the turn without reporting a result, in milliseconds. A part can take longer than this. */
export const turnFor = 60_000

/** Returns the handlers of the messages for one storage. */
export const make = Effect.sync(() => {
  const waits = Backoff.waits()
  let successes = 0
  let failures = 0
  let previous = waits.base
  let nextAt = Number.NEGATIVE_INFINITY
  return {
    turn: Effect.map(Monotonic.millis, (now): Turn => {
      if (now < nextAt) return { answer: "wait", successes }
      nextAt = now + turnFor
      return { answer: "probe", successes }
    }),
    result: (reached: boolean) =>
      Effect.gen(function* () {
        if (reached) {
          successes++
          failures = 0
          previous = waits.base
          nextAt = Number.NEGATIVE_INFINITY
          return
        }
        previous = waits.wait(failures++, previous, yield* Random.next)
        nextAt = (yield* Monotonic.millis) + previous
      }),
  }
})
