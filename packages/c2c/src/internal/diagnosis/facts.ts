/**
 * An exchange with Frame.io as its rules read it: which call it was, what it carried, and what was said of it.
 */
import type { Exchange } from "@holdfast/diagnosis/Exchange"
import * as Http from "@holdfast/http/Diagnosis"
import * as Exchanges from "@holdfast/diagnosis/Exchange"
import * as Portal from "@holdfast/http/Portal"
import { deviceGrant } from "@holdfast/oauth/DeviceCode"
import * as OAuth from "@holdfast/oauth/Diagnosis"
import { isLostBehindGateway } from "../api/creation.ts"
import { isSentToFrameio } from "../api/oauthDialect.ts"
import * as Rows from "../errors/rows.ts"
import * as Payload from "../errors/payload.ts"

/** The calls of the C2C API. `other` is a path that is none of them. */
export type Call = "code" | "poll" | "refresh" | "token" | "revoke" | "health" | "create" | "parts" | "device" | "other"

/** The facts. Whatever is not at hand is `undefined`; nothing here is a secret. */
export interface C2cFacts {
  readonly exchange: Exchange
  /** Whether more of the request was seen than its address. */
  readonly hasRequest: boolean
  readonly method: string | undefined
  readonly url: URL | undefined
  /** `undefined` without a request. */
  readonly call: Call | undefined
  readonly header: (name: string) => string | undefined
  /** The fields of the body, by name, whatever its form: text, numbers, lists. */
  readonly sent: Readonly<Record<string, unknown>>
  /** Where a field stands. */
  readonly at: (name: string) => string
  readonly encoding: "json" | "form" | "multipart" | "none"
  readonly status: number
  readonly payload: Payload.Payload
  /** Whether the answer is one that Frame.io itself must have written. */
  readonly isOwn: boolean
  readonly isPage: boolean
  readonly answerHeader: (name: string) => string | undefined
  /** When the bearer token ends, in milliseconds of the epoch, where it says so. */
  readonly tokenEnds: number | undefined
  /** The time by the server's clock, or the local one, in milliseconds of the epoch. */
  readonly now: number | undefined
  readonly isFrameio: boolean
  /** Whether an asset may have been created although its answer never came. */
  readonly isLostCreation: boolean
}

/** Whether the call is one of those with which a device signs in. */
export const isSignIn = ({ call }: Pick<C2cFacts, "call">): boolean =>
  call === "code" || call === "poll" || call === "refresh" || call === "token" || call === "revoke"

/** The grant types that Frame.io takes. */
export const grants = { device: deviceGrant, refresh: "refresh_token" } as const

/** Reads the facts out of an exchange that has been redacted. Total. */
export const read = (exchange: Exchange): C2cFacts => {
  const { request, response } = exchange
  const header = (name: string) => Exchanges.header(request?.headers ?? {}, name)
  const answerHeader = (name: string) => Exchanges.header(response?.headers ?? {}, name)
  const url = request?.url !== undefined && URL.canParse(request.url) ? new URL(request.url) : undefined
  const body = response?.body ?? ""
  const payload = Payload.read(body)
  const { at, encoding, sent } = readBody(exchange)
  const status = response?.status ?? 0
  const call = request === undefined ? undefined : callOf(url, sent)
  return {
    exchange,
    hasRequest: Exchanges.isRequestSeen(exchange),
    method: request?.method?.toUpperCase(),
    url,
    call,
    header,
    sent,
    at,
    encoding,
    status,
    payload,
    isOwn: payload.form !== "none",
    isPage: Portal.isHtml({ body, headers: response?.headers ?? {} }),
    answerHeader,
    tokenEnds: OAuth.tokenEnds(exchange),
    now: OAuth.timeAt(exchange),
    isFrameio: isSentToFrameio(exchange) || isFrameioCall(url) || isFrameioAnswer(payload, body),
    isLostCreation:
      call === "create" &&
      ((payload.form === "none" && isLostBehindGateway(status)) ||
        (status === 0 && Http.reached(exchange) === "maybe")),
  }
}

/** Words that only Frame.io uses. */
const words: ReadonlySet<string> = new Set(
  Rows.rows.flatMap((row) => ("key" in row && /^[A-Z]/.test(row.key) ? [row.key] : [])),
)

/** Whether the path is one of the API. */
const isFrameioCall = (url: URL | undefined): boolean =>
  /^\/v2\/(?:auth\/(?:device\/code|token|revoke)|devices?|assets)(?:\/|$)/.test(url?.pathname ?? "")

/** Whether the payload has a word of Frame.io, or says the error three times. */
const isFrameioAnswer = ({ form, key }: Payload.Payload, body: string): boolean =>
  (key !== undefined && words.has(key)) ||
  (form === "detailed" && /"title"\s*:/.test(body) && /"errors"\s*:/.test(body))

const calls: ReadonlyArray<readonly [RegExp, Call]> = [
  [/\/device\/code\/?$/, "code"],
  [/\/revoke\/?$/, "revoke"],
  [/\/(?:auth|oauth2)\/token\/?$/, "token"],
  [/^\/health\/?$/, "health"],
  [/\/realtime_upload\/parts\/?$/, "parts"],
  [/^\/v2\/(?:devices\/)?assets\/?$/, "create"],
  [/^\/v2\/devices(?:\/|$)/, "device"],
  [/^\/v2\/assets\/[^/]+\/(?:realtime_upload|comments)/, "device"],
]

const callOf = (url: URL | undefined, sent: C2cFacts["sent"]): Call => {
  const call = calls.find(([pattern]) => pattern.test(url?.pathname ?? ""))?.[1] ?? "other"
  if (call !== "token") return call
  if (sent["grant_type"] === grants.refresh || (sent["grant_type"] === undefined && "refresh_token" in sent))
    return "refresh"
  return "device_code" in sent || sent["grant_type"] === grants.device ? "poll" : "token"
}

/** The fields of the body of a request, and how they were sent. */
export const readBody = (exchange: Exchange): Pick<C2cFacts, "at" | "encoding" | "sent"> => {
  const { encoding, fields } = OAuth.requestFields(exchange, undefined)
  return {
    encoding: encoding === "query" ? "none" : encoding,
    sent: Object.fromEntries(fields.map(({ name, sent }) => [name, sent])),
    at: (name) => fields.find((one) => one.name === name)?.at ?? `request.body.${name}`,
  }
}

/** A field as a number, as JSON and forms write it. */
export const numberOf = ({ sent }: C2cFacts, name: string): number | undefined => {
  const value = Object.hasOwn(sent, name) ? sent[name] : undefined
  if (typeof value === "number") return value
  return typeof value === "string" && /^-?\d+(?:\.\d+)?$/.test(value) ? Number(value) : undefined
}

/** A field as text. */
export const textOf = ({ sent }: C2cFacts, name: string): string | undefined => {
  const value = Object.hasOwn(sent, name) ? sent[name] : undefined
  return typeof value === "string" ? value : undefined
}
