/**
 * What is left of a text when it no longer matters how somebody wrote it down.
 *
 * Percent-encoding, entities of XML and escapes of JSON are undone however often they were made, letters are small, and
 * a plus is the blank that it may stand for. Two writings of one secret fold to the same octets.
 */

/** A folded text, an octet a character. */
export interface Folded {
  readonly octets: string
  /** Where in the text the octet comes from; `undefined` where every character is one octet. */
  readonly places: { readonly begin: Int32Array; readonly end: Int32Array } | undefined
}

/** Everything that is not one octet by itself. Readers of HTML take numbers without their semicolon too. */
const written =
  /%(?:25)*([\da-f]{2})|&(?:amp;)*(?:#(\d{1,20});?|#x([\da-f]{1,20});?|([a-z]{2,6});)|\\+u(d[89ab][\da-f]{2})\\+u(d[c-f][\da-f]{2})|\\+(?:u([\da-f]{4})|x([\da-f]{2})|([nrt]))?|[^\0-\x7f]/giu

/** Folds a text. */
export const fold = (text: string): Folded => {
  if (!/[%&\\\x80-\uffff]/.test(text)) return { octets: simple(text), places: undefined }
  let octets = ""
  let from = 0
  const begin = new Int32Array(text.length * 3)
  const end = new Int32Array(text.length * 3)
  const put = (some: string, start: number, width: number): void => {
    for (let at = 0; at < some.length; at++) {
      const place = octets.length + at
      begin[place] = start + (width === 0 ? at : 0)
      end[place] = start + (width === 0 ? at + 1 : width)
    }
    octets += some
  }
  for (const found of text.matchAll(written)) {
    put(simple(text.slice(from, found.index)), from, 0)
    // Whether a backslash was one or an escape of one, nobody can tell.
    put(simple(octetsOf(found)).replaceAll("\\", ""), found.index, found[0].length)
    from = found.index + found[0].length
  }
  put(simple(text.slice(from)), from, 0)
  return { octets, places: { begin, end } }
}

const simple = (octets: string): string => octets.toLowerCase().replaceAll(/[\s+]/g, " ")

/** Names of entities (HTML, "Named character references") for signs of tokens, addresses and JSON. */
const entities: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
  sol: "/",
  bsol: "\\",
  plus: "+",
  equals: "=",
  lowbar: "_",
  period: ".",
  colon: ":",
  semi: ";",
  comma: ",",
  num: "#",
  percnt: "%",
  commat: "@",
  quest: "?",
  excl: "!",
  dollar: "$",
  ast: "*",
  lpar: "(",
  rpar: ")",
  lsqb: "[",
  rsqb: "]",
  lcub: "{",
  rcub: "}",
  verbar: "|",
  tab: "\t",
  nbsp: " ",
}

const octetsOf = (found: ReadonlyArray<string | undefined>): string => {
  const [all, percent, decimal, hex, entity, high, low, unit, octet, blank] = found
  if (percent !== undefined) return String.fromCharCode(Number.parseInt(percent, 16))
  if (decimal !== undefined) return utf8(Number(decimal))
  if (hex !== undefined) return utf8(Number.parseInt(hex, 16))
  if (entity !== undefined) return entities[entity.toLowerCase()] ?? all ?? ""
  if (high !== undefined && low !== undefined) {
    return utf8((Number.parseInt(high, 16) << 10) + Number.parseInt(low, 16) - 0x3_5f_dc_00)
  }
  if (unit !== undefined) return utf8(Number.parseInt(unit, 16))
  if (octet !== undefined) return String.fromCharCode(Number.parseInt(octet, 16))
  if (blank !== undefined) return " "
  return all?.startsWith("\\") === true ? "" : utf8(all?.codePointAt(0) ?? 0)
}

const utf8 = (code: number): string => {
  if (code > 0x10_ff_ff) return "?"
  const next = (shift: number) => String.fromCharCode(0x80 | ((code >> shift) & 0x3f))
  if (code < 0x80) return String.fromCharCode(code)
  if (code < 0x8_00) return String.fromCharCode(0xc0 | (code >> 6)) + next(0)
  if (code < 0x1_00_00) return String.fromCharCode(0xe0 | (code >> 12)) + next(6) + next(0)
  return String.fromCharCode(0xf0 | ((code >> 18) & 7)) + next(12) + next(6) + next(0)
}
