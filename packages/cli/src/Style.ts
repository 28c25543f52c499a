/**
 * Colour, sparingly: a style is the identity where the stream must stay plain.
 */
import { styleText } from "node:util"

/** The few styles that the messages use. */
export interface Style {
  readonly bold: (text: string) => string
  readonly dim: (text: string) => string
  readonly good: (text: string) => string
  readonly wait: (text: string) => string
  readonly bad: (text: string) => string
}

type Format = Parameters<typeof styleText>[0]

/** The styles of one stream. */
export const make = (color: boolean): Style => {
  const paint =
    (format: Format) =>
    (text: string): string =>
      color && text !== "" ? styleText(format, text, { validateStream: false }) : text
  return { bold: paint("bold"), dim: paint("dim"), good: paint("green"), wait: paint("yellow"), bad: paint("red") }
}

/** No colour at all. */
export const plain: Style = make(false)
