/**
 * Reads an API's error documents from objects and text. A document can be the object itself or a field of a library's error.
 */
import { statusOf } from "../codes.ts"
import * as Embedded from "./embedded.ts"
import * as Facebook from "./facebook.ts"
import { isObject, type Json, parse } from "./json.ts"
import * as Printed from "./printed.ts"
import { assumed, type Recognized } from "../recognized.ts"

export const textOf = (u: unknown): string | undefined => (typeof u === "string" && u !== "" ? u : undefined)

/** Returns the first of the given fields whose value is a nonempty string. */
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

/** Returns the status of a response, which different clients store under different names. */
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

/** Serializes an object to JSON. Returns `undefined` if the object is nested too deeply. */
export const written = (json: Json): string | undefined => {
  try {
    return JSON.stringify(json)
  } catch {
    return undefined
  }
}

/** Whether a code belongs to an API (`PGRST301`, `missing_scope`) rather than to Node (`ECONNRESET`, `ERR_BAD_REQUEST`). */
const isCode = (code: unknown): boolean =>
  typeof code === "string" && /^(?!E[A-Z]+$|ERR_|UND_ERR)(?:[A-Z][A-Z0-9_]{3,40}|[a-z]+(?:_[a-z]+){1,8})$/.test(code)

/** Whether the fields of an object identify it as an error from an API. */
const isApiError = (json: Json): boolean =>
  ["error", "errors", "error_description", "error_code", "error_message"].some((name) => name in json) ||
  ([json["code"], json["errorCode"]].some(isCode) && text(json, "message", "detail") !== undefined) ||
  // A number beside a message. A failure of a program has a word instead.
  (["code", "status", "status_code", "statusCode", "errorCode"].some((name) => typeof json[name] === "number") &&
    text(json, "message", "detail", "title", "errorMessage") !== undefined)

/** The names of fields in which libraries store the response document, either as an object or as a string. */
const keepers = ["data", "body", "json", "rawError", "response", "context", "responseBody", "response_body"] as const

/** Returns the API's error document, which is either the object itself or a field of a library's error. */
const documentIn = (json: Json): Json | undefined => {
  for (const name of keepers) {
    const kept = json[name]
    const inner = isObject(kept) ? kept : typeof kept === "string" ? parse(kept) : undefined
    if (inner !== undefined && isApiError(inner)) return inner
  }
  return Facebook.document(json) ?? (isApiError(json) ? json : undefined)
}

/** Matches the end of truncated text, such as a response that Guzzle has truncated. */
const cut = /\(truncated\.{0,3}\)?[^\n]{0,10}$/m

/** Returns the API's error document that follows a client's message. The document may be complete or truncated. */
export const bodyIn = (text: string): string | undefined => {
  const whole = Embedded.find(text).findLast(({ json }) => documentIn(json) !== undefined)
  if (whole !== undefined) return written(documentIn(whole.json) ?? whole.json)
  const end = text.search(cut)
  const start = end === -1 ? -1 : text.indexOf("{")
  const json = start === -1 || start > end ? undefined : Printed.read(text.slice(0, end).trimEnd(), start, true)?.json
  return json === undefined ? undefined : written(json)
}

/** Returns the status that an API such as Google or WordPress repeats inside its error. */
const innerStatus = (json: Json): number | undefined => {
  const codes = [json["error"], json["data"]].map((inner) => (isObject(inner) ? statusIn(inner) : undefined))
  return codes.find((code) => code !== undefined && code >= 400)
}

/**
 * Reads an object that has the fields of an API error. The result is a response whose status is assumed if the object does
 * not state it.
 */
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
