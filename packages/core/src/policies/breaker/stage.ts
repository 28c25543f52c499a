/**
 * The stage of a breaker.
 */
import type { RefusalOf, ReloadableGuard } from "../../pipeline/engine/guard.ts"
import { reader } from "../../pipeline/InvalidPolicy.ts"
import type { Stage } from "../../pipeline/stage.ts"

/** Rejects calls while the service behind them fails. Takes a breaker of this process or one that processes share. */
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
