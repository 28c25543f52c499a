/**
 * The hedge stage, which sends a copy of a call that takes longer than most calls and returns the first success.
 */
import * as Effect from "effect/Effect"
import type { Step } from "../../pipeline/engine/call.ts"
import { reader } from "../../pipeline/InvalidPolicy.ts"
import type { Stage } from "../../pipeline/stage.ts"
import type { Hedge } from "./machine.ts"
import { Race } from "./race.ts"

/**
 * Wraps the inner stages in a hedge. A call that must not be sent twice bypasses the hedge.
 *
 * **Details**
 *
 * `alone` means that no retry stage reports calls and successes to the hedge's budget, so the hedge reports them itself.
 */
export const hedged =
  (hedge: Hedge, inner: Step, alone = false): Step =>
  (call) => {
    if (call.options.repeatable !== true) return inner(call)
    const now = call.now()
    if (alone) hedge.budget?.begin(now)
    const delay = hedge.delay()
    if (call.deadline - now > delay) return new Race(hedge, call, inner, delay, now, alone).run()
    return Effect.onExitPrimitive(inner(call), (exit) => {
      if (exit._tag === "Success") hedge.succeeded(call.now() - now, call.now(), alone)
      return undefined
    })
  }

/** If a call takes longer than most calls and its options mark it as `repeatable`, sends a copy of it. */
export const hedge = (policy: Hedge): Stage<"hedge", never> => ({
  name: "hedge",
  build: () => {
    reader("Pipeline").made("hedge", policy, "Hedge.make")
    return {
      around: (inner, { budget }) => hedged(policy, inner, policy.budget !== budget),
      data: () => ({ kind: "hedge", data: policy }),
      parts: () => [["hedge", policy], ...(policy.budget === undefined ? [] : [["budget", policy.budget] as const])],
    }
  },
})
