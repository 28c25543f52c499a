/** No policy: the cost of the caller and the guarded function alone. */
import * as Effect from "effect/Effect"
import { answeredLater, awaiting, inFiber, type Case } from "../Case.ts"

const none = Effect.succeed((body: Effect.Effect<number>) => body)

export const cases: Readonly<Record<string, Case>> = {
  await: awaiting((action) => action()),
  effect: inFiber(none),
  "effect-async": inFiber(none, answeredLater),
}
