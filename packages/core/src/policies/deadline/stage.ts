/**
 * The deadline stage limits the total time of a call, including all attempts, waits, gates and queues.
 */
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type { Classified } from "../../errors/Verdict.ts"
import { Kept, type Call, type Step } from "../../pipeline/engine/call.ts"
import { Ledger } from "../../pipeline/engine/ledger.ts"
import { failureOf } from "../../pipeline/engine/outcome.ts"
import { reloadable } from "../../pipeline/engine/reload.ts"
import * as Option from "../../pipeline/options/option.ts"
import type { Stage } from "../../pipeline/stage.ts"
import * as Timeline from "../../telemetry/Timeline.ts"
import * as Deadline from "./Deadline.ts"

/** Wraps the inner stages in a deadline, which is given in milliseconds from the start of the call. */
const bounded =
  (limit: () => number, inner: Step): Step =>
  (call) =>
    Effect.suspend(() => {
      const ms = limit()
      const now = call.now()
      const at = Math.min(now + ms, call.deadline)
      const left = Math.max(at - now, 0)
      // If an outer pipeline enforces an earlier deadline, that pipeline reports it.
      const { kept: outer } = call.ambient
      const enforced = now + ms <= call.deadline || outer === undefined
      const kept = (call.own = new Kept(at, left, outer))
      const ledger = (call.ledger = new Ledger(now))
      const exceeded = (rest: number, inFlight: boolean): Effect.Effect<never, Deadline.DeadlineExceeded> => {
        const { history } = call
        const error = new Deadline.DeadlineExceeded({
          limit: left,
          left: rest,
          spent: ledger.total(call.now()),
          last: history?.last?.error,
          gate: ledger.gate(),
          inFlight,
          applied: inFlight || history?.applied === "maybe" ? "maybe" : "no",
        })
        return Effect.fail(history === undefined ? error : Timeline.attach(error, history.entries, history.epoch))
      }
      if (left === 0) return exceeded(0, false)
      const inTime = Effect.catchCause(Effect.provideService(inner(call), Deadline.Current, kept), (cause) =>
        outOfTime(call, ledger, failureOf(cause), at)
          ? exceeded(Math.max(at - call.now(), 0), false)
          : Effect.failCause(cause),
      )
      if (!enforced) return inTime
      // Marked before the interruption, so that inner stages see that it comes from the deadline and not from the caller.
      const over = Effect.map(Effect.sleep(left), () => {
        kept.end()
        return kept
      })
      return Effect.flatMap(Effect.raceFirst(inTime, over), (winner) =>
        winner === kept ? exceeded(0, call.inFlight) : Effect.succeed(winner),
      )
    })

/**
 * Returns whether a call failed because of the deadline. The deadline caused the failure if no retry fit before the deadline,
 * or if no attempt was in flight when the deadline passed.
 */
const outOfTime = (call: Call, ledger: Ledger, failure: Classified | undefined, at: number): boolean =>
  failure !== undefined && (failure === ledger.outOfTime || (!call.inFlight && call.now() >= at))

/**
 * Limits the total time of a call, including all attempts, waits, gates and queues. The limit must be greater than 0.
 *
 * **Gotchas**
 *
 * The deadline interrupts the running attempt. An effect that cannot be interrupted continues past the deadline, and the call
 * fails only when that effect has ended.
 */
export const deadline = (limit: Duration.Input): Stage<"deadline", Deadline.DeadlineExceeded> => ({
  name: "deadline",
  build: () => {
    const read = (input: Duration.Input) => Option.millis("Deadline", "limit", input, { min: 0, above: true })
    let ms = read(limit)
    return {
      around: (inner) => bounded(() => ms, inner),
      data: () => ({ kind: "deadline", data: ms }),
      parts: () => [["deadline", reloadable(read, (next) => (ms = next))]],
    }
  },
})
