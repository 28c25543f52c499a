/**
 * Whether a form shows a fault by itself. Causes that no form can show are told only of one that shows none.
 */
import type { Facts } from "../../facts.ts"
import { postCredential } from "./credential.ts"
import { postEncoding } from "./encoding.ts"
import { postFile } from "./file.ts"
import { postFit } from "./fit.ts"
import { postLength } from "./length.ts"
import { postOrder } from "./order.ts"
import { postPolicy } from "./policy.ts"
import { postProof } from "./proof.ts"
import { postRequired } from "./required.ts"
import { postToken } from "./token.ts"

/** The rules that look at the form alone. */
const rules = [
  ...postEncoding,
  ...postLength,
  ...postOrder,
  ...postRequired,
  ...postFile,
  ...postToken,
  ...postCredential,
  ...postProof,
  ...postPolicy,
  ...postFit,
]

/** Whether no rule is certain of a fault that can have caused the answer. */
export const isFaultless = (facts: Facts): boolean =>
  !rules.some(({ inspect, phase }) => {
    const finding = facts.answer.phases.has(phase) ? inspect?.(facts) : undefined
    return finding?._tag === "Found" && finding.confidence === "certain"
  })
