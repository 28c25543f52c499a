/**
 * The schema of settings: their keys and types. The ranges of values are defined only in the policies, which `examine.ts`
 * uses to check them.
 */
import * as Schema from "effect/Schema"
import { adaptiveLimit } from "../../policies/adaptiveLimit/schema.ts"
import { breaker } from "../../policies/breaker/schema.ts"
import { budget } from "../../policies/budget/schema.ts"
import { bulkhead } from "../../policies/bulkhead/schema.ts"
import { hedge } from "../../policies/hedge/schema.ts"
import { retry } from "../../policies/retry/schema.ts"
import { throttle } from "../../policies/throttle/schema.ts"
import { duration, key } from "./forms.ts"

/** The settings of a whole pipeline. */
export const settings = Schema.Struct({
  deadline: key(duration),
  retry: key(retry),
  budget: key(budget),
  hedge: key(hedge),
  throttle: key(throttle),
  adaptiveLimit: key(adaptiveLimit),
  bulkhead: key(bulkhead),
  breaker: key(breaker),
  timeout: key(duration),
})
