/**
 * Cleans, measures and wraps text for the columns of a terminal.
 */

/**
 * Makes external text safe to print and puts it on one line. Each run of whitespace becomes one space. Characters that
 * control a terminal or change the reading direction are escaped in forms such as `\x1b`.
 */
export const clean = (text: string): string =>
  text
    .replace(/\p{Surrogate}/gu, "\ufffd")
    .replace(/\s+/g, " ")
    .trim()
    // ZWJ and ZWNJ shape letters and emoji. All other format characters are invisible or change the reading direction.
    .replace(/(?![\u200c\u200d])[\p{Cc}\p{Cf}]/gu, written)

const written = (character: string): string => {
  const hex = (character.codePointAt(0) ?? 0).toString(16)
  return hex.length <= 2 ? `\\x${hex.padStart(2, "0")}` : `\\u{${hex}}`
}

const zero = /^[\p{Mn}\p{Me}\p{Cf}]$/u

/** Matches East Asian wide and full-width characters (Unicode TR 11, by block) and emoji. */
const wide =
  /^[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f200}-\u{1f2ff}\u{1f300}-\u{1f64f}\u{1f900}-\u{1f9ff}\u{20000}-\u{3fffd}\p{Emoji_Presentation}]$/u

const widthOf = (character: string): number => {
  if (character <= "\u007f") return 1
  if (character === "\ufe0f") return 1 // Makes the character before it an emoji, which is wide.
  return zero.test(character) ? 0 : wide.test(character) ? 2 : 1
}

const ascii = /^[\x20-\x7e]*$/

/**
 * Returns the number of terminal columns that the text occupies. For an emoji that consists of joined characters, the result
 * may be too large, but it is never too small.
 */
export const width = (text: string): number => {
  if (ascii.test(text)) return text.length
  let columns = 0
  for (const character of text) columns += widthOf(character)
  return columns
}

/**
 * Returns the longest prefix of the text that fits into the given number of columns. The prefix contains at least one
 * character.
 */
const beginning = (text: string, columns: number): string => {
  let taken = ""
  let used = 0
  for (const character of text) {
    used += widthOf(character)
    if (used > columns && taken !== "") break
    taken += character
  }
  return taken
}

/** The maximum line width in columns. Lines that exceed this width are hard to read, even in a wide terminal. */
export const widest = 100

/**
 * Returns the width of a stream in columns. The result is the width of the stream's terminal, but at most the value of the
 * `COLUMNS` variable.
 *
 * **Details**
 *
 * For a stream without its own width, such as a pipe, the result is the value of `COLUMNS`, or 80 if that variable is not
 * set.
 */
export const ofStream = ({ columns = 0 }: { readonly columns?: number }, variable = ""): number => {
  const wanted = /^[1-9]\d{0,8}$/.test(variable) ? Number(variable) : 0
  return columns === 0 ? wanted || 80 : Math.min(columns, wanted || columns)
}

/** Truncates text to the given number of columns. */
export const cut = (text: string, columns: number): string =>
  width(text) <= columns ? text : `${beginning(text, columns - 1).trimEnd()}…`

/**
 * Matches the start of a path, address or list up to the last character after which a line can break. At least one other
 * character precedes this last character.
 */
const endOfPart = /^.+(?:(?<!<)\/|[\\?&=,;:|>])/su

/**
 * Wraps text at spaces. A word that is longer than a line is broken after a character such as `/` if it contains one, and
 * otherwise at the end of the line.
 *
 * **Details**
 *
 * `text` must be a single line returned by `clean`. The first line has at most `first` columns, and all other lines have at
 * most `rest` columns.
 */
export const wrap = (text: string, first: number, rest: number = first): ReadonlyArray<string> => {
  const lines: Array<string> = []
  let line = ""
  let taken = 0
  let room = first
  const close = () => {
    lines.push(line)
    line = ""
    taken = 0
    room = rest
  }
  for (const word of text.split(" ")) {
    const columns = width(word)
    const gap = line === "" ? 0 : 1
    if (taken + gap + columns <= room) {
      line += gap === 0 ? word : ` ${word}`
      taken += gap + columns
      continue
    }
    if (line !== "") close()
    let left = word
    taken = columns
    while (taken > room) {
      const piece = beginning(left, room)
      line = endOfPart.exec(piece)?.[0] ?? piece
      left = left.slice(line.length)
      const after = taken - width(line)
      close()
      taken = after
    }
    line = left
  }
  if (line !== "" || lines.length === 0) close()
  return lines
}
