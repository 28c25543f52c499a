/**
 * Reads exchanges that HTTP clients log one line at a time, with a logger's prefix before each line. The supported clients
 * are Apache HttpClient (and therefore the AWS SDK for Java, Hadoop and Spark) and Cyberduck.
 */
import * as HttpCapture from "@holdfast/diagnosis/HttpCapture"
import type { Recognized } from "./recognized.ts"

/** A log line, with its direction and whether it contains the bytes on the wire. */
interface Line {
  readonly sign: "> " | "< "
  readonly isWire: boolean
  readonly text: string
}

const apache = /\b(headers|wire)\b[^\n]{0,40}?\bhttp-outgoing-\d{1,9} (>>|<<) ([^\n]{0,16000})$/
const cyberduck = /\btranscript\.(request|response) - ([^\n]{0,16000})$/

/** Returns the content of a wire log line without the quotes and the line-end markers. */
const unquoted = (text: string): string =>
  text
    .replace(/^"|"$/g, "")
    .replace(/\[\\r\]|\[\\n\]/g, "")
    .replace(/^"|"$/g, "")

const lineOf = (line: string): Line | undefined => {
  const [, kind, direction, text = ""] = apache.exec(line) ?? []
  if (kind !== undefined) {
    const isWire = kind === "wire"
    return { sign: direction === ">>" ? "> " : "< ", isWire, text: isWire ? unquoted(text) : text }
  }
  const [, side, said = ""] = cyberduck.exec(line) ?? []
  return side === undefined ? undefined : { sign: side === "request" ? "> " : "< ", isWire: false, text: said }
}

const isRequestLine = (text: string): boolean => /^[A-Z]{3,10} \S{1,8000} HTTP\/\d/.test(text)
const isStatusLine = (text: string): boolean => /^HTTP\/\d(?:\.\d)? [1-5]\d\d/.test(text)

/**
 * Formats the log lines as `curl -v` would print them. If both the header log and the wire log are enabled, each header is
 * logged twice.
 */
const transcriptOf = (lines: ReadonlyArray<Line>): string => {
  const hasHeaders = lines.some(({ isWire }) => !isWire)
  const printed: Array<string> = []
  let sign: Line["sign"] | undefined
  let isBody = false
  for (const { isWire, sign: now, text } of lines) {
    if (isRequestLine(text) || isStatusLine(text)) isBody = false
    if (isBody) {
      // Skips the size of a chunk.
      if (!/^[0-9a-f]{1,8}$/i.test(text)) printed.push(text)
      continue
    }
    const begins = now === "< " && (hasHeaders ? isWire && /^\s{0,8}[<{[]/.test(text) : text.trim() === "")
    if (isWire && hasHeaders && !begins) continue
    if (sign !== undefined && sign !== now) printed.push(sign.trim())
    sign = now
    isBody = begins
    if (begins) printed.push("<")
    if (text.trim() !== "" && !/^transfer-encoding:/i.test(text)) printed.push(begins ? text : now + text)
  }
  return printed.join("\n")
}

/** Reads the last failed exchange from a client's log, or the last exchange if none failed. */
export const read = (text: string): Recognized | undefined => {
  if (!/http-outgoing-\d|transcript\.re(?:quest|sponse) - /.test(text)) return undefined
  const lines = text.split("\n").flatMap((line) => lineOf(line) ?? [])
  const starts = lines.flatMap(({ isWire, sign, text: said }, index) =>
    sign === "> " && isRequestLine(said) && !(isWire && lines.some((one) => !one.isWire)) ? [index] : [],
  )
  const exchanges = (starts.length === 0 ? [0] : starts).flatMap((start, index, all) => {
    const exchange = HttpCapture.parse(transcriptOf(lines.slice(start, all[index + 1])))
    return exchange === undefined ? [] : [exchange]
  })
  const exchange =
    exchanges.findLast(({ response }) => (response?.status ?? 0) >= 400) ??
    exchanges.findLast(({ response }) => response !== undefined)
  return exchange === undefined ? undefined : { exchange, as: "an HTTP client log" }
}
