/**
 * Converts the bytes of pasted input to plain text. The conversion handles encodings, terminal colors, typographic quotes and
 * log line prefixes.
 */

/** Decodes the content of a file or a clipboard as UTF-8, UTF-16 or Windows-1252, and removes the byte order mark. */
export const decode = (bytes: Uint8Array): string => {
  const utf16 = utf16Of(bytes)
  if (utf16 !== undefined) return new TextDecoder(utf16).decode(bytes)
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes)
  } catch {
    // Not UTF-8: an old log, or the bytes of a file. Windows-1252 includes ISO 8859-1 and decodes every byte.
    return new TextDecoder("windows-1252").decode(bytes)
  }
}

/** The number of bytes that are inspected to recognize UTF-16 without a byte order mark. */
const sample = 512

/**
 * In PowerShell, redirecting output with `>` writes UTF-16. If English text is encoded as UTF-16 without a byte order mark,
 * every second byte is 0.
 */
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

/** Checks whether decoded text contains characters that occur only in binary data. */
export const isBinary = (text: string): boolean => /[\0\ufffd]/.test(text.slice(0, 65_536))

const escape = String.fromCharCode(27)
const bell = String.fromCharCode(7)

/** Terminal colors. Text copied from a browser does not contain the escape character itself. */
const colors = new RegExp(`${escape}\\[[\\d;?]{0,40}[ -/]{0,4}[@-~]|\\[\\d{1,3}(?:;\\d{1,3}){0,4}m`, "g")

/** Matches the escape sequences for terminal titles and links. */
const titles = new RegExp(`${escape}\\][^${bell}${escape}]{0,500}(?:${bell}|${escape}\\\\)`, "g")

/** Characters that terminals, word processors and chat programs add or substitute, with their plain replacements. */
const plain: ReadonlyArray<readonly [RegExp, string]> = [
  [titles, ""],
  [colors, ""],
  [/[\u200b-\u200d\u2060\ufeff\u00ad]/g, ""],
  [/[\u00a0\u2007\u202f]/g, " "],
  [/[\u201c\u201d\u201e\u201f\u00ab\u00bb\u2033]/g, '"'],
  [/[\u2018\u2019\u201a\u201b\u2032]/g, "'"],
  [/\r\n?/g, "\n"],
]

/** Reverses the changes that a terminal, a word processor or a chat program made to text. */
export const clean = (text: string): string =>
  withoutQuoting(plain.reduce((all, [pattern, by]) => all.replace(pattern, by), text))

/**
 * Removes the quoting of an email or a chat message, in which every line begins with `> `. The quoted lines may include
 * curl's `<` and `*` lines.
 */
const withoutQuoting = (text: string): string => {
  const lines = text.split("\n").filter((line) => line.trim() !== "")
  return lines.length > 1 && lines.every((line) => /^\s{0,3}> ?/.test(line))
    ? text
        .split("\n")
        .map((line) => line.replace(/^\s{0,3}> ?/, ""))
        .join("\n")
    : text
}

/** The maximum length, in characters, of a log line prefix that is removed. */
const longestPrefix = 160

/** Matches a line printed by curl or by a program with the same log format. */
const transcript = /(?:> [A-Z]{3,10} \S{1,8000} HTTP\/\d|< HTTP\/\d(?:\.\d)? \d{3})/

const shapeOf = (text: string): string => text.replace(/\d/g, "0").replace(/[A-Za-z]/g, "a")

/**
 * Removes the prefix that a logger writes before each line of a transcript, as in
 * `2026-11-29T12:30:01 cart7 > PUT /a HTTP/1.1`. The prefix is the text that precedes the request line or the status line on
 * the same line of the log. Lines whose prefix has a different shape remain unchanged.
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

/**
 * The minimum width, in characters, at which lines of equal length are treated as wrapped by a terminal or a mail program.
 */
const narrowest = 40

/** The minimum number of adjacent lines of equal length that indicate wrapped text. */
const fewest = 2

/**
 * Joins lines that were wrapped at a fixed width, even if the wrapping split words. Returns `undefined` if fewer than two
 * adjacent lines have the maximum length.
 */
export const unwrapped = (text: string): string | undefined => {
  const lines = text.split("\n")
  const width = lines.reduce((most, { length }) => Math.max(most, length), 0)
  const isFull = (line: string | undefined) => line?.length === width
  if (width < narrowest || lines.filter((line, index) => isFull(line) && isFull(lines[index - 1])).length < fewest - 1)
    return undefined
  return lines.map((line, index) => (isFull(line) || index === lines.length - 1 ? line : `${line}\n`)).join("")
}

/** Matches the bar that Terraform draws before each line of an error, and the right edge of a complete box. */
const bar = /^\s{0,4}\u2502 ?/
const rightEdge = /[^\s\u2502][ \t]{0,200}\u2502[ \t]{0,4}$/m

/** The minimum length of a line after which the next line of a paragraph continues it. */
const shortestWrapped = 60

/**
 * Removes the bars of a box and joins the lines of each paragraph in the box, which the tool wrapped at the width of the
 * terminal. Indented lines are code.
 */
export const unboxed = (text: string): string => {
  if (!text.includes("\u2502") || rightEdge.test(text)) return text
  const lines: Array<string> = []
  let isOpen = false
  for (const line of text.split("\n")) {
    const inner = line.replace(bar, "")
    const isBoxed = inner.length < line.length
    const last = lines.length - 1
    if (isBoxed && isOpen && /^\S/.test(inner)) lines[last] = `${lines[last]?.trimEnd()} ${inner}`
    else lines.push(inner)
    isOpen = isBoxed && inner.trimEnd().length >= shortestWrapped
  }
  return lines.join("\n")
}

/** Patterns for a line with the log level of a failure, and for a warning about an attempt that the program retried. */
const failing = /\b(?:ERROR|FATAL|CRITICAL)\b/
const retried = /\bWARN(?:ING)?\b.{0,1000}\b(?:retry|retrying|retries|try again|trying again|next attempt)\b/i

/**
 * Removes the warnings about retried attempts from a log. Returns `undefined` if the log does not contain such a warning, or
 * if none of the remaining lines has the log level of a failure.
 */
export const withoutRetries = (text: string): string | undefined => {
  const lines = text.split("\n")
  const rest = lines.filter((line) => !retried.test(line))
  return rest.length < lines.length && rest.some((line) => failing.test(line)) ? rest.join("\n") : undefined
}

/** Returns the blocks between Markdown code fences. */
export const fenced = (text: string): ReadonlyArray<string> => {
  const pieces = text.split(/^[ \t]{0,3}(?:```|~~~)[\w+-]{0,30}[ \t]*$/m)
  return pieces.length < 3 ? [] : pieces.filter((_, index) => index % 2 === 1)
}

/**
 * The maximum number of times that text may have been escaped. For example, a log line may contain JSON that contains escaped
 * JSON.
 */
const deepest = 3

const escapes: ReadonlyArray<readonly [RegExp, string]> = [
  [/\\u003[cC]/g, "<"],
  [/\\u003[eE]/g, ">"],
  [/\\u0026/g, "&"],
  [/\\r?\\n|\\n/g, "\n"],
  [/\\t/g, "\t"],
  [/\\(["'/])/g, "$1"],
]

/** Unescapes an XML document that was escaped for JSON, for HTML or by Python's `repr`. */
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
