/**
 * Sanitizes server text before it is stored in an error.
 */
import type { Redactor } from "@holdfast/diagnosis/Redaction"

/** The maximum length of a server's text in an error, in characters. The limit allows for a sentence but not for a page. */
const limit = 500

/** Replaces control characters, so that a server's text cannot control a terminal. */
// oxlint-disable-next-line no-control-regex -- it is they that are taken out
export const plain = (text: string): string => text.replaceAll(/[\u0000-\u001f\u007f-\u009f]+/g, " ")

/**
 * Redacts secrets in any spelling, then replaces control characters, and finally truncates the text to the maximum length.
 */
export const scrub = (text: string, redactor: Redactor): string => plain(redactor.text(text)).slice(0, limit)
