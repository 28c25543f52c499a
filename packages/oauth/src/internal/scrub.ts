/** The longest text of a server that an error keeps, in characters: a sentence, never a page. */
const limit = 500

/** Takes secrets out of a text that somebody else wrote, and everything beyond the limit. */
export const scrub = (text: string, secrets: ReadonlyArray<string>): string =>
  secrets
    .reduce((clean, secret) => (secret === "" ? clean : clean.replaceAll(secret, "<redacted>")), text)
    .slice(0, limit)
