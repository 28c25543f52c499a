/**
 * Makes text safe for a terminal or a log. The result is one line that contains only printable characters and the command's
 * own colors.
 *
 * **Details**
 *
 * Every line that the command prints passes through `line`, because the line may contain text from a vendor, a file name or a
 * flag. Control, bidirectional and invisible characters are escaped in the form `\u001b`, which a JSON parser reads as the
 * same character. Colors are preserved because `Style` marks them with a key that only this process knows.
 */
import * as Style from "./Style.ts"

const harmless = /^[\x20-\x7e]*$/

/** Matches line breaks and tabs, which are replaced by a single space. */
const breaks = /[\t-\r\u0085\u2028\u2029]+/g

/**
 * Matches control, format, invisible and unassigned characters. \p{DI} matches the characters that Unicode recommends
 * ignoring for display.
 */
const hidden = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{DI}\p{Noncharacter_Code_Point}]/gu

/**
 * Matches emoji and the letters of scripts in which joiners change the shapes of letters. Between other characters, a joiner
 * is invisible.
 */
const shaped = String.raw`[\p{Extended_Pictographic}\p{Emoji_Modifier}\ufe0f${[
  "Arabic",
  "Syriac",
  "Devanagari",
  "Bengali",
  "Gujarati",
  "Gurmukhi",
  "Kannada",
  "Malayalam",
  "Oriya",
  "Sinhala",
  "Tamil",
  "Telugu",
]
  .map((script) => String.raw`\p{Script=${script}}`)
  .join("")}]`

/**
 * Matches hidden characters that do not affect how neighboring characters are displayed. U+FE0F causes the preceding
 * character to be displayed as an emoji.
 */
const idle = new RegExp(
  [
    String.raw`(?![\u200c\u200d\ufe0f])${hidden.source}`,
    `(?<!${shaped})[\u200c\u200d]`,
    `[\u200c\u200d](?!${shaped})`,
    String.raw`(?<!\p{Emoji})\ufe0f`,
  ].join("|"),
  "gu",
)

const written = (character: string): string => {
  let text = ""
  for (let at = 0; at < character.length; at++) {
    text += `\\u${character.charCodeAt(at).toString(16).padStart(4, "0")}`
  }
  return text
}

/** Returns the text with line breaks replaced by spaces and hidden characters escaped. Idempotent. */
export const clean = (text: string): string =>
  harmless.test(text) ? text : text.replace(breaks, " ").replace(idle, written)

/** Returns a line that is safe to print. If `color` is true, the line keeps the styles that `Style` applied. */
export const line = (text: string, color: boolean): string =>
  harmless.test(text)
    ? text
    : Style.parts(text)
        .map((part) => (typeof part === "string" ? clean(part) : color ? part.sequence : ""))
        .join("")

/** Returns one line of JSON in which every hidden character is escaped. */
export const json = (value: unknown): string => JSON.stringify(value).replace(hidden, written)
