/**
 * What the budgets have in common.
 */
import { InvalidPolicy, reader } from "../../InvalidPolicy.ts"

export const read = /* @__PURE__ */ reader("RetryBudget")

/** The error that reading the options throws, if it throws one. */
export const checked = (readOptions: () => unknown): InvalidPolicy | undefined => {
  try {
    readOptions()
    return undefined
  } catch (error) {
    if (error instanceof InvalidPolicy) return error
    throw error
  }
}

/** Refuses the options of another kind of budget. */
export const sameKind = <Kind extends string>(kind: Kind, given: string | undefined): Kind =>
  given === kind ? kind : read.refuse("kind", given, `"${kind}", the kind of this budget`)
