/**
 * Represents one request with its response as plain data, for linting, diagnosis and storage in files.
 *
 * The module contains only plain data and functions, without effects or schemas, so that it can be used in a browser and in a
 * command that must start fast.
 */
import type { Exchange, FormFile, FormPart } from "./internal/exchange/shape.ts"

export type { Exchange, FormField, FormFile, FormPart, Request, Response } from "./internal/exchange/shape.ts"

/**
 * Builds an exchange (`of`) or a request (`requestOf`) from untyped values; invalid parts are omitted.
 *
 * **Details**
 *
 * Never throws. Headers may be a record, `Headers`, or pairs.
 */
export { exchange as of, request as requestOf } from "./internal/exchange/from.ts"

/** Whether a part of a form contains a file. */
export const isFile = (part: FormPart): part is FormFile => !("value" in part)

/** The last millisecond that a `Date` can represent (ECMAScript, "Time Values and Time Range"). */
const latest = 8.64e15

/** The time at which the exchange ended according to the local clock, in epoch milliseconds. */
export const timeOf = ({ at }: Exchange): number | undefined => {
  const millis = typeof at === "string" ? Date.parse(at) : at instanceof Date ? at.getTime() : at
  return typeof millis === "number" && Math.abs(millis) <= latest ? millis : undefined
}

/**
 * Whether the exchange contains more of the request than its method and URL. If only the method and the URL are known, a
 * header or field that is missing from the exchange might nevertheless have been sent. A log entry or an exception often
 * contains only the method and the URL of a request.
 */
export const isRequestSeen = ({ request }: Exchange): boolean =>
  request !== undefined && (request.headers !== undefined || request.body !== undefined || request.form !== undefined)

/** The status, or 0 if there is no response. */
export const statusOf = ({ response }: Exchange): number => response?.status ?? 0

/**
 * Returns the value of a header, given its lower-case name. Header names may be in any case, because a capture preserves the
 * case that the server used.
 */
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
