/**
 * Cleans a server's text before an error stores it.
 */
import type { Redactor } from "@holdfast/diagnosis/Redaction"

/** The maximum length of a server's text in an error, in characters: a sentence, never a page. */
const limit = 500

/** Replaces control characters, so that a server's text cannot control a terminal. */
// oxlint-disable-next-line no-control-regex -- it is they that are taken out
export const plain = (text: string): string => text.replaceAll(/[\u0000-\u001f\u007f-\u009f]+/g, " ")

/** Removes secrets in any spelling, then control characters, then everything beyond the limit. */
export const scrub = (text: string, redactor: Redactor): string => plain(redactor.text(text)).slice(0, limit)
