/**
 * Cleans server text before an error keeps it.
 */
import type { Redactor } from "@holdfast/diagnosis/Redaction"

/** The longest text of a server that an error keeps, in characters: a sentence, never a page. */
const limit = 500

/** Replaces control characters, so that server text cannot control a terminal. */
// oxlint-disable-next-line no-control-regex -- it is they that are taken out
export const plain = (text: string): string => text.replaceAll(/[\u0000-\u001f\u007f-\u009f]+/g, " ")

/** Removes secrets in any spelling, then control characters, then everything beyond the limit. */
export const scrub = (text: string, redactor: Redactor): string => plain(redactor.text(text)).slice(0, limit)
