/**
 * Text in columns of a terminal: what a stranger wrote made harmless, measured and wrapped.
 */

/**
 * A text from outside on one line: white space becomes one blank, characters that steer a terminal or turn the direction
 * of reading are written out as `\x1b`.
 */
export const clean = (text: string): string =>
  text
    .replace(/\p{Surrogate}/gu, "\ufffd")
    .replace(/\s+/g, " ")
    .trim()
    // ZWJ and ZWNJ shape letters and emoji; all other format characters are invisible or turn the text around.
    .replace(/(?![\u200c\u200d])[\p{Cc}\p{Cf}]/gu, written)

const written = (character: string): string => {
  const hex = (character.codePointAt(0) ?? 0).toString(16)
  return hex.length <= 2 ? `\\x${hex.padStart(2, "0")}` : `\\u{${hex}}`
}

const zero = /^[\p{Mn}\p{Me}\p{Cf}]$/u

/** East Asian wide and full-width characters (Unicode TR 11, by block), and what is shown as emoji. */
const wide =
  /^[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f200}-\u{1f2ff}\u{1f300}-\u{1f64f}\u{1f900}-\u{1f9ff}\u{20000}-\u{3fffd}\p{Emoji_Presentation}]$/u

const widthOf = (character: string): number => {
  if (character <= "\u007f") return 1
  if (character === "\ufe0f") return 1 // makes the character before it an emoji, which is wide
  return zero.test(character) ? 0 : wide.test(character) ? 2 : 1
}

/** How many columns a text takes; rather one too many for a joined emoji than one too few. */
export const width = (text: string): number => {
  let columns = 0
  for (const character of text) columns += widthOf(character)
  return columns
}

/** The beginning of a text that takes up to so many columns, at least one character long. */
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

/** Columns that are filled at most: wider lines are hard to read, whatever the terminal has room for. */
export const widest = 100

/**
 * The columns of a stream: those of its terminal, at most the number in the variable `COLUMNS`.
 *
 * **Details**
 *
 * A stream without a width, such as a pipe, has as many as `COLUMNS` says, else 80.
 */
export const ofStream = ({ columns = 0 }: { readonly columns?: number }, variable = ""): number => {
  const wanted = /^[1-9]\d{0,8}$/.test(variable) ? Number(variable) : 0
  return columns === 0 ? wanted || 80 : Math.min(columns, wanted || columns)
}

/** A text that fits, its end left out if it must. */
export const cut = (text: string, columns: number): string =>
  width(text) <= columns ? text : `${beginning(text, columns - 1).trimEnd()}…`

/** The end of a part of a path, an address or a list, if a piece of it has one after its first character. */
const endOfPart = /^.+(?:(?<!<)\/|[\\?&=,;:|>])/su

/**
 * The lines of a text, broken at blanks, and inside a word only where it is longer than a line: after a sign such as `/` if there is
 * one, else where the line ends.
 *
 * **Details**
 *
 * `text` is one line of `clean` text. The first line has room for `first` columns, the others for `rest`.
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
