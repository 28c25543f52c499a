/**
 * Folds different spellings of a string into one spelling.
 *
 * Reverses percent-encoding, XML and HTML entities, and JSON escapes, even if they were applied repeatedly. Letters are
 * converted to lower case, and a plus sign is converted to the space that it may represent. Two spellings of the same secret
 * fold to the same octets.
 */

/** A folded text. Each character of `octets` represents one octet. */
export interface Folded {
  readonly octets: string
  /** The positions in the text from which each octet was derived; `undefined` if every character is one octet. */
  readonly places: { readonly begin: Int32Array; readonly end: Int32Array } | undefined
}

const percent = /%(?:25)*([\da-f]{2})/iy

/** HTML parsers also accept numeric entities without a semicolon. */
const entity = /&(?:amp;)*(?:#(\d{1,20});?|#x([\da-f]{1,20});?|([a-z]{2,6});)/iy

const escape = /\\+u(d[89ab][\da-f]{2})\\+u(d[c-f][\da-f]{2})|\\+(?:u([\da-f]{4})|x([\da-f]{2})|([nrt]))?/iy

/** Folds a text. */
export const fold = (text: string): Folded => {
  if (!/[%&\\\x80-\uffff]/.test(text)) return { octets: simple(text), places: undefined }
  const octets = new Uint8Array(text.length * 3)
  const begin = new Int32Array(text.length * 3)
  const end = new Int32Array(text.length * 3)
  let length = 0
  /** Adds an octet that represents part of the text. */
  const put = (octet: number, from: number, to: number): void => {
    // A backslash may be literal or an escaped one; both are skipped.
    if (octet === 0x5c) return
    octets[length] = small(octet)
    begin[length] = from
    end[length] = to
    length++
  }
  const putCode = (code: number, from: number, to: number): void => {
    if (code < 0x80) return put(code, from, to)
    if (code > 0x10_ff_ff) return put(0x3f, from, to)
    if (code < 0x8_00) put(0xc0 | (code >> 6), from, to)
    else {
      if (code < 0x1_00_00) put(0xe0 | (code >> 12), from, to)
      else {
        put(0xf0 | (code >> 18), from, to)
        put(0x80 | ((code >> 12) & 0x3f), from, to)
      }
      put(0x80 | ((code >> 6) & 0x3f), from, to)
    }
    put(0x80 | (code & 0x3f), from, to)
  }
  for (let at = 0; at < text.length;) {
    const unit = text.charCodeAt(at)
    const found = unit < 0x80 ? writtenAt(text, at, unit) : undefined
    if (found === undefined) {
      const code = unit < 0xd8_00 ? unit : (text.codePointAt(at) ?? unit)
      const to = at + (code > 0xff_ff ? 2 : 1)
      putCode(code, at, to)
      at = to
      continue
    }
    const to = at + found.length
    if (found.octet !== undefined) put(found.octet, at, to)
    if (found.code !== undefined) putCode(found.code, at, to)
    at = to
  }
  return { octets: textOf(octets.subarray(0, length)), places: { begin, end } }
}

/** The decoded form of an escape sequence. */
interface Written {
  readonly length: number
  readonly octet?: number
  readonly code?: number
}

const hex = (digits: string): number => Number.parseInt(digits, 16)

const writtenAt = (text: string, at: number, unit: number): Written | undefined => {
  if (unit === 0x25) {
    percent.lastIndex = at
    const [all, digits = ""] = percent.exec(text) ?? []
    return all === undefined ? undefined : { length: all.length, octet: hex(digits) }
  }
  if (unit === 0x26) {
    entity.lastIndex = at
    const [all, decimal, hexadecimal, name = ""] = entity.exec(text) ?? []
    if (all === undefined) return undefined
    if (decimal !== undefined) return { length: all.length, code: Number(decimal) }
    if (hexadecimal !== undefined) return { length: all.length, code: hex(hexadecimal) }
    const code = entities[name.toLowerCase()]?.charCodeAt(0)
    return code === undefined ? undefined : { length: all.length, code }
  }
  if (unit !== 0x5c) return undefined
  escape.lastIndex = at
  const [all = "\\", high, low, single, octet, blank] = escape.exec(text) ?? []
  if (high !== undefined && low !== undefined) {
    return { length: all.length, code: (hex(high) << 10) + hex(low) - 0x3_5f_dc_00 }
  }
  if (single !== undefined) return { length: all.length, code: hex(single) }
  if (octet !== undefined) return { length: all.length, octet: hex(octet) }
  return blank === undefined ? { length: all.length } : { length: all.length, octet: 0x20 }
}

/** Converts upper-case letters to lower case, and whitespace and plus signs to spaces. */
const small = (octet: number): number => {
  if (octet >= 0x41 && octet <= 0x5a) return octet + 0x20
  return (octet >= 0x09 && octet <= 0x0d) || octet === 0x2b ? 0x20 : octet
}

const simple = (octets: string): string => octets.toLowerCase().replaceAll(/[\t-\r+]/g, " ")

const textOf = (octets: Uint8Array): string => {
  let text = ""
  for (let at = 0; at < octets.length; at += 8192) text += String.fromCharCode(...octets.subarray(at, at + 8192))
  return text
}

/** The named entities (HTML, "Named character references") for characters that occur in tokens, URLs and JSON. */
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
