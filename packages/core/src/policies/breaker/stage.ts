/**
 * The pipeline stage that applies a breaker.
 */
import { guardedBy, type RefusalOf, type ReloadableGuard } from "../../pipeline/engine/guard.ts"
import * as Option from "../../pipeline/options/option.ts"
import type { Stage } from "../../pipeline/stage.ts"

/**
 * Rejects calls while the called service is failing. Accepts either a breaker that is local to this process or one that
 * several processes share.
 */
export const breaker = <const Breaker extends ReloadableGuard & { readonly kind: "breaker" }>(
  circuit: Breaker,
): Stage<"breaker", RefusalOf<Breaker>> => ({
  name: "breaker",
  build: () => {
    Option.made("Pipeline", "breaker", circuit, "CircuitBreaker.make")
    return {
      guards: [circuit],
      guardedBy,
      data: () => ({ kind: "guards", data: [circuit] }),
      parts: () => [["breaker", circuit]],
    }
  },
})
