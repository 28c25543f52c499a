/**
 * The decode stage: makes an error with a verdict of whatever the call fails with.
 */
import * as Effect from "effect/Effect"
import type { Classified } from "../../Verdict.ts"
import type { Step } from "../call.ts"

/** Surrounds what is inside with a decoder of errors. */
export const decoded =
  (decode: (error: unknown) => Classified, inner: Step): Step =>
  (call) =>
    Effect.mapError(inner(call), decode)
