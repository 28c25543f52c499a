/**
 * The limits stage, which applies several guards to each attempt.
 */
import type { RefusalOf, ReloadableGuard } from "../../pipeline/engine/guard.ts"
import { partsOf } from "../../pipeline/engine/reload.ts"
import { reader } from "../../pipeline/InvalidPolicy.ts"
import type { Stage } from "../../pipeline/stage.ts"

/**
 * Combines limits in order from the outermost to the innermost, for example a throttle, an adaptive limit and a bulkhead.
 */
export const limits = <const Guards extends ReadonlyArray<ReloadableGuard>>(
  ...guards: Guards
): Stage<"limits", RefusalOf<Guards[number]>> => ({
  name: "limits",
  build: () => {
    guards.forEach((guard, index) => reader("Pipeline").made(`limits[${index}]`, guard, "a limit's make"))
    return {
      guards,
      data: () => ({ kind: "guards", data: guards }),
      parts: partsOf(guards.map((guard) => [guard.kind, guard])),
    }
  },
})
