/**
 * Reads a structured log line that a logger or a platform writes as JSON. One field contains the error, and the other fields
 * describe the request.
 */
import type { Exchange } from "@holdfast/diagnosis/Exchange"
import { apiError, statusIn, text } from "./apiError.ts"
import { exchangeOf, object, requestFrom } from "./exchangeParts.ts"
import { isObject, type Json, parse } from "./json.ts"
import type { Reader, Recognized } from "../recognized.ts"

/** Fields that occur in structured logs but not in the errors that an API returns. */
const marks = [
  "level",
  "severity",
  "severitytext",
  "lvl",
  "levelname",
  "loglevel",
  "logger",
  "@timestamp",
  "hostname",
  "pid",
]

/** Fields of a log line that can contain an error, ordered from most to least specific. */
const holders = [
  "body",
  "response_body",
  "responsebody",
  "response",
  "error",
  "err",
  "error.stack_trace",
  "error.message",
  "exception",
  "exception.stacktrace",
  "exception.message",
  "exc_info",
  "stack",
  "stack_trace",
  "stacktrace",
  "errormessage",
  "error_message",
  "cause",
  "details",
  "fields",
  "msg",
  "message",
  "log",
  "textpayload",
  "jsonpayload",
]

/** Converts the names of the fields to lower case, because .NET loggers capitalize them. */
const lowered = (json: Json): Json =>
  Object.fromEntries(Object.entries(json).map(([name, value]) => [name.toLowerCase(), value]))

/**
 * Joins the string values of an object, one per line. A logger may store the message of an exception in any string of the
 * object.
 */
const textsIn = (json: Json): string =>
  Object.values(json)
    .flatMap((value) => (typeof value === "string" ? [value] : []))
    .join("\n")

/** Reads the error from a field of a log line. */
const readMember = (
  member: unknown,
  readText: Reader,
  readObject: (json: Json) => Recognized | undefined,
  isFields: boolean,
) => {
  if (typeof member === "string") return readText(member)
  if (!isObject(member)) return undefined
  const inner = object(member, "error", "err", "exception", "cause")
  // The fields of a log line are not an API's document (Rust's tracing), so a string among them is text.
  const stated = isFields ? text(member, "error", "err", "exception") : undefined
  return (
    readObject(member) ??
    (inner === undefined ? undefined : readObject(inner)) ??
    (stated === undefined ? undefined : readText(stated)) ??
    apiError(member) ??
    readText(textsIn(member))
  )
}

/** Reads a log line. `readObject` reads the exchange that a program stored in a field. */
export const read = (
  json: Json,
  readText: Reader,
  readObject: (json: Json, readText: Reader) => Recognized | undefined,
): Recognized | undefined => {
  const members = lowered(json)
  if (!marks.some((name) => name in members)) return undefined
  const http = object(json, "http", "res", "response", "httpRequest")
  const status = statusIn(json) ?? (http === undefined ? undefined : statusIn(http))
  const request = requestFrom(json) ?? requestFrom(object(json, "req", "request", "http", "httpRequest"))
  for (const name of holders) {
    const kept = members[name]
    if (kept === undefined) continue
    const member = typeof kept === "string" ? (parse(kept) ?? kept) : kept
    const found = readMember(member, readText, (inner) => readObject(inner, readText), name === "fields")
    if (found === undefined) continue
    const { isStatusAssumed, ...answer } = found.exchange.response ?? { status: 0 }
    const response =
      found.exchange.response === undefined
        ? undefined
        : isStatusAssumed === true && status !== undefined
          ? { ...answer, status }
          : found.exchange.response
    return {
      exchange: {
        ...(request === undefined ? {} : { request }),
        ...found.exchange,
        ...(response === undefined ? {} : { response }),
      },
      as: `${found.as}, in a log line`,
    }
  }
  return status === undefined || status < 400
    ? undefined
    : { exchange: exchangeOf(request, withSentence(json, status)), as: "a log line" }
}

/** Combines the status of a log line with the message that the platform logged on the same line. */
const withSentence = (json: Json, status: number): Exchange["response"] => {
  const sentence = text(json, "textPayload", "message", "msg")
  return sentence === undefined || /^\s*[{<[]/.test(sentence)
    ? { status }
    : { status, headers: { "content-type": "text/plain" }, body: sentence.slice(0, 500) }
}
