/**
 * Reads transcripts from `curl -v`, `curl --trace-ascii` and similar loggers, and captures that are embedded in other text.
 */
import * as HttpCapture from "@holdfast/diagnosis/HttpCapture"
import * as Around from "./around.ts"
import type { Recognized } from "./recognized.ts"
import { withoutPrefix } from "./text.ts"

/** Matches a line of `--trace-ascii` output, which contains an offset in hex and at most 64 characters. */
const traced = /^[0-9a-f]{4,8}: (.{0,64})$/

/** Matches a line of `--trace` output, which contains an offset, up to 16 bytes in hex and the same bytes as text. */
const dumped = /^[0-9a-f]{4,8}: ((?:[0-9a-f]{2} ){1,16}) {0,50}.{0,20}$/

/** Returns the characters of a trace line, and whether the message continues on the next line. */
const pieceOf = (line: string): { readonly text: string; readonly isCut: boolean } | undefined => {
  const bytes = dumped.exec(line)?.[1]?.trim().split(" ")
  if (bytes !== undefined) {
    const text = bytes.map((byte) => String.fromCharCode(Number.parseInt(byte, 16))).join("")
    return { text: text.replace(/\r?\n$/, ""), isCut: !text.endsWith("\n") }
  }
  const text = traced.exec(line)?.[1]
  return text === undefined ? undefined : { text, isCut: text.length === 64 }
}

/** Maps the sections of a trace to the corresponding prefixes in the output of `curl -v`. */
const sections: ReadonlyArray<readonly [RegExp, string]> = [
  [/^=> Send header/, "> "],
  [/^<= Recv header/, "< "],
  [/^<= Recv data/, ""],
]

/**
 * Converts a trace to the format of `curl -v`. In a trace, a message continues on the next line after 64 characters, and data
 * contains a dot in place of each line break.
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

/** Matches lines with an arrow that marks sent or received data, as in logs from R (paws). */
const arrow = /^(?:[A-Z]{4,6} \[[^\]\n]{8,40}\]: )?(->|<-) ?(.{0,8000})$/

const fromArrows = (text: string): string =>
  text
    .split("\n")
    .flatMap((line) => {
      const [, sign, rest = ""] = arrow.exec(line) ?? []
      return sign === undefined ? [] : [`${sign === "->" ? ">" : "<"} ${rest}`]
    })
    .join("\n")

/** Reads a client's transcript. */
export const read = (text: string): Recognized | undefined => {
  if (/^(?:[A-Z]{4,6} \[[^\]\n]{8,40}\]: )?<- HTTP\//m.test(text)) {
    const exchange = HttpCapture.parse(fromArrows(text))
    if (exchange?.response !== undefined) return { exchange, as: "a client's log" }
  }
  if (/^(?:=> Send|<= Recv) (?:header|data)/m.test(text)) {
    const exchange = HttpCapture.parse(fromTrace(text))
    if (exchange !== undefined) return { exchange, as: "a curl trace" }
  }
  const bare = withoutPrefix(text)
  const curl = /^[<>] /m.test(bare) ? HttpCapture.parse(bare) : undefined
  if (curl !== undefined && (curl.request !== undefined || curl.response !== undefined))
    return { exchange: curl, as: "a curl transcript" }
  return readCapture(text)
}

/** Matches a request line with its HTTP version, or a status line. */
const beginning =
  /^[ \t]{0,8}(?:[A-Z]{3,7} \S{1,8000} HTTP\/\d(?:\.\d)?|HTTP\/\d(?:\.\d)? [1-5]\d\d(?: [^\n]{0,60})?)$/m

/** Reads a capture that follows other lines. */
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
    as: "a request and its response as text",
  }
}
