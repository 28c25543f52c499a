/** The longest text of a server that an error keeps, in characters: a sentence, never a page. */
const limit = 500

/** Takes out the control characters of a text that will be shown: a server must not steer anybody's terminal. */
// oxlint-disable-next-line no-control-regex -- it is they that are taken out
export const plain = (text: string): string => text.replaceAll(/[\u0000-\u001f\u007f-\u009f]+/g, " ")

/**
 * Takes secrets out of a text that somebody else wrote, and everything beyond the limit.
 *
 * Servers repeat what they were sent as they read it, or as it came: with the signs of a form encoded.
 */
export const scrub = (text: string, secrets: ReadonlyArray<string>): string =>
  secrets
    .flatMap((secret) => [secret, percent(secret), new URLSearchParams([["", secret]]).toString().slice(1)])
    .reduce((clean, secret) => (secret === "" ? clean : clean.replaceAll(secret, "<redacted>")), plain(text))
    .slice(0, limit)

/** Percent-encoded; half a surrogate pair, which has no such form, as the sign that stands for it in UTF-8. */
const percent = (text: string): string => encodeURIComponent(text.replaceAll(/\p{Surrogate}/gu, "\ufffd"))
