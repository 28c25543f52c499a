import type { Evidence } from "./explanation.ts"
import * as Redaction from "../../Redaction.ts"

/** Evidence as people read it: marks of secrets in words. */
export const readable = (evidence: Evidence): Evidence => ({
  ...evidence,
  observed: Redaction.shown(evidence.observed),
  ...(evidence.expected === undefined ? {} : { expected: Redaction.shown(evidence.expected) }),
})

/** The longest piece of a text that is shown as evidence, in characters. */
const longest = 200

/** The beginning of a text as evidence; it ends in `…` if more follows. */
export const excerpt = (text: string): string => (text.length > longest ? `${text.slice(0, longest - 1)}…` : text)
