/**
 * One request with its response, as data: what a lint checks, a diagnosis reads and a file keeps.
 *
 * Plain data without an effect and without a schema, so that a browser or a command that must start at once can use it.
 */
import type { Exchange, FormFile, FormPart } from "./internal/exchange/shape.ts"

export type { Exchange, FormField, FormFile, FormPart, Request, Response } from "./internal/exchange/shape.ts"

/**
 * An exchange, and a request, made of whatever a program without types hands over: what does not belong is left out.
 *
 * **Details**
 *
 * Total. Headers may be a record, `Headers`, or pairs.
 */
export { exchange as of, request as requestOf } from "./internal/exchange/from.ts"

/** Whether a part of a form holds a file. */
export const isFile = (part: FormPart): part is FormFile => !("value" in part)

/** The last millisecond that a `Date` can hold (ECMAScript, "Time Values and Time Range"). */
const latest = 8.64e15

/** When the exchange ended by the local clock, in milliseconds of the epoch. */
export const timeOf = ({ at }: Exchange): number | undefined => {
  const millis = typeof at === "string" ? Date.parse(at) : at instanceof Date ? at.getTime() : at
  return typeof millis === "number" && Math.abs(millis) <= latest ? millis : undefined
}

/**
 * Whether the request was seen, and not only its address: only then is a header or a field missing that is not there. A log or an
 * exception often has the method and the URL alone.
 */
export const isRequestSeen = ({ request }: Exchange): boolean =>
  request !== undefined && (request.headers !== undefined || request.body !== undefined || request.form !== undefined)

/** The status, or 0 when no answer came. */
export const statusOf = ({ response }: Exchange): number => response?.status ?? 0

/** The value of a header by its lower-case name. The headers themselves may have any case: a capture keeps the server's. */
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
