/**
 * The defaults of the policies, as the folder of each policy in core states them. A test compares them with the code: a
 * policy that is given all of them is the one that is given none.
 */
import * as AdaptiveLimit from "../../../core/src/policies/adaptiveLimit/defaults.ts"
import * as Breaker from "../../../core/src/policies/breaker/defaults.ts"
import * as Budget from "../../../core/src/policies/budget/defaults.ts"
import * as Bulkhead from "../../../core/src/policies/bulkhead/defaults.ts"
import type { Table } from "../../../core/src/policies/defaults.ts"
import * as Hedge from "../../../core/src/policies/hedge/defaults.ts"
import * as Retry from "../../../core/src/policies/retry/defaults.ts"
import * as Throttle from "../../../core/src/policies/throttle/defaults.ts"

/** The tables by the name of the generated part. */
export const tables: Readonly<Record<string, Table>> = {
  retry: Retry.table,
  "token bucket": Budget.tokenBucket,
  ratio: Budget.ratio,
  hedge: Hedge.table,
  throttle: Throttle.table,
  "adaptive limit": AdaptiveLimit.table,
  bulkhead: Bulkhead.table,
  breaker: Breaker.table,
}

/** The cells of one table. */
export const rows = ({ options }: Table): ReadonlyArray<ReadonlyArray<string>> =>
  options.map(({ meaning, path, source, value }) => [
    `\`${path}\``,
    value === undefined ? "–" : `\`${String(value)}\``,
    meaning,
    source,
  ])
