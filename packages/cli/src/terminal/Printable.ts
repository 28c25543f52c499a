/**
 * Makes text safe for a terminal or a log: printable characters on one line, and the command's own colors.
 *
 * **Details**
 *
 * Every line that the command prints passes `line`, because it may quote a vendor, a file name or a flag. Control,
 * bidirectional and invisible characters are escaped as `\u001b`, which JSON reads as the same character. Colors pass because
 * `Style` marks them with a key that only this process knows.
 */
import * as Style from "./Style.ts"

const harmless = /^[\x20-\x7e]*$/

/** Line breaks and tabs, replaced by one space. */
const breaks = /[\t-\r\u0085\u2028\u2029]+/g

/** Control, format, invisible and unassigned characters; \p{DI} covers what Unicode says to ignore when it is displayed. */
const hidden = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{DI}\p{Noncharacter_Code_Point}]/gu

/** Joiners shape emoji and letters of some scripts. Between other characters they are invisible. */
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

/** Hidden characters that do not affect their neighbors. U+FE0F shows the character before it as an emoji. */
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

/** The text without line breaks and hidden characters. Idempotent. */
export const clean = (text: string): string =>
  harmless.test(text) ? text : text.replace(breaks, " ").replace(idle, written)

/** A line that is safe to print; with `color` it keeps the styles of `Style`. */
export const line = (text: string, color: boolean): string =>
  harmless.test(text)
    ? text
    : Style.parts(text)
        .map((part) => (typeof part === "string" ? clean(part) : color ? part.sequence : ""))
        .join("")

/** One line of JSON in which every hidden character is escaped. */
export const json = (value: unknown): string => JSON.stringify(value).replace(hidden, written)
