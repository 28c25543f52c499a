/**
 * Builds an exchange from untyped values. Values that are not valid text, numbers or form parts are omitted.
 */
import type { Exchange, FormPart, Request, Response } from "./shape.ts"

type Members = Readonly<Record<string, unknown>>

const isObject = (u: unknown): u is Members => typeof u === "object" && u !== null

const text = (u: unknown): string | undefined =>
  typeof u === "string" ? u : typeof u === "number" || typeof u === "boolean" ? `${u}` : undefined

const count = (u: unknown): number | undefined => (typeof u === "number" && Number.isFinite(u) ? u : undefined)

/** Drops fields that are `undefined`. */
const present = <A extends object>(members: A): { [K in keyof A]?: NonNullable<A[K]> } =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as {
    [K in keyof A]?: NonNullable<A[K]>
  }

const isIterable = (u: object): u is Iterable<unknown> =>
  Symbol.iterator in u && typeof u[Symbol.iterator] === "function"

/** Reads headers from a record, from `Headers`, from pairs, or from the lists in which Node reports repeated values. */
const headersOf = (u: unknown): Readonly<Record<string, string>> | undefined => {
  if (!isObject(u)) return undefined
  const entries = isIterable(u) ? u : Object.entries(u)
  return Object.fromEntries(
    Array.from(entries).flatMap((entry) => {
      if (!Array.isArray(entry) || typeof entry[0] !== "string") return []
      const all: ReadonlyArray<unknown> = Array.isArray(entry[1]) ? entry[1] : [entry[1]]
      const values = all.flatMap((one) => text(one) ?? [])
      return values.length === 0 ? [] : [[entry[0], values.join(", ")]]
    }),
  )
}

const partsOf = (u: unknown): ReadonlyArray<FormPart> => {
  if (!isObject(u)) return []
  const name = text(u["name"])
  if (name === undefined) return []
  const value = text(u["value"])
  if (value !== undefined) return [{ name, value, ...present({ bytes: count(u["bytes"]) }) }]
  return [{ name, ...present({ filename: text(u["filename"]), size: count(u["size"]), type: text(u["type"]) }) }]
}

/** Builds a request. An invalid value results in an empty request. */
export const request = (u: unknown): Request =>
  isObject(u)
    ? present({
        operation: text(u["operation"]),
        method: text(u["method"]),
        url: text(u["url"]),
        headers: headersOf(u["headers"]),
        form: Array.isArray(u["form"]) ? u["form"].flatMap(partsOf) : undefined,
        body: text(u["body"]),
        size: count(u["size"]),
        sent: count(u["sent"]),
      })
    : {}

const statusOf = (u: unknown): number | undefined => count(typeof u === "string" && /^\d{3}$/.test(u) ? Number(u) : u)

const response = (u: Members): Response => ({
  status: statusOf(u["status"]) ?? 0,
  ...present({
    isStatusAssumed: u["isStatusAssumed"] === true ? true : undefined,
    reason: text(u["reason"]),
    headers: headersOf(u["headers"]),
    body: text(u["body"]),
  }),
})

/** Builds an exchange. An invalid value results in an empty exchange. */
export const exchange = (u: unknown): Exchange => {
  if (!isObject(u)) return {}
  const { at } = u
  return present({
    request: isObject(u["request"]) ? request(u["request"]) : undefined,
    response: isObject(u["response"]) ? response(u["response"]) : undefined,
    failure: text(u["failure"]),
    at: typeof at === "number" || typeof at === "string" || at instanceof Date ? at : undefined,
    attempt: count(u["attempt"]),
    isExcerpt: u["isExcerpt"] === true ? true : undefined,
  })
}
