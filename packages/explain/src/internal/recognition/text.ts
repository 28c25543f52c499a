/**
 * From the bytes of a paste to plain text: encodings, colors of a terminal, typographic quotes, prefixes of log lines.
 */

/** Text of a file or a clipboard, whatever its encoding. A byte order mark is removed. */
export const decode = (bytes: Uint8Array): string => {
  const utf16 = utf16Of(bytes)
  if (utf16 !== undefined) return new TextDecoder(utf16).decode(bytes)
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes)
  } catch {
    // Not UTF-8: an old log, or the bytes of a file. Windows-1252 has ISO 8859-1 in it, and every byte a character.
    return new TextDecoder("windows-1252").decode(bytes)
  }
}

/** Bytes that are looked at to recognize UTF-16 without a byte order mark. */
const sample = 512

/** PowerShell's `>` writes UTF-16. Without a byte order mark, every second byte of English text is 0. */
export const utf16Of = (bytes: Uint8Array): "utf-16le" | "utf-16be" | undefined => {
  const [first, second] = bytes
  if (first === 0xff && second === 0xfe) return "utf-16le"
  if (first === 0xfe && second === 0xff) return "utf-16be"
  const head = bytes.subarray(0, sample)
  if (head.length < 8) return undefined
  const zerosAt = (remainder: number) => head.filter((byte, index) => byte === 0 && index % 2 === remainder).length
  const [even, odd] = [zerosAt(0), zerosAt(1)]
  const half = head.length / 2
  if (odd > 0.8 * half && even < 0.1 * half) return "utf-16le"
  return even > 0.8 * half && odd < 0.1 * half ? "utf-16be" : undefined
}

/** Whether text has bytes in it that no text has. */
export const isBinary = (text: string): boolean => /[\0\ufffd]/.test(text.slice(0, 65_536))

const escape = String.fromCharCode(27)
const bell = String.fromCharCode(7)

/** Colors of a terminal; the escape character itself is lost where text is copied from a browser. */
const colors = new RegExp(`${escape}\\[[\\d;?]{0,40}[ -/]{0,4}[@-~]|\\[\\d{1,3}(?:;\\d{1,3}){0,4}m`, "g")

/** Titles and links of a terminal. */
const titles = new RegExp(`${escape}\\][^${bell}${escape}]{0,500}(?:${bell}|${escape}\\\\)`, "g")

/** The characters that word processors and chats put in the place of plain ones. */
const plain: ReadonlyArray<readonly [RegExp, string]> = [
  [titles, ""],
  [colors, ""],
  [/[\u200b-\u200d\u2060\ufeff\u00ad]/g, ""],
  [/[\u00a0\u2007\u202f]/g, " "],
  [/[\u201c\u201d\u201e\u201f\u00ab\u00bb\u2033]/g, '"'],
  [/[\u2018\u2019\u201a\u201b\u2032]/g, "'"],
  [/\r\n?/g, "\n"],
]

/** The text as it was before it went through a terminal, a word processor or a chat. */
export const clean = (text: string): string =>
  withoutQuoting(plain.reduce((all, [pattern, by]) => all.replace(pattern, by), text))

/** The quoting of a mail or a chat: every line begins with `> `, curl's `<` and `*` lines too. */
const withoutQuoting = (text: string): string => {
  const lines = text.split("\n").filter((line) => line.trim() !== "")
  return lines.length > 1 && lines.every((line) => /^\s{0,3}> ?/.test(line))
    ? text
        .split("\n")
        .map((line) => line.replace(/^\s{0,3}> ?/, ""))
        .join("\n")
    : text
}

/** Longest prefix of a log line that is removed, in characters. */
const longestPrefix = 160

/** What in a line tells that curl, or a program that logs like it, wrote it. */
const transcript = /(?:> [A-Z]{3,10} \S{1,8000} HTTP\/\d|< HTTP\/\d(?:\.\d)? \d{3})/

const shapeOf = (text: string): string => text.replace(/\d/g, "0").replace(/[A-Za-z]/g, "a")

/**
 * Removes what a logger puts before each line of a transcript: `2026-11-29T12:30:01 cart7 > PUT /a HTTP/1.1`. The prefix is what
 * stands before the first line of the request or the response; lines of another shape keep what they have.
 */
export const withoutPrefix = (text: string): string => {
  const found = transcript.exec(text)
  if (found === null) return text
  const start = text.lastIndexOf("\n", found.index) + 1
  const length = found.index - start
  if (length === 0 || length > longestPrefix) return text
  const shape = shapeOf(text.slice(start, found.index))
  return text
    .split("\n")
    .map((line) => (shapeOf(line.slice(0, length).padEnd(length)) === shape ? line.slice(length) : line))
    .join("\n")
}

/** The least width at which lines that are as long as each other are taken for the work of a terminal or a mail program. */
const narrowest = 40

/** Lines of equal length in a row from which the text counts as wrapped. */
const fewest = 2

/**
 * A text that was cut into lines of one length, in the middle of words too, as it was before. `undefined` if it was not: fewer than two
 * lines in a row have the length of the longest.
 */
export const unwrapped = (text: string): string | undefined => {
  const lines = text.split("\n")
  const width = lines.reduce((most, { length }) => Math.max(most, length), 0)
  const isFull = (line: string | undefined) => line?.length === width
  if (width < narrowest || lines.filter((line, index) => isFull(line) && isFull(lines[index - 1])).length < fewest - 1)
    return undefined
  return lines.map((line, index) => (isFull(line) || index === lines.length - 1 ? line : `${line}\n`)).join("")
}

/** The blocks between fences of Markdown, if there are any. */
export const fenced = (text: string): ReadonlyArray<string> => {
  const pieces = text.split(/^[ \t]{0,3}(?:```|~~~)[\w+-]{0,30}[ \t]*$/m)
  return pieces.length < 3 ? [] : pieces.filter((_, index) => index % 2 === 1)
}

/** How often a text can have been escaped: JSON in JSON in a log line. */
const deepest = 3

const escapes: ReadonlyArray<readonly [RegExp, string]> = [
  [/\\u003[cC]/g, "<"],
  [/\\u003[eE]/g, ">"],
  [/\\u0026/g, "&"],
  [/\\r?\\n|\\n/g, "\n"],
  [/\\t/g, "\t"],
  [/\\(["'/])/g, "$1"],
]

/** An XML document that was escaped for JSON, for HTML or by Python's `repr`, as it was before. */
export const unescaped = (text: string): string => {
  let plainText = text
  for (let depth = 0; depth < deepest && !/<\/?[A-Za-z]/.test(plainText); depth++) {
    plainText = /%3C/i.test(plainText)
      ? plainText.replace(/%(3C|3E|2F|20|22|3D|27|0A|26|3F)/gi, (_, hex: string) =>
          String.fromCharCode(Number.parseInt(hex, 16)),
        )
      : /&lt;/.test(plainText)
        ? plainText
            .replace(/&lt;/g, "<")
            .replace(/&gt;/g, ">")
            .replace(/&quot;/g, '"')
            .replace(/&amp;/g, "&")
        : plainText.replace(/\\\\/g, "\\").replace(/\\u003[cC]/g, "<")
  }
  return /\\u003|\\["'n]/.test(plainText)
    ? escapes.reduce((all, [pattern, by]) => all.replace(pattern, by), plainText)
    : plainText
}
