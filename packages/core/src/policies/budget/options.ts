/**
 * What the budgets have in common.
 */
import { reader } from "../../pipeline/InvalidPolicy.ts"

export const read = /* @__PURE__ */ reader("RetryBudget")

/** Refuses the options of another kind of budget. */
export const sameKind = <Kind extends string>(kind: Kind, given: string | undefined): Kind =>
  given === kind ? kind : read.refuse("kind", given, `"${kind}", the kind of this budget`)
