import type { Evidence } from "./explanation.ts"
import * as Redaction from "../../Redaction.ts"

/** Evidence in readable form: words replace the redaction marks. */
export const readable = (evidence: Evidence): Evidence => ({
  ...evidence,
  observed: Redaction.shown(evidence.observed),
  ...(evidence.expected === undefined ? {} : { expected: Redaction.shown(evidence.expected) }),
})

/** The maximum length of an excerpt that is shown as evidence, in characters. */
const longest = 200

/** The beginning of a text as evidence; it ends in `…` if it was cut. */
export const excerpt = (text: string): string => (text.length > longest ? `${text.slice(0, longest - 1)}…` : text)
