import type { Evidence } from "./explanation.ts"
import * as Redaction from "../../Redaction.ts"

/** Returns evidence in readable form, with words in place of the redaction marks. */
export const readable = (evidence: Evidence): Evidence => ({
  ...evidence,
  observed: Redaction.shown(evidence.observed),
  ...(evidence.expected === undefined ? {} : { expected: Redaction.shown(evidence.expected) }),
})

/** The maximum length of an excerpt shown as evidence, in characters. */
const longest = 200

/** Returns the beginning of a string for use as evidence. The excerpt ends in `…` if the string was truncated. */
export const excerpt = (text: string): string => (text.length > longest ? `${text.slice(0, longest - 1)}…` : text)
