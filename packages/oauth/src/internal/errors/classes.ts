/**
 * The classes of OAuth errors. `rows.ts` maps responses to classes and verdicts.
 */
import * as Schema from "effect/Schema"
import { VerdictSchema } from "@holdfast/core/VerdictSchema"

/**
 * The fields that all OAuth errors share.
 *
 * **Details**
 *
 * `status` is 0 if the error was not reported by a response. `code` is the server's error code, or an empty string if there
 * is no error code. `description` is the server's message for developers. `interval` is the polling interval in seconds that
 * some servers send along with `slow_down`.
 */
export const fields = {
  verdict: VerdictSchema,
  code: Schema.String,
  status: Schema.Number,
  description: Schema.optionalKey(Schema.String),
  interval: Schema.optionalKey(Schema.Number),
}

/** The fields of an OAuth error without its verdict. */
export interface Fields {
  readonly code: string
  readonly status: number
  readonly description?: string
  readonly interval?: number
}

const sentence = (what: string, { code, description, status }: Fields): string => {
  // Status 0 means that no response stated the error, so printing its code and status would be misleading.
  const said = status === 0 ? "" : ` (${code === "" ? "" : `${code}, `}status ${status})`
  return what + said + (description === undefined ? "" : `: ${description}`)
}

/** The code has not been approved yet, so the client must keep polling. */
export class AuthorizationPending extends Schema.TaggedError<AuthorizationPending>()("AuthorizationPending", fields) {
  override get message() {
    return sentence("The code has not been approved yet", this)
  }
}

/** Too many requests. While the client is polling, each `SlowDown` permanently increases the interval by 5 s. */
export class SlowDown extends Schema.TaggedError<SlowDown>()("SlowDown", fields) {
  override get message() {
    return sentence("The client is sending too many requests", this)
  }
}

/** The person declined. */
export class AccessDenied extends Schema.TaggedError<AccessDenied>()("AccessDenied", fields) {
  override get message() {
    return sentence("The sign-in was declined", this)
  }
}

/** The device code has expired, so a new code is needed. */
export class ExpiredToken extends Schema.TaggedError<ExpiredToken>()("ExpiredToken", fields) {
  override get message() {
    return sentence("The code expired before it was approved", this)
  }
}

/** The device code or refresh token is unknown, has already been used, has expired, or belongs to another client. */
export class InvalidGrant extends Schema.TaggedError<InvalidGrant>()("InvalidGrant", fields) {
  override get message() {
    return sentence("The server does not accept the code or refresh token", this)
  }
}

/** A malformed request. Some providers send this error for a refresh token that has already been used. */
export class InvalidRequest extends Schema.TaggedError<InvalidRequest>()("InvalidRequest", fields) {
  override get message() {
    return sentence("The server cannot parse the request", this)
  }
}

/** The client id or secret is wrong. */
export class InvalidClient extends Schema.TaggedError<InvalidClient>()("InvalidClient", fields) {
  override get message() {
    return sentence("The server does not recognize this client id and secret", this)
  }
}

/** The server does not accept the version of this program. */
export class InvalidClientVersion extends Schema.TaggedError<InvalidClientVersion>()("InvalidClientVersion", fields) {
  override get message() {
    return sentence("The server does not accept the version of this program", this)
  }
}

/** The client is not allowed to send this request, or its credentials have expired. */
export class UnauthorizedClient extends Schema.TaggedError<UnauthorizedClient>()("UnauthorizedClient", fields) {
  override get message() {
    return sentence("The client is not authorized", this)
  }
}

/** The server does not support this grant type. */
export class UnsupportedGrantType extends Schema.TaggedError<UnsupportedGrantType>()("UnsupportedGrantType", fields) {
  override get message() {
    return sentence("The server does not support this grant type", this)
  }
}

/** The server does not revoke tokens of this type. */
export class UnsupportedTokenType extends Schema.TaggedError<UnsupportedTokenType>()("UnsupportedTokenType", fields) {
  override get message() {
    return sentence("The server does not revoke tokens of this type", this)
  }
}

/** The scope is unknown or malformed, or it exceeds the granted scope. */
export class InvalidScope extends Schema.TaggedError<InvalidScope>()("InvalidScope", fields) {
  override get message() {
    return sentence("The server does not grant this scope", this)
  }
}

/**
 * The user has to sign in again, use a second factor, give consent, or ask an administrator to change a policy or an account.
 */
export class InteractionRequired extends Schema.TaggedError<InteractionRequired>()("InteractionRequired", fields) {
  override get message() {
    return sentence("The server requires a person", this)
  }
}

/** The endpoint was not found, or an intermediary reported that it was not found. */
export class NotFound extends Schema.TaggedError<NotFound>()("NotFound", fields) {
  override get message() {
    return sentence("The endpoint was not found", this)
  }
}

/** The server failed while handling the request. */
export class ServerError extends Schema.TaggedError<ServerError>()("ServerError", fields) {
  override get message() {
    return sentence("The server failed", this)
  }
}

/** The server is overloaded or down for maintenance, and it did not handle the request. */
export class TemporarilyUnavailable extends Schema.TaggedError<TemporarilyUnavailable>()(
  "TemporarilyUnavailable",
  fields,
) {
  override get message() {
    return sentence("The server is temporarily unavailable", this)
  }
}

/** An intermediary in front of the server lost the response, so it is unknown whether the server handled the request. */
export class GatewayFailure extends Schema.TaggedError<GatewayFailure>()("GatewayFailure", fields) {
  override get message() {
    return sentence("A gateway did not receive a response from the server", this)
  }
}

/** Any error that the table does not list. */
export class UnknownOAuthError extends Schema.TaggedError<UnknownOAuthError>()("UnknownOAuthError", fields) {
  override get message() {
    return sentence("The server returned an error that OAuth does not define", this)
  }
}
