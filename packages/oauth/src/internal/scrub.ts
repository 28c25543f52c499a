/**
 * What becomes of a server's words before an error keeps them.
 */
import type { Redactor } from "@holdfast/core/Redaction"

/** The longest text of a server that an error keeps, in characters: a sentence, never a page. */
const limit = 500

/** Replaces the control characters of a text that will be shown: a server must not steer a terminal. */
// oxlint-disable-next-line no-control-regex -- it is they that are taken out
export const plain = (text: string): string => text.replaceAll(/[\u0000-\u001f\u007f-\u009f]+/g, " ")

/** Takes out the secrets, in whatever spelling, then control characters and everything beyond the limit. */
export const scrub = (text: string, redactor: Redactor): string => plain(redactor.text(text)).slice(0, limit)
