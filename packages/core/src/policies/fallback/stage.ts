/**
 * The fallback stage, which handles the final error of a failed call.
 */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import { isClassified } from "../../errors/Verdict.ts"
import type { Call, Step } from "../../pipeline/engine/call.ts"
import type { Stage } from "../../pipeline/stage.ts"
import * as Attachments from "../../telemetry/attachments.ts"
import type { Alternatives, Fallback } from "./alternatives.ts"

type Effected = Effect.Effect<unknown, unknown, unknown>

/** Wraps the inner stages with the alternatives of a fallback. */
export const fallenBack =
  ({ alternatives }: Fallback, inner: Step): Step =>
  (call) => {
    let effect: Effected = inner(call)
    for (const { run, takes } of alternatives) {
      effect = Effect.catchCause(effect, (cause) => {
        const fail = Cause.hasInterrupts(cause) ? undefined : cause.reasons.find(Cause.isFailReason)
        return fail !== undefined && takes(fail.error) ? instead(call, run, fail.error) : Effect.failCause(cause)
      })
    }
    return effect
  }

const instead = (call: Call, run: (error: unknown) => Effected, error: unknown): Effected => {
  const before = Attachments.attached()
  const told = isClassified(error) ? call.publish({ _tag: "FallbackUsed", error }) : undefined
  const other = Effect.suspend(() => run(error))
  return Effect.mapError(told === undefined ? other : Effect.andThen(told, other), (last) => {
    if (typeof last === "object" && last !== null) Attachments.inherit(error, last, before)
    return last
  })
}

/** A fallback stage. `List` is the type of the fallback's list of alternatives. */
export interface FallbackStage<out List extends Alternatives> extends Stage<"fallback", never> {
  readonly fallback: Fallback<List>
}

/** Handles the final error of a failed call. The other stages of the pipeline do not apply to the alternatives. */
export const fallback = <List extends Alternatives>(alternatives: Fallback<List>): FallbackStage<List> => ({
  name: "fallback",
  fallback: alternatives,
  build: () => ({
    around: (inner) => fallenBack(alternatives, inner),
    data: () => ({ kind: "fallback", data: alternatives }),
  }),
})
