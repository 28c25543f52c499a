/**
 * The table of OAuth errors: RFC 6749, RFC 7009 and RFC 8628, Frame.io's detailed payload, and the words of providers that
 * chose their own.
 */
import * as ErrorTable from "@holdfast/core/ErrorTable"
import * as Verdict from "@holdfast/core/Verdict"
import * as Schema from "effect/Schema"
import type { HttpAnswer } from "@holdfast/http/HttpAnswer"
import * as RetryAfter from "@holdfast/http/RetryAfter"
import { scrub } from "./internal/scrub.ts"
import * as Errors from "./OAuthErrors.ts"

const human = { change: "human" } as const
const throttled = { pace: "throttled" } as const

const table = ErrorTable.make<Errors.Fields>()({
  system: "oauth",
  classes: {
    AuthorizationPending: Errors.AuthorizationPending,
    SlowDown: Errors.SlowDown,
    AccessDenied: Errors.AccessDenied,
    ExpiredToken: Errors.ExpiredToken,
    InvalidGrant: Errors.InvalidGrant,
    InvalidRequest: Errors.InvalidRequest,
    InvalidClient: Errors.InvalidClient,
    InvalidClientVersion: Errors.InvalidClientVersion,
    UnauthorizedClient: Errors.UnauthorizedClient,
    UnsupportedGrantType: Errors.UnsupportedGrantType,
    UnsupportedTokenType: Errors.UnsupportedTokenType,
    InvalidScope: Errors.InvalidScope,
    NotFound: Errors.NotFound,
    ServerError: Errors.ServerError,
    TemporarilyUnavailable: Errors.TemporarilyUnavailable,
    GatewayFailure: Errors.GatewayFailure,
    UnknownOAuthError: Errors.UnknownOAuthError,
  },
  unknown: "UnknownOAuthError",
  rows: [
    // RFC 8628 section 3.5
    {
      class: "AuthorizationPending",
      key: "authorization_pending",
      status: 400,
      verdict: Verdict.always(human),
      description: "Nobody has approved the code yet: poll again after the interval.",
    },
    {
      class: "SlowDown",
      key: "slow_down",
      status: 400,
      verdict: Verdict.always(throttled),
      description: "Polling too fast: the interval grows by 5 s for good.",
    },
    {
      class: "AccessDenied",
      key: "access_denied",
      status: 400,
      // Asking again would turn a clear answer into `invalid_grant`: servers say it one time only.
      verdict: Verdict.never(human),
      description: "The person declined.",
    },
    {
      class: "ExpiredToken",
      key: "expired_token",
      status: 400,
      verdict: Verdict.never(human),
      description: "The device code has expired: request a new one when the person is ready.",
    },
    // RFC 6749 section 5.2
    {
      class: "InvalidRequest",
      key: "invalid_request",
      status: 400,
      verdict: Verdict.once(),
      description: "The request is malformed; while refreshing, Frame.io means a spent refresh token.",
    },
    {
      class: "InvalidClient",
      key: "invalid_client",
      status: 401,
      verdict: Verdict.never(human),
      description: "The client id or secret is wrong. Frame.io sends it with status 400.",
    },
    {
      class: "InvalidGrant",
      key: "invalid_grant",
      status: 400,
      verdict: Verdict.never(human),
      description: "The device code or refresh token is unknown, used, expired, or another client's.",
    },
    {
      class: "UnauthorizedClient",
      key: "unauthorized_client",
      status: 400,
      verdict: Verdict.never(human),
      description: "This client may not use this grant. Frame.io sends it with status 401.",
    },
    {
      class: "UnsupportedGrantType",
      key: "unsupported_grant_type",
      status: 400,
      verdict: Verdict.never(human),
      description: "The server does not offer the device flow, or no refresh.",
    },
    {
      class: "InvalidScope",
      key: "invalid_scope",
      status: 400,
      verdict: Verdict.never(human),
      description: "The scope is unknown, malformed, or more than was granted.",
    },
    // RFC 6749 section 4.1.2.1 and RFC 7009 section 2.2.1
    {
      class: "ServerError",
      key: "server_error",
      status: 500,
      verdict: Verdict.once(),
      description: "The server failed while it handled the request.",
    },
    {
      class: "TemporarilyUnavailable",
      key: "temporarily_unavailable",
      status: 503,
      verdict: Verdict.always(throttled),
      description: "The server is overloaded or down for maintenance.",
    },
    {
      class: "UnsupportedTokenType",
      key: "unsupported_token_type",
      status: 400,
      verdict: Verdict.never(),
      description: "The server does not revoke tokens of this type.",
    },
    // Frame.io
    {
      class: "UnauthorizedClient",
      key: "Not Authorized",
      status: 401,
      form: "detailed",
      verdict: Verdict.never(human),
      description: "The credentials are no longer valid (Frame.io).",
    },
    {
      class: "InvalidClientVersion",
      key: "Invalid client version",
      status: 400,
      verdict: Verdict.never(human),
      description: "`x-client-version` is missing, doubled, or no semantic version (Frame.io).",
    },
    // Words that other providers chose
    {
      class: "InvalidGrant",
      key: "token_inactive",
      status: 401,
      verdict: Verdict.never(human),
      description: "A refresh token was used a second time (Ory Hydra, Frame.io's application flow).",
    },
    {
      class: "InvalidGrant",
      key: "invalid_token",
      status: 401,
      verdict: Verdict.never(human),
      description: "The token is expired, revoked, or malformed (RFC 6750).",
    },
    {
      class: "AccessDenied",
      key: "authorization_declined",
      status: 400,
      verdict: Verdict.never(human),
      description: "The person declined (Microsoft).",
    },
    {
      class: "InvalidGrant",
      key: "bad_verification_code",
      status: 400,
      verdict: Verdict.never(human),
      description: "The device code is not recognized (Microsoft, GitHub).",
    },
    {
      class: "InvalidGrant",
      key: "incorrect_device_code",
      status: 200,
      verdict: Verdict.never(human),
      description: "The device code is not recognized (GitHub, with status 200).",
    },
    {
      class: "InvalidGrant",
      key: "bad_refresh_token",
      status: 200,
      verdict: Verdict.never(human),
      description: "The refresh token is expired or was used (GitHub, with status 200).",
    },
    {
      class: "InvalidClient",
      key: "incorrect_client_credentials",
      status: 200,
      verdict: Verdict.never(human),
      description: "The client id or secret is wrong (GitHub, with status 200).",
    },
    {
      class: "UnauthorizedClient",
      key: "device_flow_disabled",
      status: 200,
      verdict: Verdict.never(human),
      description: "The device flow is not switched on for this client (GitHub, with status 200).",
    },
    // Statuses, for answers without a name
    {
      class: "UnauthorizedClient",
      status: 401,
      verdict: Verdict.never(human),
      description: "The credentials were refused without a word.",
      inferred: true,
    },
    {
      class: "NotFound",
      status: 404,
      verdict: Verdict.always(),
      description: "The endpoint was not found; a box on the way may have said so.",
      inferred: true,
    },
    {
      class: "TemporarilyUnavailable",
      status: 408,
      verdict: Verdict.always(),
      description: "The server has waited too long for the request.",
      inferred: true,
    },
    { class: "SlowDown", status: 429, verdict: Verdict.always(throttled), description: "Too many requests." },
    {
      class: "ServerError",
      status: 500,
      verdict: Verdict.once(),
      description: "The server failed while it handled the request.",
      inferred: true,
    },
    {
      class: "GatewayFailure",
      status: 502,
      verdict: Verdict.always(),
      description: "A gateway got no proper answer from the server.",
      inferred: true,
    },
    {
      class: "TemporarilyUnavailable",
      status: 503,
      verdict: Verdict.always(throttled),
      description: "The server is overloaded or down for maintenance.",
      inferred: true,
    },
    {
      class: "GatewayFailure",
      status: 504,
      verdict: Verdict.always(),
      description: "A gateway waited too long for the server.",
      inferred: true,
    },
    { class: "UnknownOAuthError", verdict: Verdict.once(), description: "Everything else.", inferred: true },
  ],
})

