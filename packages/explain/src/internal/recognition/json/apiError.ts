/**
 * Documents of an API's error in objects and texts: bare, or kept in a member of what a library made of them.
 */
import { statusOf } from "../codes.ts"
import * as Embedded from "./embedded.ts"
import * as Facebook from "./facebook.ts"
import { isObject, type Json, parse } from "./json.ts"
import * as Printed from "./printed.ts"
import { assumed, type Recognized } from "../recognized.ts"

export const textOf = (u: unknown): string | undefined => (typeof u === "string" && u !== "" ? u : undefined)

/** The first of some members that is text. */
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

/** The status of an answer, from the names that clients have for it. */
export const statusIn = (json: Json): number | undefined => {
  for (const name of statuses) {
    const value = json[name]
    const status = typeof value === "string" && /^\d{3}$/.test(value) ? Number(value) : value
    const isStatus = typeof status === "number" && Number.isInteger(status) && status >= 100 && status < 600
    // A code may be a number of the vendor's own: 453 of X.
    if (isStatus && (name !== "code" || status < 432 || status === 451 || status >= 499)) return status
  }
  return undefined
}

/** An object as JSON again; `undefined` if it is nested too deeply to be written. */
export const written = (json: Json): string | undefined => {
  try {
    return JSON.stringify(json)
  } catch {
    return undefined
  }
}

/** A code of an API, `PGRST301`, `missing_scope`: not one of Node's, `ECONNRESET`, `ERR_BAD_REQUEST`. */
const isCode = (code: unknown): boolean =>
  typeof code === "string" && /^(?!E[A-Z]+$|ERR_|UND_ERR)(?:[A-Z][A-Z0-9_]{3,40}|[a-z]+(?:_[a-z]+){1,8})$/.test(code)

/** Members by which an object in a text is known to be the error of an API. */
const isApiError = (json: Json): boolean =>
  ["error", "errors", "error_description", "error_code", "error_message"].some((name) => name in json) ||
  (isCode(json["code"]) && text(json, "message", "detail") !== undefined) ||
  // A number beside a sentence; what failed in a program has a word there.
  (["code", "status", "status_code", "statusCode", "errorCode"].some((name) => typeof json[name] === "number") &&
    text(json, "message", "detail", "title", "errorMessage") !== undefined)

/** Members in which libraries keep the document of the answer, as an object or as text. */
const keepers = ["data", "body", "rawError", "response", "context", "responseBody", "response_body"] as const

/** The document of an API's error that an object is, or that a library's error keeps. */
const documentIn = (json: Json): Json | undefined => {
  for (const name of keepers) {
    const kept = json[name]
    const inner = isObject(kept) ? kept : typeof kept === "string" ? parse(kept) : undefined
    if (inner !== undefined && isApiError(inner)) return inner
  }
  return Facebook.document(json) ?? (isApiError(json) ? json : undefined)
}

/** What the end of a text may have cut off, as Guzzle cuts an answer. */
const cut = /\(truncated\.{0,3}\)?[^\n]{0,10}$/m

/** The document of an API's error that stands in a text behind what a client says of it, whole or cut off. */
export const bodyIn = (text: string): string | undefined => {
  const whole = Embedded.find(text).findLast(({ json }) => documentIn(json) !== undefined)
  if (whole !== undefined) return written(documentIn(whole.json) ?? whole.json)
  const end = text.search(cut)
  const start = end === -1 ? -1 : text.indexOf("{")
  const json = start === -1 || start > end ? undefined : Printed.read(text.slice(0, end).trimEnd(), start, true)?.json
  return json === undefined ? undefined : written(json)
}

/** The status that an API repeats inside of its error, as Google's and WordPress' do. */
const innerStatus = (json: Json): number | undefined => {
  const codes = [json["error"], json["data"]].map((inner) => (isObject(inner) ? statusIn(inner) : undefined))
  return codes.find((code) => code !== undefined && code >= 400)
}

/** An object with the members of an API's error, as an answer whose status is not stated. */
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
        as: "an error of JSON",
      }
    : undefined
}
