/**
 * An exchange with an OAuth server as its rules read it: what was asked, with which fields, and which error was named.
 */
import { type Exchange, isFile, timeOf } from "@holdfast/diagnosis/Exchange"
import * as Exchanges from "@holdfast/diagnosis/Exchange"
import * as Portal from "@holdfast/http/Portal"
import * as RetryHint from "@holdfast/http/RetryHint"
import type { Dialect } from "../../Dialect.ts"

/** A field of the request, and where it stands. */
export interface Field {
  readonly name: string
  readonly value: string
  readonly at: string
}

/** How the fields were sent. */
export type Encoding = "form" | "multipart" | "json" | "query" | "none"

/** What a request asks for. */
export type Purpose = "code" | "poll" | "refresh" | "exchange" | "other grant" | "token" | "resource"

/** What the server said. */
export interface Answer {
  readonly status: number
  /** The name of the error, empty where the server gave none. */
  readonly error: string
  readonly description: string
  /** Where the name stands. */
  readonly at: string
  readonly form: "simple" | "detailed" | "none"
  /** Seconds. */
  readonly interval: number | undefined
  readonly header: (name: string) => string | undefined
  readonly isPage: boolean
  readonly body: string
}

/** The facts. */
export interface OAuthFacts {
  readonly exchange: Exchange
  readonly hasRequest: boolean
  readonly method: string | undefined
  readonly url: URL | undefined
  readonly header: (name: string) => string | undefined
  readonly encoding: Encoding
  readonly fields: ReadonlyArray<Field>
  readonly field: (name: string) => Field | undefined
  /** `undefined` without a request. */
  readonly purpose: Purpose | undefined
  /** The dialect of the provider, if it has one. The provider's package has the rules for it. */
  readonly dialect: Dialect | undefined
  readonly answer: Answer
  /** The time by the server's clock, or the local one, in milliseconds of the epoch. */
  readonly now: number | undefined
  /** When the bearer token ends, in milliseconds of the epoch, where it says so. */
  readonly tokenEnds: number | undefined
}

/** The grant of RFC 8628. */
export const deviceGrant = "urn:ietf:params:oauth:grant-type:device_code"

/** Reads the facts out of an exchange that has been redacted. Total. */
export const read = (exchange: Exchange, dialects: ReadonlyArray<Dialect> = []): OAuthFacts => {
  const { request, response } = exchange
  const header = (name: string) => Exchanges.header(request?.headers ?? {}, name)
  const url = request?.url !== undefined && URL.canParse(request.url) ? new URL(request.url) : undefined
  const { encoding, fields } = readFields(exchange, header, url)
  const field = (name: string) => fields.find((one) => one.name === name)
  const date = Exchanges.header(response?.headers ?? {}, "date")
  const ends = /; exp=(\d+)$/.exec(header("authorization") ?? "")?.[1]
  return {
    exchange,
    hasRequest: request !== undefined,
    method: request?.method?.toUpperCase(),
    url,
    header,
    encoding,
    fields,
    field,
    purpose: request === undefined ? undefined : purposeOf(url, field),
    dialect: dialects.find(({ speaks }) => speaks(exchange)),
    answer: readAnswer(exchange),
    now: RetryHint.httpDate(date ?? "") ?? timeOf(exchange),
    tokenEnds: ends === undefined ? undefined : Number(ends) * 1000,
  }
}

const readFields = (
  { request }: Exchange,
  header: OAuthFacts["header"],
  url: URL | undefined,
): { readonly encoding: Encoding; readonly fields: ReadonlyArray<Field> } => {
  if (request?.form !== undefined) {
    const fields = request.form.flatMap((part, index) =>
      isFile(part) ? [] : [{ name: part.name, value: part.value, at: `request.form[${index}]` }],
    )
    return { encoding: "multipart", fields }
  }
  const body = request?.body?.trim() ?? ""
  const json = parse(body)
  if (isObject(json)) {
    const fields = Object.entries(json).map(([name, value]) => ({
      name,
      value: typeof value === "string" ? value : JSON.stringify(value),
      at: `request.body.${name}`,
    }))
    return { encoding: "json", fields }
  }
  if (/^[\w.~%+-]+=[^\s<>]*$/.test(body)) return { encoding: "form", fields: pairs(body, "request.body.") }
  const query = pairs(url?.search.replace(/^\?/, "") ?? "", "request.url?")
  if (query.length > 0) return { encoding: "query", fields: query }
  return {
    encoding: encodings.find(([pattern]) => pattern.test(header("content-type") ?? ""))?.[1] ?? "none",
    fields: [],
  }
}

