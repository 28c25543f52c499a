/**
 * The pipeline stage that applies a breaker.
 */
import type { RefusalOf, ReloadableGuard } from "../../pipeline/engine/guard.ts"
import { reader } from "../../pipeline/InvalidPolicy.ts"
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
    reader("Pipeline").made("breaker", circuit, "CircuitBreaker.make")
    return {
      guards: [circuit],
      data: () => ({ kind: "guards", data: [circuit] }),
      parts: { breaker: circuit },
    }
  },
})
