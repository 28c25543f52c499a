/**
 * Reads S3's error from a body in any format: XML, the HTML of website endpoints, or JSON.
 */
import * as ErrorXml from "../xml/errorXml.ts"
import { decodeReferences } from "../xml/references.ts"
import { r2Codes } from "./r2Codes.ts"

/** S3's error, and whether the format of the body itself proves that S3 sent it. */
export interface Document extends ErrorXml.ErrorDocument {
  readonly isOwnForm: boolean
}

/** S3's error, or `undefined` if the body does not contain an S3 error. */
export const read = (body: string): Document | undefined => {
  if (body === "") return undefined
  const own = ErrorXml.read(body) ?? ofHtml(body)
  if (own !== undefined) return { ...own, isOwnForm: true }
  const translated = ofJson(body)
  return translated === undefined ? undefined : { ...translated, isOwnForm: false }
}

/** A list item on a website endpoint's error page: `<li>Code: NoSuchKey</li>`. */
const item = /<li>\s*([A-Za-z][\w-]*):([^<]*)<\/li>/g

/**
 * The complete error response of OpenStack Swift: `<html><h1>Forbidden</h1><p>Access was denied to this
 * resource.</p></html>`.
 */
const ofSwift = /^<html><h1>([A-Z][A-Za-z ]{2,60})<\/h1><p>([^<]{3,300})<\/p><\/html>\s{0,4}$/

const ofHtml = (body: string): ErrorXml.ErrorDocument | undefined => {
  if (!/^\s*<(?:!doctype html|html)\b/i.test(body)) return undefined
  const [, heading, sentence] = ofSwift.exec(body) ?? []
  if (heading !== undefined && sentence !== undefined) {
    return { code: heading.replaceAll(/[^A-Za-z]/g, ""), message: decodeReferences(sentence).trim(), extra: {} }
  }
  const items = new Map(
    Array.from(body.matchAll(item), ([, name = "", value = ""]) => [name, decodeReferences(value).trim()] as const),
  )
  // A page that only resembles it has no request id of S3.
  return items.has("Code") && items.has("RequestId") ? documentOf(items) : undefined
}

const ofJson = (body: string): ErrorXml.ErrorDocument | undefined => {
  if (!/^\s*\{/.test(body)) return undefined
  try {
    const json: unknown = JSON.parse(body)
    if (!isObject(json)) return undefined
    const inner = isObject(json["Error"]) ? json["Error"] : json
    const members = new Map(
      Object.entries(inner).flatMap(([name, value]) =>
        typeof value === "string" ? [[name.charAt(0).toUpperCase() + name.slice(1), value] as const] : [],
      ),
    )
    // S3's codes are single words. Those of other services are numbers, sentences or snake_case.
    if (/^[A-Z][A-Za-z0-9]{5,}$/.test(members.get("Code") ?? "")) return documentOf(members)
    return ofSupabase(members) ?? ofGoogle(json) ?? ofBackblaze(json) ?? ofAzure(json) ?? ofCloudflare(json)
  } catch {
    return undefined
  }
}

type Members = Readonly<Record<string, unknown>>

const isObject = (json: unknown): json is Members => typeof json === "object" && json !== null && !Array.isArray(json)

/**
 * `{"statusCode":"409","error":"Duplicate","message":"…"}`: the older format of Supabase's errors, which names each type of
 * error with one word.
 */
const ofSupabase = (members: ReadonlyMap<string, string>): ErrorXml.ErrorDocument | undefined => {
  const { Error: code = "", Message = "", StatusCode = "" } = Object.fromEntries(members)
  return /^[45]\d\d$/.test(StatusCode) && code !== "" && code.length <= 60
    ? { code, message: Message, extra: { StatusCode } }
    : undefined
}

/** Errors from Google's JSON API. Errors from Google's storage service contain a domain and a reason. */
const ofGoogle = ({ error }: Members): ErrorXml.ErrorDocument | undefined => {
  if (!isObject(error) || typeof error["code"] !== "number" || !Array.isArray(error["errors"])) return undefined
  const [first]: ReadonlyArray<unknown> = error["errors"]
  if (!isObject(first) || typeof first["reason"] !== "string" || first["reason"].length > 60) return undefined
  const message = typeof error["message"] === "string" ? error["message"] : ""
  const domain = typeof first["domain"] === "string" ? { Domain: first["domain"].slice(0, 60) } : {}
  return { code: first["reason"], message, extra: domain }
}

/**
 * `{"code":"expired_auth_token","message":"","status":401}`: an error from Backblaze B2's native API, with exactly these
 * three fields.
 */
const ofBackblaze = ({ code, message, status, ...others }: Members): ErrorXml.ErrorDocument | undefined =>
  typeof code === "string" &&
  /^[a-z]{2,20}(?:_[a-z0-9]{1,20}){0,5}$/.test(code) &&
  typeof message === "string" &&
  typeof status === "number" &&
  Object.keys(others).length === 0
    ? { code, message, extra: {} }
    : undefined

/** `{"error":{"code":"AuthorizationFailure","message":"… RequestId:… Time:…"}}`: a JSON error from Azure Storage. */
const ofAzure = ({ error }: Members): ErrorXml.ErrorDocument | undefined =>
  isObject(error) &&
  typeof error["code"] === "string" &&
  /^[A-Z][A-Za-z0-9]{5,60}$/.test(error["code"]) &&
  typeof error["message"] === "string" &&
  /\sRequestId:[\w-]{20,40}\s/.test(error["message"])
    ? { code: error["code"], message: error["message"], extra: {} }
    : undefined

/**
 * `{"success":false,"errors":[{"code":10042,"message":"… R2 …"}]}`: an error from Cloudflare's REST API that concerns R2.
 */
const ofCloudflare = ({ errors, success }: Members): ErrorXml.ErrorDocument | undefined => {
  if (success !== false || !Array.isArray(errors)) return undefined
  const [first]: ReadonlyArray<unknown> = errors
  if (!isObject(first) || typeof first["code"] !== "number" || typeof first["message"] !== "string") return undefined
  const code = r2Codes[String(first["code"])]
  return code !== undefined && /\b(?:R2|bucket|object|key)\b/i.test(first["message"])
    ? { code, message: first["message"], extra: { R2: String(first["code"]) } }
    : undefined
}

const documentOf = (members: ReadonlyMap<string, string>): ErrorXml.ErrorDocument => {
  const { Code = "", HostId, Message = "", RequestId, Resource, ...extra } = Object.fromEntries(members)
  return {
    code: Code,
    message: Message,
    ...(RequestId === undefined ? {} : { requestId: RequestId }),
    ...(HostId === undefined ? {} : { hostId: HostId }),
    ...(Resource === undefined ? {} : { resource: Resource }),
    extra,
  }
}