/** What the payload of an answer says, as far as OAuth cares. */
interface Payload {
  readonly key?: string
  readonly form: "simple" | "detailed" | "none"
  readonly description?: string
  readonly interval?: number
}

const nothing: Payload = { form: "none" }

const parse = (body: string): unknown => {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}

// Own properties only: a body may say {"__proto__": …}, and every object has a "constructor".
const own = (value: unknown, key: string): unknown =>
  typeof value === "object" && value !== null && Object.hasOwn(value, key)
    ? (value as Readonly<Record<string, unknown>>)[key]
    : undefined

const text = (value: unknown): string | undefined => (typeof value === "string" && value !== "" ? value : undefined)

const payload = (body: string): Payload => {
  const json = parse(body)
  const error = text(own(json, "error"))
  const detailed = error === undefined ? text(own(json, "message")) : undefined
  const key = error ?? detailed
  if (key === undefined) return nothing
  const errors = own(json, "errors")
  const description =
    text(own(json, "error_description")) ?? text(own(Array.isArray(errors) ? errors[0] : undefined, "detail"))
  const interval = own(json, "interval")
  return {
    key,
    form: error === undefined ? "detailed" : "simple",
    ...(description === undefined ? {} : { description }),
    ...(typeof interval === "number" && Number.isFinite(interval) && interval > 0 ? { interval } : {}),
  }
}

/**
 * The error that an answer means, without the words that are secret.
 *
 * **Details**
 *
 * Some servers repeat what they were sent in `error_description`; `secrets` are the values that were sent.
 */
export const decode = (answer: HttpAnswer, secrets: ReadonlyArray<string>): OAuthError => {
  const { key, form, description, interval } = payload(answer.body)
  return table.decode({
    key,
    form,
    status: answer.status,
    retryAfter: RetryAfter.fromHeaders(answer.headers),
    fields: {
      code: scrub(key ?? "", secrets),
      status: answer.status,
      ...(description === undefined ? {} : { description: scrub(description, secrets) }),
      ...(interval === undefined ? {} : { interval }),
    },
  })
}

/** Whether the body names an error: some providers send one with status 200. */
export const isErrorBody = (body: string): boolean => text(own(parse(body), "error")) !== undefined

/**
 * The OAuth errors: their table, schema and decoder.
 *
 * **Details**
 *
 * `fromResponse` is pure and total: any status, headers and body give an error. The payload comes first, then the status,
 * then `UnknownOAuthError`.
 */
export const OAuthError = {
  ...table,
  match: table.schema.match,
  guards: table.schema.guards,
  isAnyOf: table.schema.isAnyOf,
  isErrorBody,
  fromResponse: (answer: HttpAnswer): OAuthError => decode(answer, []),
}

/** Any of the OAuth errors. */
export type OAuthError = InstanceType<(typeof table.classes)[keyof typeof table.classes]>

/** Whether a value is one of the OAuth errors. */
export const isOAuthError = Schema.is(table.schema)
