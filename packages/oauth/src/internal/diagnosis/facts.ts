/**
 * An exchange with an OAuth server as its rules read it: what was asked, with which fields, and which error was named.
 */
import { type Exchange, isFile, timeOf } from "@holdfast/diagnosis/Exchange"
import * as Exchanges from "@holdfast/diagnosis/Exchange"
import * as Portal from "@holdfast/http/Portal"
import * as RetryHint from "@holdfast/http/RetryHint"
import { deviceGrant } from "../../DeviceCode.ts"
import type { Dialect } from "../../Dialect.ts"
import * as Rows from "../errors/rows.ts"
import * as ErrorPayload from "../wire/errorPayload.ts"
import * as ErrorWords from "../wire/errorWords.ts"
import { tokenEnds } from "./vocabulary.ts"

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
export interface OAuthAnswer {
  readonly status: number
  /** The name of the error, as the table spells it if it lists the name; empty if the server gave none. */
  readonly error: string
  /** The name as the server wrote it. */
  readonly written: string
  readonly description: string
  /** Where the name stands. */
  readonly at: string
  readonly form: ErrorPayload.ErrorPayload["form"]
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
  readonly answer: OAuthAnswer
  /** The time by the server's clock, or the local one, in milliseconds of the epoch. */
  readonly now: number | undefined
  /** When the bearer token ends, in milliseconds of the epoch, where it says so. */
  readonly tokenEnds: number | undefined
}

/** Reads the facts out of exchanges that have been redacted, with the errors of some dialects. Total. */
export const reader = (dialects: ReadonlyArray<Dialect>): ((exchange: Exchange) => OAuthFacts) => {
  const standard = ErrorWords.make(Rows.rows)
  const words = new Map(dialects.map((dialect) => [dialect, ErrorWords.make(Rows.rowsOf(dialect))]))
  return (exchange) => {
    const dialect = dialects.find(({ speaks }) => speaks(exchange))
    return read(exchange, dialect, (dialect && words.get(dialect)) ?? standard)
  }
}

const read = (exchange: Exchange, dialect: Dialect | undefined, words: ErrorWords.Words): OAuthFacts => {
  const { request, response } = exchange
  const header = (name: string) => Exchanges.header(request?.headers ?? {}, name)
  const url = request?.url !== undefined && URL.canParse(request.url) ? new URL(request.url) : undefined
  const { encoding, fields } = readFields(exchange, header, url)
  const field = (name: string) => fields.find((one) => one.name === name)
  const purpose = request === undefined ? undefined : purposeOf(url, field)
  const date = Exchanges.header(response?.headers ?? {}, "date")
  return {
    exchange,
    hasRequest: request !== undefined,
    method: request?.method?.toUpperCase(),
    url,
    header,
    encoding,
    fields,
    field,
    purpose,
    dialect,
    answer: readAnswer(exchange, purpose, words),
    now: RetryHint.httpDate(date ?? "") ?? timeOf(exchange),
    tokenEnds: tokenEnds(exchange),
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

const readAnswer = ({ response }: Exchange, purpose: Purpose | undefined, words: ErrorWords.Words): OAuthAnswer => {
  const header = (name: string) => Exchanges.header(response?.headers ?? {}, name)
  const body = response?.body ?? ""
  const isPage = Portal.isHtml({ body, headers: response?.headers ?? {} })
  const payload = ErrorPayload.read(body, words)
  // Redaction closes the string that a truncated body ends in, so a name that no table lists may be the beginning of one.
  const isCut = !payload.isWhole && words.find({ error: payload.key }) === undefined
  const isEndpoint = purpose !== undefined && purpose !== "resource"
  const said =
    (isCut ? undefined : isEndpoint ? ofEndpoint(payload) : ofResource(payload)) ??
    unlisted(body) ??
    (isPage ? onPage(body) : undefined) ??
    challenge(header("www-authenticate") ?? "")
  return {
    status: response?.status ?? 0,
    form: payload.form === "unanswered" ? payload.form : "none",
    error: "",
    description: "",
    at: "response.status",
    interval: undefined,
    header,
    isPage,
    body,
    ...said,
    written: said?.written ?? said?.error ?? "",
  }
}

type Said = Pick<OAuthAnswer, "at" | "description" | "error"> & Partial<OAuthAnswer>

/** The error of an OAuth endpoint. A lone `message` may be that of a gateway, so it counts only if a table lists it. */
const ofEndpoint = (payload: ErrorPayload.ErrorPayload): Said | undefined => {
  const { at, description = "", form, interval, isMarked, key, written } = payload
  if (key === undefined || written === undefined || at === undefined) return undefined
  if (form === "detailed" && !isMarked && !listed.has(key)) return undefined
  return { error: key, written, description, at: `response.body.${at}`, form, interval }
}

/** The error of any API. Other APIs use the names of OAuth in other places and spellings, so only OAuth's own count. */
const ofResource = (payload: ErrorPayload.ErrorPayload): Said | undefined =>
  payload.at === "error" || (payload.at === "message" && payload.isMarked)
    ? ofEndpoint({ ...payload, ...(payload.written === undefined ? {} : { key: payload.written }) })
    : undefined

const listed: ReadonlySet<string> = new Set(Rows.rows.flatMap((row) => ("key" in row ? [row.key] : [])))

/** Google names the pace of codes in `error_code`. */
const unlisted = (body: string): Said | undefined => {
  const error = ErrorPayload.unlisted(body)
  return error === undefined ? undefined : { error, description: "", at: "response.body.error_code", form: "simple" }
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
