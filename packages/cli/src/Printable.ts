/**
 * What of a text may reach a terminal or a log: printable characters on one line, and the command's own colours.
 *
 * **Details**
 *
 * Every line that the command prints passes `line`: its words may come from a vendor, a file name or a flag. Characters that
 * steer a terminal, turn the direction of reading or are invisible are written out as `\u001b`, which JSON reads as the
 * same character. Colours pass because `Style` marks them with a key that only this process knows.
 */
import * as Style from "./Style.ts"

const harmless = /^[\x20-\x7e]*$/

/** Line breaks and tabs, which become one blank. */
const breaks = /[\t-\r\u0085\u2028\u2029]+/g

/** Control, format, invisible and unassigned characters; \p{DI} covers what Unicode says to ignore when it is displayed. */
const hidden = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{DI}\p{Noncharacter_Code_Point}]/gu

/** Joiners shape emoji and the letters of some scripts; between any other characters they are invisible. */
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

/** The hidden characters that do nothing for the characters beside them; U+FE0F shows the one before it as an emoji. */
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

/** A text without line breaks and hidden characters. Printing it again changes nothing. */
export const clean = (text: string): string =>
  harmless.test(text) ? text : text.replace(breaks, " ").replace(idle, written)

/** A line as it may be printed; with `color`, the styles of `Style` are in it. */
export const line = (text: string, color: boolean): string =>
  harmless.test(text)
    ? text
    : Style.parts(text)
        .map((part) => (typeof part === "string" ? clean(part) : color ? part.sequence : ""))
        .join("")

/** One line of JSON in which every hidden character is escaped. */
export const json = (value: unknown): string => JSON.stringify(value).replace(hidden, written)
