/**
 * Extracts the data that the rules need from an exchange with Frame.io: the call, its contents and the response.
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

/** The calls that a client can send to the C2C API. The value `other` represents any other path. */
export type Call = "code" | "poll" | "refresh" | "token" | "revoke" | "health" | "create" | "parts" | "device" | "other"

/**
 * The data that the rules read from an exchange. A field is `undefined` if the exchange does not show its value. No field
 * contains a secret.
 */
export interface C2cFacts {
  readonly exchange: Exchange
  /** Whether the exchange contains more of the request than its URL. */
  readonly hasRequest: boolean
  readonly method: string | undefined
  readonly url: URL | undefined
  /** This field is `undefined` if the exchange does not contain a request. */
  readonly call: Call | undefined
  readonly header: (name: string) => string | undefined
  /** The fields of the body by name, regardless of the body's format. The values can be strings, numbers or lists. */
  readonly sent: Readonly<Record<string, unknown>>
  /** The path of a field. */
  readonly at: (name: string) => string
  readonly encoding: "json" | "form" | "multipart" | "none"
  readonly status: number
  readonly payload: Payload.Payload
  /** Whether the response must have come from Frame.io itself. */
  readonly isOwn: boolean
  readonly isPage: boolean
  readonly answerHeader: (name: string) => string | undefined
  /** The time at which the bearer token expires, in epoch milliseconds, if the token states it. */
  readonly tokenEnds: number | undefined
  /** The server's time or, if the response does not state it, the local time, in epoch milliseconds. */
  readonly now: number | undefined
  readonly isFrameio: boolean
  /** Whether an asset may have been created even though the response to the creation request was lost. */
  readonly isLostCreation: boolean
}

/** Returns whether a device uses the call to sign in. */
export const isSignIn = ({ call }: Pick<C2cFacts, "call">): boolean =>
  call === "code" || call === "poll" || call === "refresh" || call === "token" || call === "revoke"

/** The grant types that Frame.io accepts. */
export const grants = { device: deviceGrant, refresh: "refresh_token" } as const

/** Extracts the data that the rules need from a redacted exchange. Never throws. */
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

/** Error keys that only Frame.io uses. */
const words: ReadonlySet<string> = new Set(
  Rows.rows.flatMap((row) => ("key" in row && /^[A-Z]/.test(row.key) ? [row.key] : [])),
)

/** Returns whether the path belongs to the C2C API. */
const isFrameioCall = (url: URL | undefined): boolean =>
  /^\/v2\/(?:auth\/(?:device\/code|token|revoke)|devices?|assets)(?:\/|$)/.test(url?.pathname ?? "")

/**
 * Returns whether the payload contains an error key that only Frame.io uses, or states the error in three places, as Frame.io
 * does.
 */
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

/** Reads the fields in the body of a request, and the encoding of the body. */
export const readBody = (exchange: Exchange): Pick<C2cFacts, "at" | "encoding" | "sent"> => {
  const { encoding, fields } = OAuth.requestFields(exchange, undefined)
  return {
    encoding: encoding === "query" ? "none" : encoding,
    sent: Object.fromEntries(fields.map(({ name, sent }) => [name, sent])),
    at: (name) => fields.find((one) => one.name === name)?.at ?? `request.body.${name}`,
  }
}

/** Returns the value of a field as a number, from either JSON or a form. */
export const numberOf = ({ sent }: C2cFacts, name: string): number | undefined => {
  const value = Object.hasOwn(sent, name) ? sent[name] : undefined
  if (typeof value === "number") return value
  return typeof value === "string" && /^-?\d+(?:\.\d+)?$/.test(value) ? Number(value) : undefined
}

/** A field as a text. */
export const textOf = ({ sent }: C2cFacts, name: string): string | undefined => {
  const value = Object.hasOwn(sent, name) ? sent[name] : undefined
  return typeof value === "string" ? value : undefined
}
