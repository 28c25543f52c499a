/**
 * Determines whether a form itself shows a fault. Causes that are not visible in a form are reported only if the form itself
 * shows no fault.
 */
import type { S3Facts } from "../../facts.ts"
import { credential } from "./credential.ts"
import { encoding } from "./encoding.ts"
import { file } from "./file.ts"
import { fit } from "./fit.ts"
import { length } from "./length.ts"
import { order } from "./order.ts"
import { policy } from "./policy.ts"
import { proof } from "./proof.ts"
import { required } from "./required.ts"
import { token } from "./token.ts"

/** The rules that inspect only the form. */
const rules = [
  ...encoding,
  ...length,
  ...order,
  ...required,
  ...file,
  ...token,
  ...credential,
  ...proof,
  ...policy,
  ...fit,
]

/** Whether no rule has identified with certainty a fault that could have caused the response. */
export const isFaultless = (facts: S3Facts): boolean =>
  !rules.some(({ inspect, phase }) => {
    const finding = facts.answer.phases.has(phase) ? inspect?.(facts) : undefined
    return finding?._tag === "Found" && finding.confidence === "certain"
  })
