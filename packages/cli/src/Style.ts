/**
 * Colour, sparingly: a style is the identity where the stream must stay plain.
 *
 * **Details**
 *
 * A styled text carries marks, which `Printable` turns into the sequences of a terminal when the text is printed. The marks
 * hold a key of this process, so that no text from outside can contain one.
 */
import { randomBytes } from "node:crypto"
import { inspect } from "node:util"

/** The few styles that the messages use. */
export interface Style {
  readonly bold: (text: string) => string
  readonly dim: (text: string) => string
  readonly good: (text: string) => string
  readonly wait: (text: string) => string
  readonly bad: (text: string) => string
}

type Format = "bold" | "dim" | "green" | "yellow" | "red"

/** A sequence that sets colour or weight of a terminal. */
interface Sequence {
  readonly sequence: string
}

let secret: string | undefined

/** A key and not a random draw of the program: it must not be the same in a run that is replayed. */
const key = (): string => (secret ??= randomBytes(9).toString("base64url"))

const mark = (parameters: number | string): string => `\ufdd0${key()}:${parameters}\ufdd1`

/** The styles of one stream. */
export const make = (color: boolean): Style => {
  const paint = (format: Format) => {
    const [open = 0, close = 0] = inspect.colors[format] ?? []
    return (text: string): string => (color && text !== "" ? `${mark(open)}${text}${mark(close)}` : text)
  }
  return { bold: paint("bold"), dim: paint("dim"), good: paint("green"), wait: paint("yellow"), bad: paint("red") }
}

/** No colour at all. */
export const plain: Style = make(false)

/** Marks the colours of a text that holds no others: the help, or what `Printable` has cleaned already. */
export const trust = (text: string): string =>
  // oxlint-disable-next-line no-control-regex -- the escape character begins every sequence
  text.replace(/\u001b\[([\d;]*)m/g, (_, parameters: string) => mark(parameters))

/** A styled text in its parts: text, and the sequences that the marks in it stand for. */
export const parts = (text: string): ReadonlyArray<string | Sequence> =>
  secret === undefined || !text.includes("\ufdd0")
    ? [text]
    : text
        .split(new RegExp(`\ufdd0${secret}:([\\d;]*)\ufdd1`, "g"))
        .map((part, at) => (at % 2 === 0 ? part : { sequence: `\u001b[${part}m` }))
