/**
 * Classifies the response to a refresh. The question differs from that for other calls: was the refresh token used up?
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
 * - `again`: the tokens are unchanged; send the same refresh after a delay, without a limit
 * - `once`: an unexpected response proves that the server did nothing; send the refresh once more, then a person has to
 *   sign in
 * - `sign-in`: the refresh token is spent; a person has to sign in
 * - `client`: the tokens are untouched, but this program's credentials or settings are wrong; a person has to correct them
 * - `lost`: the tokens may have been replaced, and the new ones are lost; send the same refresh once more, from this process
 *   or another, then a person has to sign in
 */
export type Next = "again" | "once" | "sign-in" | "client" | "lost"

/** A row: the next step and its reason. */
export interface Meaning {
  readonly next: Next
  readonly reason: string
  /** The action for a person, if it is more specific than the table `action`. */
  readonly action?: string
}

/** The table by error tag. `again` and `once` become `lost` if the server may have executed the refresh: see `of`. */
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

/** No byte of the request arrived. */
const unreached: Meaning = { next: "again", reason: "the sign-in server cannot be reached" }

/** The request may have arrived. */
export const unanswered: Meaning = { next: "lost", reason: "the sign-in server's response was lost" }

/** Classifies a transport failure by whether the request can have reached the server. */
export const ofTransport = ({ reached }: Pick<TransportError, "reached">): Meaning =>
  reached === "nothing" ? unreached : unanswered

/** The response arrived but is invalid. The server may have replaced the tokens, as with a lost response. */
export const unreadable: Meaning = { next: "lost", reason: "the sign-in server's response could not be read" }

/**
 * Whether the server may have executed the refresh to which it responded with this error.
 *
 * **Details**
 *
 * The error's verdict decides, with two exceptions. 499 is not a client error here: nginx and other proxies send it if
 * an exchange ended before the server behind them responded. A success status with an error code (GitHub, Slack) is an
 * error from the server itself, so no response was lost.
 */
export const applied = (error: Pick<OAuthError, "_tag" | "code" | "status" | "verdict">): Verdict.Applied => {
  if (error.status === 499) return "maybe"
  const refused = error.code !== "" && error.status >= 200 && error.status < 300 && error._tag !== "ServerError"
  return refused ? "no" : Verdict.appliedOf(error.verdict)
}

/** A request that is redirected or cannot be sent. A retry would fail too, and the tokens are still valid. */
const misdirected = (error: TransportError): Meaning => ({
  next: "client",
  reason: error.message,
  action: "check the address of the sign-in server, then run this program again",
})

/** Adds the server's message, which often names the remedy, to the reason. */
const quoting = (meaning: Meaning, { code, description }: OAuthError): Meaning =>
  description === undefined ? meaning : { ...meaning, reason: `${meaning.reason} (${code}: ${description})` }

/** Classifies an error that the server sent. */
export const nextOf = (error: Pick<OAuthError, "_tag" | "code" | "status" | "verdict">): Next => {
  const { next } = table[error._tag]
  return (next === "again" || next === "once") && applied(error) === "maybe" ? "lost" : next
}

/** Classifies the outcome of a refresh. If a setting is wrong, the reason quotes the server. */
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

/** The actions for a person, by next step, unless the row has its own. */
export const action: { readonly [N in Next]: string } = {
  again: "wait",
  once: "sign in again",
  "sign-in": "sign in again",
  client: "check the client id, the client secret and the version of the program, then run this program again",
  lost: "sign in again",
}
