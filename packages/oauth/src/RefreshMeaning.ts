/**
 * Classifies the response to a refresh. Unlike the classification of other responses, this classification depends on whether
 * the refresh token was used up.
 */
import * as Verdict from "@holdfast/core/Verdict"
import type { TransportError } from "@holdfast/http/TransportError"
import type { AnswerUnreadable } from "./AnswerUnreadable.ts"
import type { OAuthError } from "./OAuthError.ts"

/**
 * The next step after a refresh.
 *
 * **Details**
 *
 * - `again`: the tokens are unchanged; resend the same refresh after a delay, with no limit on the number of attempts
 * - `once`: an unexpected response proves that the server did nothing; resend the refresh once; if that fails, the user has
 *   to sign in
 * - `sign-in`: the refresh token is spent; the user has to sign in
 * - `client`: the tokens are untouched, but this program's credentials or settings are wrong and must be corrected
 * - `lost`: the tokens may have been replaced and the new tokens lost; resend the same refresh once, from this process or
 *   another; if that fails, the user has to sign in
 */
export type Next = "again" | "once" | "sign-in" | "client" | "lost"

/** A row of the table: the next step and the reason for it. */
export interface Meaning {
  readonly next: Next
  readonly reason: string
  /** The action that the user must take, if it is more specific than the action in the table `action`. */
  readonly action?: string
}

/**
 * The classification of each error, by error tag. `again` and `once` become `lost` if the server may have executed the
 * refresh; see `of`.
 */
export const table: { readonly [Tag in OAuthError["_tag"]]: Meaning } = {
  AuthorizationPending: { next: "sign-in", reason: "the sign-in was never completed" },
  SlowDown: { next: "again", reason: "the server requires a lower request rate" },
  AccessDenied: { next: "sign-in", reason: "access was revoked" },
  ExpiredToken: { next: "sign-in", reason: "the sign-in has expired" },
  InvalidGrant: { next: "sign-in", reason: "the sign-in has expired or was revoked" },
  InvalidRequest: { next: "sign-in", reason: "the sign-in has expired" },
  InvalidClient: { next: "client", reason: "the server does not recognize this client id and secret" },
  InvalidClientVersion: { next: "client", reason: "the server does not accept this version of the program" },
  UnauthorizedClient: { next: "sign-in", reason: "the server no longer accepts this sign-in" },
  UnsupportedGrantType: {
    next: "client",
    reason: "the server does not permit this client to refresh sign-ins",
    action: "sign in again, or configure the server to permit this client to refresh sign-ins",
  },
  UnsupportedTokenType: { next: "client", reason: "the server does not support this token type" },
  InvalidScope: { next: "sign-in", reason: "the sign-in does not include the permissions that the program requests" },
  InteractionRequired: { next: "sign-in", reason: "the server requires a person" },
  NotFound: { next: "again", reason: "the sign-in server was not found, possibly because of a network problem" },
  ServerError: { next: "lost", reason: "the sign-in server failed during the refresh" },
  TemporarilyUnavailable: { next: "again", reason: "the sign-in server is temporarily unavailable" },
  GatewayFailure: { next: "lost", reason: "the sign-in server's response was lost" },
  UnknownOAuthError: { next: "once", reason: "the response from the sign-in server was not recognized" },
}

/** The classification if no byte of the request reached the server. */
const unreached: Meaning = { next: "again", reason: "the sign-in server cannot be reached" }

/** The classification if the request may have reached the server. */
export const unanswered: Meaning = { next: "lost", reason: "the sign-in server's response was lost" }

/** Classifies a transport failure based on whether the request could have reached the server. */
export const ofTransport = ({ reached }: Pick<TransportError, "reached">): Meaning =>
  reached === "nothing" ? unreached : unanswered

/**
 * The classification if the response arrived but is invalid. As with a lost response, the server may have replaced the
 * tokens.
 */
export const unreadable: Meaning = { next: "lost", reason: "the sign-in server's response could not be read" }

/**
 * Whether the server may have executed the refresh although it responded with this error.
 *
 * **Details**
 *
 * The error's verdict determines the result, with two exceptions. Status 499 is not treated as a client error here, because
 * nginx and other proxies send it if an exchange ended before the server behind the proxy responded. If a response with a
 * success status contains an error code (GitHub, Slack), the server itself sent the error, so no response was lost.
 */
export const applied = (error: Pick<OAuthError, "_tag" | "code" | "status" | "verdict">): Verdict.Applied => {
  if (error.status === 499) return "maybe"
  const refused = error.code !== "" && error.status >= 200 && error.status < 300 && error._tag !== "ServerError"
  return refused ? "no" : Verdict.appliedOf(error.verdict)
}

/**
 * Classifies a request that was redirected or cannot be sent. A retry of the request would also fail, and the tokens are
 * still valid.
 */
const misdirected = (error: TransportError): Meaning => ({
  next: "client",
  reason: error.message,
  action: "check the address of the sign-in server, then run this program again",
})

/** Adds the server's message to the reason, because the message often contains the remedy. */
const quoting = (meaning: Meaning, { code, description }: OAuthError): Meaning =>
  description === undefined ? meaning : { ...meaning, reason: `${meaning.reason} (${code}: ${description})` }

/** Classifies an error that the server sent. */
export const nextOf = (error: Pick<OAuthError, "_tag" | "code" | "status" | "verdict">): Next => {
  const { next } = table[error._tag]
  return (next === "again" || next === "once") && applied(error) === "maybe" ? "lost" : next
}

/** Classifies the outcome of a refresh. If a setting is wrong, the reason quotes the server's message. */
export const of = (error: OAuthError | TransportError | AnswerUnreadable): Meaning => {
  if ("reached" in error) {
    const permanent = error.verdict.retry === "never" && error.reached === "nothing"
    return permanent || error._tag === "RedirectRefused" ? misdirected(error) : ofTransport(error)
  }
  if (error._tag === "AnswerUnreadable") return { ...unreadable, action: error.remedy }
  const meaning = table[error._tag]
  if (meaning.next === "client") return quoting(meaning, error)
  return nextOf(error) === meaning.next ? meaning : unanswered
}

/** The default action for the user, for each value of `Next`. A row of the table can specify its own action. */
export const action: { readonly [N in Next]: string } = {
  again: "wait",
  once: "sign in again",
  "sign-in": "sign in again",
  client: "check the client id, the client secret and the version of the program, then run this program again",
  lost: "sign in again",
}
