/**
 * Rules for failures of the service: it is overloaded or has failed, a concurrent request was faster, or a quota is
 * exhausted.
 */
import { conditionFailed, conflicting } from "./condition.ts"
import { failedAfterOk, failedInside, throttled, unavailable, usedUp } from "./failure.ts"

/** All rules of this topic, with the most specific rule first. */
export const service = [
  failedAfterOk,
  conflicting,
  conditionFailed,
  throttled,
  usedUp,
  unavailable,
  failedInside,
] as const
