/**
 * The limits stage, which applies several guards to each attempt.
 */
import { guardedBy, type RefusalOf, type ReloadableGuard } from "../../pipeline/engine/guard.ts"
import * as Option from "../../pipeline/options/option.ts"
import type { Stage } from "../../pipeline/stage.ts"

/**
 * Combines limits in order from the outermost to the innermost, for example a throttle, an adaptive limit and a bulkhead.
 */
export const limits = <const Guards extends ReadonlyArray<ReloadableGuard>>(
  ...guards: Guards
): Stage<"limits", RefusalOf<Guards[number]>> => ({
  name: "limits",
  build: () => {
    guards.forEach((guard, index) => Option.made("Pipeline", `limits[${index}]`, guard, "a limit's make"))
    return {
      guards,
      guardedBy,
      data: () => ({ kind: "guards", data: guards }),
      parts: () => guards.map((guard) => [guard.kind, guard]),
    }
  },
})
