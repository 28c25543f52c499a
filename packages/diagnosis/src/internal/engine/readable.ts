import type { Evidence } from "./explanation.ts"
import * as Redaction from "../../Redaction.ts"

/** Evidence as people read it: marks of secrets in words. */
export const readable = (evidence: Evidence): Evidence => ({
  ...evidence,
  observed: Redaction.shown(evidence.observed),
  ...(evidence.expected === undefined ? {} : { expected: Redaction.shown(evidence.expected) }),
})
