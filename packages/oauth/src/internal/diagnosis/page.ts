/**
 * Finds the error message in a page that a sign-in server displays to a user.
 */

/** The maximum number of characters and lines to read from a page. */
const longest = 32 * 1024
const most = 60

const named: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: " " }

/** Decodes the text of a piece of markup and normalizes its whitespace. */
const decoded = (text: string): string =>
  text
    .replace(/&(?:#(\d{1,6})|#x([\da-f]{1,6})|([a-z]{2,6}));/gi, (all, decimal, hex, name) => {
      const point = Number(decimal ?? Number.parseInt(hex ?? "", 16))
      return Number.isNaN(point) ? (named[String(name)] ?? all) : point < 0x10ffff ? String.fromCodePoint(point) : all
    })
    .replace(/\s+/g, " ")
    .trim()

/** Returns the visible lines of a page, without its scripts and styles. */
const lines = (body: string): ReadonlyArray<string> =>
  body
    .slice(0, longest)
    .split(/<(?=script\b|style\b|\/script>|\/style>)/i)
    .filter((piece) => !/^(?:script|style)\b/i.test(piece))
    .join("<")
    .split(/<[^<>]{0,2000}>/)
    .map(decoded)
    .filter((line) => line.length > 3)
    .slice(0, most)

/** Returns the first line that states the reason for the error, as determined by `isReason`. */
export const sentenceIn = (body: string, isReason: (text: string) => boolean): string | undefined =>
  lines(body).find(isReason)
