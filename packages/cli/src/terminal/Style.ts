/**
 * Defines the styles of the command's messages. A style returns its text unchanged if the stream does not support color.
 *
 * **Details**
 *
 * Styled text contains marks instead of terminal sequences. `Printable` replaces the marks with terminal sequences when the
 * text is printed. Each mark contains a key that is unique to this process, so that external text cannot contain a valid
 * mark.
 */
import { randomBytes } from "node:crypto"
import { inspect } from "node:util"

/** The styles that the command's messages use. */
export interface Style {
  readonly bold: (text: string) => string
  readonly dim: (text: string) => string
  readonly good: (text: string) => string
  readonly wait: (text: string) => string
  readonly bad: (text: string) => string
}

type Format = "bold" | "dim" | "green" | "yellow" | "red"

/** A terminal sequence that sets the color or the weight of text. */
interface Sequence {
  readonly sequence: string
}

let secret: string | undefined

/** The key does not come from the program's `Random`, because even replayed runs must have different keys. */
const key = (): string => (secret ??= randomBytes(9).toString("base64url"))

const mark = (parameters: number | string): string => `\ufdd0${key()}:${parameters}\ufdd1`

/** Creates the styles for one output stream. */
export const make = (color: boolean): Style => {
  const paint = (format: Format) => {
    const [open = 0, close = 0] = inspect.colors[format] ?? []
    return (text: string): string => (color && text !== "" ? `${mark(open)}${text}${mark(close)}` : text)
  }
  return { bold: paint("bold"), dim: paint("dim"), good: paint("green"), wait: paint("yellow"), bad: paint("red") }
}

/** The styles for a stream without color, which leave text unchanged. */
export const plain: Style = make(false)

/** Marks the colors in trusted text, which is either the help or text that `Printable` has already cleaned. */
export const trust = (text: string): string =>
  // oxlint-disable-next-line no-control-regex -- the escape character begins every sequence
  text.replace(/\u001b\[([\d;]*)m/g, (_, parameters: string) => mark(parameters))

/** Splits styled text into plain text and terminal sequences. Each mark becomes one terminal sequence. */
export const parts = (text: string): ReadonlyArray<string | Sequence> =>
  secret === undefined || !text.includes("\ufdd0")
    ? [text]
    : text
        .split(new RegExp(`\ufdd0${secret}:([\\d;]*)\ufdd1`, "g"))
        .map((part, at) => (at % 2 === 0 ? part : { sequence: `\u001b[${part}m` }))
