/**
 * Transcripts: what `curl -v`, `curl --trace-ascii` and loggers in front of them print, and captures inside other text.
 */
import * as HttpCapture from "@holdfast/diagnosis/HttpCapture"
import * as Around from "./around.ts"
import type { Recognized } from "./recognized.ts"
import { withoutPrefix } from "./text.ts"

/** A line of `--trace-ascii`: its offset in hex, and at most 64 characters. */
const traced = /^[0-9a-f]{4,8}: (.{0,64})$/

/** A line of `--trace`: its offset, 16 bytes in hex, and the same as text. */
const dumped = /^[0-9a-f]{4,8}: ((?:[0-9a-f]{2} ){1,16}) {0,50}.{0,20}$/

/** The characters of a line of a trace, and whether the message goes on in the next line. */
const pieceOf = (line: string): { readonly text: string; readonly isCut: boolean } | undefined => {
  const bytes = dumped.exec(line)?.[1]?.trim().split(" ")
  if (bytes !== undefined) {
    const text = bytes.map((byte) => String.fromCharCode(Number.parseInt(byte, 16))).join("")
    return { text: text.replace(/\r?\n$/, ""), isCut: !text.endsWith("\n") }
  }
  const text = traced.exec(line)?.[1]
  return text === undefined ? undefined : { text, isCut: text.length === 64 }
}

/** Sections of a trace, and the sign that `curl -v` has for them. */
const sections: ReadonlyArray<readonly [RegExp, string]> = [
  [/^=> Send header/, "> "],
  [/^<= Recv header/, "< "],
  [/^<= Recv data/, ""],
]

/**
 * A trace as `curl -v` would have printed it. A line of the message is cut at 64 characters and goes on in the next one; data has a
 * dot in the place of each line break.
 */
const fromTrace = (text: string): string => {
  const lines: Array<string> = []
  let sign: string | undefined
  let open = ""
  const close = () => {
    if (open !== "" && sign !== undefined) lines.push(sign + open.replaceAll(">.<", ">\n<"))
    open = ""
  }
  for (const line of text.split("\n")) {
    const piece = pieceOf(line)
    if (piece === undefined) {
      close()
      sign = sections.find(([pattern]) => pattern.test(line))?.[1]
      if (line.startsWith("== Info:")) lines.push(`* ${line.slice(9)}`)
      if (line.startsWith("curl: ")) lines.push(line)
    } else if (sign !== undefined) {
      open += piece.text
      if (piece.isCut) continue
      if (sign !== "" && open === "") lines.push(sign)
      close()
    }
  }
  close()
  return lines.join("\n")
}

/** Lines with an arrow for what was sent and what came, as logs of R (paws) have them. */
const arrow = /^(?:[A-Z]{4,6} \[[^\]\n]{8,40}\]: )?(->|<-) ?(.{0,8000})$/

const fromArrows = (text: string): string =>
  text
    .split("\n")
    .flatMap((line) => {
      const [, sign, rest = ""] = arrow.exec(line) ?? []
      return sign === undefined ? [] : [`${sign === "->" ? ">" : "<"} ${rest}`]
    })
    .join("\n")

/** Reads the transcript of a client. */
export const read = (text: string): Recognized | undefined => {
  if (/^(?:[A-Z]{4,6} \[[^\]\n]{8,40}\]: )?<- HTTP\//m.test(text)) {
    const exchange = HttpCapture.parse(fromArrows(text))
    if (exchange?.response !== undefined) return { exchange, as: "the log of a client" }
  }
  if (/^(?:=> Send|<= Recv) (?:header|data)/m.test(text)) {
    const exchange = HttpCapture.parse(fromTrace(text))
    if (exchange !== undefined) return { exchange, as: "a trace of curl" }
  }
  const bare = withoutPrefix(text)
  const curl = /^[<>] /m.test(bare) ? HttpCapture.parse(bare) : undefined
  if (curl !== undefined && (curl.request !== undefined || curl.response !== undefined))
    return { exchange: curl, as: "a transcript of curl" }
  return readCapture(text)
}

/** A request line with its version, or a status line, at the start of a line. */
const beginning =
  /^[ \t]{0,8}(?:[A-Z]{3,7} \S{1,8000} HTTP\/\d(?:\.\d)?|HTTP\/\d(?:\.\d)? [1-5]\d\d(?: [^\n]{0,60})?)$/m

/** A capture that other lines stand before. */
const readCapture = (text: string): Recognized | undefined => {
  const found = beginning.exec(text)
  if (found === null) return undefined
  const indent = found[0].length - found[0].trimStart().length
  const rest = text.slice(found.index)
  const exchange = HttpCapture.parse(
    indent === 0
      ? rest
      : rest
          .split("\n")
          .map((line) => line.replace(/^[ \t]{1,8}/, ""))
          .join("\n"),
  )
  if (exchange === undefined) return undefined
  const request = exchange.request ?? Around.requestIn(text.slice(0, found.index))
  return {
    exchange: { ...exchange, ...(request === undefined ? {} : { request }) },
    as: "request and response as text",
  }
}
