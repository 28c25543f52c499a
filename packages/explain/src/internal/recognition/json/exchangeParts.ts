/**
 * Reads requests and responses from the fields in which clients and loggers store them.
 */
import type { Exchange } from "@holdfast/diagnosis/Exchange"
import { statusIn, text, textOf, written } from "./apiError.ts"
import { isObject, type Json } from "./json.ts"
import * as SentBody from "./sentBody.ts"

/** Returns the first of the given fields whose value is an object. */
export const object = (json: Json, ...names: ReadonlyArray<string>): Json | undefined =>
  names.map((name) => json[name]).find(isObject)

/** Reads headers from an object, or from the `key`/`name` and `value` pairs that Postman and Insomnia use. */
const headersOf = (headers: unknown): Readonly<Record<string, string>> => {
  const pairs = Array.isArray(headers)
    ? headers.flatMap((one: unknown) =>
        isObject(one)
          ? [[text(one, "key", "name") ?? "", one["disabled"] === true ? undefined : one["value"]] as const]
          : [],
      )
    : isObject(headers)
      ? // Node prints the internal map of its Headers object.
        Object.entries(object(headers, "map") ?? headers)
      : []
  return Object.fromEntries(
    pairs.flatMap(([name, value]) => {
      const one: unknown = Array.isArray(value) ? value[0] : value
      return name !== "" && (typeof one === "string" || typeof one === "number")
        ? [[name.toLowerCase(), String(one)]]
        : []
    }),
  )
}

const bodyOf = (body: unknown): string | undefined =>
  textOf(body) ?? (isObject(body) && !("type" in body && body["type"] === "Buffer") ? written(body) : undefined)

const urlOf = (u: unknown): string | undefined => textOf(u) ?? (isObject(u) ? textOf(u["raw"]) : undefined)

/** Returns the request, as far as the fields describe it. */
export const requestFrom = (json: Json | undefined): Exchange["request"] => {
  if (json === undefined) return undefined
  const path = urlOf(json["url"]) ?? text(json, "uri", "href", "requestUrl")
  const base = text(json, "baseURL", "baseUrl")
  const url =
    path !== undefined && base !== undefined && !/^https?:/.test(path)
      ? `${base.replace(/\/$/, "")}/${path.replace(/^\//, "")}`
      : path
  const method = text(json, "method", "requestMethod")
  if (url === undefined && method === undefined) return undefined
  const { headers: ofBody, ...sent } = SentBody.of(json["data"] ?? json["body"])
  const stated = json["headers"] ?? json["header"]
  // A log without headers does not say that there were none.
  const headers =
    stated === undefined && ofBody === undefined
      ? {}
      : { headers: { ...SentBody.credentialsOf(json), ...ofBody, ...headersOf(stated) } }
  return {
    ...(method === undefined ? {} : { method: method.toUpperCase() }),
    ...(url === undefined ? {} : { url }),
    ...headers,
    ...sent,
  }
}

/** Returns the text that a function behind Amazon API Gateway returned in base64. */
const decoded = (base64: string): string | undefined => {
  try {
    return new TextDecoder().decode(Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)))
  } catch {
    return undefined
  }
}

/** The response. Returns `undefined` if the fields do not contain a status. */
export const responseFrom = (json: Json | undefined): Exchange["response"] => {
  const status = json === undefined ? undefined : statusIn(json)
  if (json === undefined || status === undefined) return undefined
  const kept = bodyOf(json["data"] ?? json["body"] ?? json["text"] ?? json["responseText"])
  const body = kept !== undefined && json["isBase64Encoded"] === true ? (decoded(kept) ?? kept) : kept
  return { status, headers: headersOf(json["headers"] ?? json["header"]), ...(body === undefined ? {} : { body }) }
}

/** Builds an exchange from the parts that are known. The failure is included only if there is no response. */
export const exchangeOf = (
  request: Exchange["request"],
  response: Exchange["response"],
  failure?: string,
): Exchange => ({
  ...(request === undefined ? {} : { request }),
  ...(response === undefined ? {} : { response }),
  ...(failure === undefined || response !== undefined ? {} : { failure }),
})