const encodings: ReadonlyArray<readonly [RegExp, Encoding]> = [
  [/multipart\//i, "multipart"],
  [/json/i, "json"],
  [/x-www-form-urlencoded/i, "form"],
]

const pairs = (text: string, at: string): ReadonlyArray<Field> =>
  text === "" ? [] : [...new URLSearchParams(text)].map(([name, value]) => ({ name, value, at: at + name }))

/** Paths of token endpoints, of the endpoints that give device codes, and of those that end tokens, as providers have them. */
const paths = {
  token: /\/(?:oauth2?\/)?(?:v\d+(?:\.\d+)?\/)?(?:token|access_token|oauth\/token)\/?$/i,
  code: /\/(?:device(?:\/(?:code|auth)|_?code|_?authorization(?:\/(?:code|device))?)|deviceauthorization|auth\/device)\/?$/i,
  other: /\/(?:revoke|revocation|introspect|introspection)\/?$/i,
} as const

const purposeOf = (url: URL | undefined, field: OAuthFacts["field"]): Purpose => {
  const grant = field("grant_type")?.value
  const path = url?.pathname ?? ""
  if (grant === "refresh_token") return "refresh"
  if (grant === deviceGrant || (grant === undefined && field("device_code") !== undefined)) return "poll"
  if (grant === "authorization_code") return "exchange"
  if (grant !== undefined) return "other grant"
  if (field("refresh_token") !== undefined && paths.token.test(path)) return "refresh"
  if (paths.code.test(path)) return "code"
  return paths.token.test(path) || paths.other.test(path) ? "token" : "resource"
}

const readAnswer = ({ response }: Exchange): Answer => {
  const header = (name: string) => Exchanges.header(response?.headers ?? {}, name)
  const body = response?.body ?? ""
  const isPage = Portal.isHtml({ body, headers: { "content-type": header("content-type") ?? "" } })
  return {
    status: response?.status ?? 0,
    form: "none",
    error: "",
    description: "",
    at: "response.status",
    interval: undefined,
    header,
    isPage,
    body,
    ...(payload(body) ?? (isPage ? onPage(body) : undefined) ?? challenge(header("www-authenticate") ?? "")),
  }
}

type Said = Pick<Answer, "at" | "description" | "error"> & Partial<Answer>

const payload = (body: string): Said | undefined => {
  const json = parse(body)
  if (!isObject(json)) return encodedPayload(body)
  // Google names the pace of codes so.
  const error = own(json, "error") ?? own(json, "error_code")
  const interval = own(json, "interval")
  if (typeof error === "string" && error !== "") {
    return {
      error,
      description: text(own(json, "error_description")),
      at: "response.body.error",
      form: "simple",
      interval: typeof interval === "number" && interval > 0 ? interval : undefined,
    }
  }
  const message = text(own(json, "message"))
  const errors = own(json, "errors")
  const first: unknown = Array.isArray(errors) ? errors[0] : undefined
  if (message === "" || (!isObject(first) && typeof own(json, "code") !== "number")) return undefined
  return {
    error: message,
    description: isObject(first) ? text(own(first, "detail")) : "",
    at: "response.body.message",
    form: "detailed",
  }
}

/** GitHub answers as a form unless asked for JSON. */
const encodedPayload = (body: string): Said | undefined => {
  if (!/^(?:[\w.]+=[^\s&<>]*&)*error=[^\s<>]+$/.test(body.trim()) && !/^error=[^\s<>]+$/.test(body.trim()))
    return undefined
  const values = new URLSearchParams(body.trim())
  return {
    error: values.get("error") ?? "",
    description: values.get("error_description") ?? "",
    at: "response.body.error",
    form: "simple",
  }
}

/** The names of errors of RFC 6749, 6750, 7009 and 8628. */
export const known: ReadonlySet<string> = new Set([
  "access_denied",
  "authorization_pending",
  "expired_token",
  "insufficient_scope",
  "invalid_client",
  "invalid_grant",
  "invalid_request",
  "invalid_scope",
  "invalid_token",
  "server_error",
  "slow_down",
  "temporarily_unavailable",
  "unauthorized_client",
  "unsupported_grant_type",
  "unsupported_token_type",
])

/** A page that an OAuth server wrote has the same name in it. */
const onPage = (body: string): Said | undefined => {
  const error = body.match(/\b[a-z]+_[a-z_]+\b/g)?.find((word) => known.has(word))
  return error === undefined ? undefined : { error, description: "", at: "response.body" }
}

/** A refusal of a bearer token says so in its header (RFC 6750, section 3). */
const challenge = (header: string): Said | undefined => {
  const error = /\berror="?([\w.-]+)"?/i.exec(header)?.[1]
  if (error === undefined) return undefined
  return {
    error,
    description: /error_description="([^"]*)"/i.exec(header)?.[1] ?? "",
    at: "response.headers.www-authenticate",
    form: "simple",
  }
}

const parse = (body: string): unknown => {
  if (!/^\s*\{/.test(body)) return undefined
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}

const isObject = (u: unknown): u is Readonly<Record<string, unknown>> =>
  typeof u === "object" && u !== null && !Array.isArray(u)

const own = (json: Readonly<Record<string, unknown>>, name: string): unknown =>
  Object.hasOwn(json, name) ? json[name] : undefined

const text = (u: unknown): string => (typeof u === "string" ? u : "")
