/**
 * Reads the body and the credentials of a request from the fields in which API clients (Postman, Insomnia, Bruno) store them.
 */
import type { FormPart, Request } from "@holdfast/diagnosis/Exchange"
import { text, textOf, written } from "./apiError.ts"
import { isObject, type Json } from "./json.ts"

/** Returns the pairs of `key` (or `name`) and `value` that are not disabled. */
const pairsOf = (list: unknown): ReadonlyArray<Json> =>
  Array.isArray(list) ? list.filter(isObject).filter((one) => one["disabled"] !== true && one["enabled"] !== false) : []

const nameOf = (pair: Json): string => text(pair, "key", "name") ?? ""

const encoded = (pairs: ReadonlyArray<Json>): string =>
  new URLSearchParams(pairs.map((pair) => [nameOf(pair), text(pair, "value") ?? ""])).toString()

const partOf = (pair: Json): FormPart => {
  const file = text(pair, "src", "fileName", "filename")
  return pair["type"] === "file" || file !== undefined
    ? { name: nameOf(pair), ...(file === undefined ? {} : { filename: file }) }
    : { name: nameOf(pair), value: text(pair, "value") ?? "" }
}

const formType = { "content-type": "application/x-www-form-urlencoded" }

/**
 * Matches the placeholder that a client or logger prints in place of a hidden body, such as `<<REDACTED> - See …>` from
 * gaxios.
 */
const hidden = /^\W{0,4}(?:redacted|hidden|omitted|filtered|masked|not (?:shown|kept|logged))\b|^\*{3,}$/i

/** Returns the body and the content type that the client sends with that body. */
export const of = (body: unknown): Pick<Request, "body" | "form" | "headers"> => {
  const plain = textOf(body)
  if (plain !== undefined) return hidden.test(plain) ? {} : { body: plain }
  if (!isObject(body) || ("type" in body && body["type"] === "Buffer")) return {}
  const type = text(body, "mimeType", "mode") ?? ""
  const fields = [
    body["urlencoded"],
    body["formdata"],
    body["params"],
    body["formUrlEncoded"],
    body["multipartForm"],
  ].find(Array.isArray)
  const pairs = pairsOf(fields)
  if (/urlencoded/i.test(type) && pairs.length > 0) return { body: encoded(pairs), headers: formType }
  if (/formdata|multipart/i.test(type) && pairs.length > 0) return { form: pairs.map(partOf) }
  const raw = text(body, "raw", "text")
  if (raw !== undefined) return { body: raw }
  const document = "mode" in body || "mimeType" in body ? undefined : written(body)
  return document === undefined ? {} : { body: document }
}

/** Reads a value from Postman's list of pairs or from an object. */
const member = (auth: Json, kind: string, ...names: ReadonlyArray<string>): string => {
  const inner = auth[kind]
  const found = pairsOf(inner).find((pair) => names.includes(nameOf(pair)))
  return (
    (found === undefined ? undefined : text(found, "value")) ?? text(isObject(inner) ? inner : auth, ...names) ?? ""
  )
}

/** Returns the header that the client derives from its credential settings. */
export const credentialsOf = (json: Json): Readonly<Record<string, string>> => {
  const auth = [json["auth"], json["authentication"]].find(isObject)
  const type = auth === undefined ? undefined : text(auth, "type", "mode")
  if (auth === undefined || type === undefined) return {}
  if (type === "bearer") return { authorization: `Bearer ${member(auth, "bearer", "token")}` }
  if (type !== "basic") return {}
  const [user, password] = [member(auth, "basic", "username"), member(auth, "basic", "password")]
  const bytes = new TextEncoder().encode(`${user}:${password}`)
  return { authorization: `Basic ${btoa(String.fromCharCode(...bytes.slice(0, 2000)))}` }
}
