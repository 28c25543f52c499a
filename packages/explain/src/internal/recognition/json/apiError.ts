/**
 * Reads an API's error documents in objects and texts: bare, or in a member of a library's error.
 */
import { statusOf } from "../codes.ts"
import * as Embedded from "./embedded.ts"
import * as Facebook from "./facebook.ts"
import { isObject, type Json, parse } from "./json.ts"
import * as Printed from "./printed.ts"
import { assumed, type Recognized } from "../recognized.ts"

export const textOf = (u: unknown): string | undefined => (typeof u === "string" && u !== "" ? u : undefined)

/** The first of the given members that is a string. */
export const text = (json: Json, ...names: ReadonlyArray<string>): string | undefined => {
  for (const name of names) {
    const value = textOf(json[name])
    if (value !== undefined) return value
  }
  return undefined
}

const statuses = [
  "status",
  "statusCode",
  "status_code",
  "httpStatusCode",
  "httpStatus",
  "HttpStatus",
  "responseCode",
  "code",
] as const

/** The status of a response, under the names that clients use. */
export const statusIn = (json: Json): number | undefined => {
  for (const name of statuses) {
    const value = json[name]
    const status = typeof value === "string" && /^\d{3}$/.test(value) ? Number(value) : value
    const isStatus = typeof status === "number" && Number.isInteger(status) && status >= 100 && status < 600
    // A code may be a vendor's own number: X sends 453.
    if (isStatus && (name !== "code" || status < 432 || status === 451 || status >= 499)) return status
  }
  return undefined
}

/** Serializes an object to JSON. `undefined` if it is nested too deeply. */
export const written = (json: Json): string | undefined => {
  try {
    return JSON.stringify(json)
  } catch {
    return undefined
  }
}

/** Whether a code is an API's (`PGRST301`, `missing_scope`) rather than Node's (`ECONNRESET`, `ERR_BAD_REQUEST`). */
const isCode = (code: unknown): boolean =>
  typeof code === "string" && /^(?!E[A-Z]+$|ERR_|UND_ERR)(?:[A-Z][A-Z0-9_]{3,40}|[a-z]+(?:_[a-z]+){1,8})$/.test(code)

/** Whether an object's members identify it as an API's error. */
const isApiError = (json: Json): boolean =>
  ["error", "errors", "error_description", "error_code", "error_message"].some((name) => name in json) ||
  ([json["code"], json["errorCode"]].some(isCode) && text(json, "message", "detail") !== undefined) ||
  // A number beside a message. A failure of a program has a word instead.
  (["code", "status", "status_code", "statusCode", "errorCode"].some((name) => typeof json[name] === "number") &&
    text(json, "message", "detail", "title", "errorMessage") !== undefined)

/** Members in which libraries keep the response document, as an object or a string. */
const keepers = ["data", "body", "rawError", "response", "context", "responseBody", "response_body"] as const

/** The API's error document: the object itself, or a member of a library's error. */
const documentIn = (json: Json): Json | undefined => {
  for (const name of keepers) {
    const kept = json[name]
    const inner = isObject(kept) ? kept : typeof kept === "string" ? parse(kept) : undefined
    if (inner !== undefined && isApiError(inner)) return inner
  }
  return Facebook.document(json) ?? (isApiError(json) ? json : undefined)
}

/** The end of truncated text, as Guzzle truncates a response. */
const cut = /\(truncated\.{0,3}\)?[^\n]{0,10}$/m

/** The API's error document after a client's message, complete or truncated. */
export const bodyIn = (text: string): string | undefined => {
  const whole = Embedded.find(text).findLast(({ json }) => documentIn(json) !== undefined)
  if (whole !== undefined) return written(documentIn(whole.json) ?? whole.json)
  const end = text.search(cut)
  const start = end === -1 ? -1 : text.indexOf("{")
  const json = start === -1 || start > end ? undefined : Printed.read(text.slice(0, end).trimEnd(), start, true)?.json
  return json === undefined ? undefined : written(json)
}

/** The status that an API repeats inside its error, as Google and WordPress do. */
const innerStatus = (json: Json): number | undefined => {
  const codes = [json["error"], json["data"]].map((inner) => (isObject(inner) ? statusIn(inner) : undefined))
  return codes.find((code) => code !== undefined && code >= 400)
}

/** Reads an object with the members of an API's error as a response without a stated status. */
export const apiError = (outer: Json): Recognized | undefined => {
  const json = documentIn(outer)
  return json !== undefined
    ? {
        exchange: {
          response: {
            ...assumed(
              statusIn(outer) ?? statusIn(json) ?? innerStatus(json) ?? statusOf(text(json, "error", "message") ?? ""),
            ),
            headers: { "content-type": "application/json" },
            body: written(json) ?? "",
          },
        },
        as: "a JSON error",
      }
    : undefined
}
