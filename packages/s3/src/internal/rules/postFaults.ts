/**
 * Whether a form shows a fault by itself. Causes that no form can show are told only of one that shows none.
 */
import type { Facts } from "../facts.ts"
import { postCredential } from "./postCredential.ts"
import { postEncoding } from "./postEncoding.ts"
import { postFile } from "./postFile.ts"
import { postFit } from "./postFit.ts"
import { postLength } from "./postLength.ts"
import { postOrder } from "./postOrder.ts"
import { postPolicy } from "./postPolicy.ts"
import { postProof } from "./postProof.ts"
import { postRequired } from "./postRequired.ts"
import { postToken } from "./postToken.ts"

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
