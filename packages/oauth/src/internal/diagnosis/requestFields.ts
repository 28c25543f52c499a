/**
 * Reads the fields of a request to a sign-in server in any encoding, and determines the purpose of the request.
 */
import { type Exchange, isFile } from "@holdfast/diagnosis/Exchange"
import * as Exchanges from "@holdfast/diagnosis/Exchange"
import { deviceGrant } from "../../DeviceCode.ts"

/** A field of the request and its location. */
export interface Field {
  readonly name: string
  readonly value: string
  /** The value as it was sent. In JSON, a value can also be a number or a list. */
  readonly sent: unknown
  readonly at: string
  /** The properties that redaction recorded for a client secret in JWT format. */
  readonly notes?: string
}

/** The encoding of the fields. */
export type Encoding = "form" | "multipart" | "json" | "query" | "none"

/** The fields and their encoding. */
export interface RequestFields {
  readonly encoding: Encoding
  readonly fields: ReadonlyArray<Field>
}

/** The purpose of a request. `authorize` is a request to the page on which the user signs in. */
export type Purpose = "code" | "poll" | "refresh" | "exchange" | "other grant" | "token" | "authorize" | "resource"

/** Reads the fields of a request from its body, or from its query if the body does not contain fields. */
export const read = (exchange: Exchange, url: URL | undefined): RequestFields => {
  const { encoding, fields } = readAll(exchange, url)
  return { encoding, fields: fields.map(split).map(spelled) }
}

/** Replaces the names that TikTok and WeChat use for the client id with `client_id`. */
const spelled = (field: Field): Field =>
  field.name === "client_key" || field.name === "appid" ? { ...field, name: "client_id" } : field

/** Splits a redacted client secret into its redaction mark and the properties that are recorded after the mark. */
const split = (field: Field): Field => {
  const end = field.name === "client_secret" && field.value.startsWith("[hidden-") ? field.value.indexOf("]; ") : -1
  return end < 0 ? field : { ...field, value: field.value.slice(0, end + 1), notes: field.value.slice(end + 1) }
}

const readAll = ({ request }: Exchange, url: URL | undefined): RequestFields => {
  if (request?.form !== undefined) {
    const fields = request.form.flatMap((part, index) =>
      isFile(part) ? [] : [{ name: part.name, value: part.value, sent: part.value, at: `request.form[${index}]` }],
    )
    return { encoding: "multipart", fields }
  }
  const body = request?.body?.trim() ?? ""
  const json = parse(body)
  if (json !== undefined) {
    const fields = Object.entries(json).map(([name, value]) => ({
      name,
      value: typeof value === "string" ? value : (written(value) ?? ""),
      sent: value,
      at: `request.body.${name}`,
    }))
    return { encoding: "json", fields }
  }
  if (/^[\w.~%+-]+=[^\s<>]*$/.test(body)) return { encoding: "form", fields: pairs(body, "request.body.") }
  const query = pairs(url?.search.replace(/^\?/, "") ?? "", "request.url?")
  if (query.length > 0) return { encoding: "query", fields: query }
  const type = Exchanges.header(request?.headers ?? {}, "content-type") ?? ""
  return { encoding: encodings.find(([pattern]) => pattern.test(type))?.[1] ?? "none", fields: [] }
}

const encodings: ReadonlyArray<readonly [RegExp, Encoding]> = [
  [/multipart\//i, "multipart"],
  [/json/i, "json"],
  [/x-www-form-urlencoded/i, "form"],
]

/**
 * Splits the text at each `&`, because the time that Node needs to parse text without `=` grows faster than linearly. The `&`
 * that is added before each pair also preserves a `?` at the start of a name.
 */
const pairs = (text: string, at: string): ReadonlyArray<Field> =>
  text
    .split("&")
    .flatMap((pair) => [...new URLSearchParams(`&${pair}`)])
    .map(([name, value]) => ({ name, value, sent: value, at: at + name }))

const parse = (body: string): Readonly<Record<string, unknown>> | undefined => {
  if (!body.startsWith("{")) return undefined
  try {
    const json: unknown = JSON.parse(body)
    return typeof json === "object" && json !== null ? { ...json } : undefined
  } catch {
    return undefined
  }
}

/**
 * The paths that providers use for token endpoints, device code endpoints, polls, sign-in pages and revocation endpoints.
 */
const paths = {
  poll: /\/oauth\/device\/token\/?$|\/device\/login_status\/?$/i,
  token:
    /\/(?:(?:get_|request_)?token(?:\/v\d)?|oauth_token|access_?token|tokens\/bearer|token\.oauth2|oauth\.v2\.access|oauth\.access|oauth2\.access|openid\.connect\.token)\/?$/i,
  code: /\/(?:authorize_device|device(?:\/(?:code|auth|login)|_?code|_?authorization(?:\/(?:code|device))?)|deviceauthorization|auth\/device)\/?$/i,
  authorize: /\/(?:authorize|openid-connect\/auth|oauth2?\/(?:v\d(?:\.\d)?\/)?auth(?:orization)?|dialog\/oauth)\/?$/i,
  other: /\/(?:revoke|revocation|introspect|introspection)\/?$/i,
} as const

/** Whether a path belongs to a page on which the user signs in. */
export const isSignInPath = (path: string): boolean => paths.authorize.test(path)

/** Whether the request has the fields of a request to a sign-in page, regardless of its path (RFC 6749, section 4.1.1). */
const isSignIn = (field: (name: string) => Field | undefined): boolean =>
  ["response_type", "client_id"].every((name) => field(name) !== undefined)

/** Determines the purpose of a request from its grant, or from its path if the grant is not sufficient. */
export const purposeOf = (url: URL | undefined, field: (name: string) => Field | undefined): Purpose => {
  // Amazon Cognito's own API.
  if (/^REFRESH_TOKEN(?:_AUTH)?$/.test(field("AuthFlow")?.value ?? "")) return "refresh"
  if (field("AuthFlow") !== undefined) return "other grant"
  const grant = field("grant_type")?.value
  const path = url?.pathname ?? ""
  if (grant === "refresh_token") return "refresh"
  if (grant === deviceGrant || (grant === undefined && field("device_code") !== undefined)) return "poll"
  if (grant === "authorization_code") return "exchange"
  if (grant !== undefined) return "other grant"
  // The tokens of image registries (distribution.github.io, "Token Authentication Specification").
  if (field("service") !== undefined && field("client_id") === undefined) return "resource"
  if (paths.poll.test(path)) return "poll"
  if (field("refresh_token") !== undefined && paths.token.test(path)) return "refresh"
  if (field("code") !== undefined && paths.token.test(path)) return "exchange"
  if (paths.code.test(path)) return "code"
  if (paths.authorize.test(path) || isSignIn(field)) return "authorize"
  return paths.token.test(path) || paths.other.test(path) ? "token" : "resource"
}

/** Serializes a value as JSON; returns `undefined` if the value is nested too deeply. */
export const written = (value: unknown): string | undefined => {
  try {
    return JSON.stringify(value)
  } catch {
    return undefined
  }
}
