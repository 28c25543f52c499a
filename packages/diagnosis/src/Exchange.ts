/**
 * One request with its response as data, for linting, diagnosis and files.
 *
 * The module has plain data without effects or schemas, so that a browser, or a command that must start fast, can use it.
 */
import type { Exchange, FormFile, FormPart } from "./internal/exchange/shape.ts"

export type { Exchange, FormField, FormFile, FormPart, Request, Response } from "./internal/exchange/shape.ts"

/**
 * Builds an exchange, and a request, from untyped values; invalid parts are omitted.
 *
 * **Details**
 *
 * Never throws. Headers may be a record, `Headers`, or pairs.
 */
export { exchange as of, request as requestOf } from "./internal/exchange/from.ts"

/** Whether a part of a form contains a file. */
export const isFile = (part: FormPart): part is FormFile => !("value" in part)

/** The last millisecond that a `Date` can hold (ECMAScript, "Time Values and Time Range"). */
const latest = 8.64e15

/** When the exchange ended by the local clock, in epoch milliseconds. */
export const timeOf = ({ at }: Exchange): number | undefined => {
  const millis = typeof at === "string" ? Date.parse(at) : at instanceof Date ? at.getTime() : at
  return typeof millis === "number" && Math.abs(millis) <= latest ? millis : undefined
}

/**
 * Whether more than the request's URL is known. Only then does the absence of a header or field mean that it was not sent. A
 * log or an exception often has only the method and the URL.
 */
export const isRequestSeen = ({ request }: Exchange): boolean =>
  request !== undefined && (request.headers !== undefined || request.body !== undefined || request.form !== undefined)

/** The status, or 0 if there is no response. */
export const statusOf = ({ response }: Exchange): number => response?.status ?? 0

/** The value of a header by its lower-case name. The header names may have any case, because a capture keeps the server's. */
export const header = (headers: Readonly<Record<string, string>>, name: string): string | undefined => {
  const exact: unknown = Object.hasOwn(headers, name) ? headers[name] : undefined
  if (typeof exact === "string") return exact
  for (const key of Object.keys(headers)) {
    if (key.length === name.length && key.toLowerCase() === name) {
      const value: unknown = headers[key]
      if (typeof value === "string") return value
    }
  }
  return undefined
}
