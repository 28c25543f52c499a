/**
 * What each answer means while tokens are being refreshed: another question than what it means for a call.
 */
import * as Verdict from "@holdfast/core/Verdict"
import type { TransportError } from "@holdfast/http/TransportError"
import type { AnswerUnreadable } from "./AnswerUnreadable.ts"
import type { OAuthError } from "./OAuthError.ts"

/**
 * What to do next.
 *
 * **Details**
 *
 * - `again`: the tokens are untouched; send the same refresh after a wait, for as long as it takes
 * - `once`: an unexpected response that proves that the server did nothing; send it once more, then a person has to sign in
 * - `sign-in`: the refresh token is spent; a person has to sign in
 * - `client`: the tokens are untouched, but this program's credentials or settings are wrong; a person has to correct them
 * - `lost`: the tokens may have been replaced, and the new ones are lost; send the same refresh once more, from this process
 *   or another, then a person has to sign in
 */
export type Next = "again" | "once" | "sign-in" | "client" | "lost"

/** A row: what to do, and why. */
export interface Meaning {
  readonly next: Next
  readonly reason: string
  /** The action for a person, if it is more than the table `action` says. */
  readonly action?: string
}

/** The table, by the error's tag. `again` and `once` become `lost` if the server may have carried out the refresh: see `of`. */
export const table: { readonly [Tag in OAuthError["_tag"]]: Meaning } = {
  AuthorizationPending: { next: "sign-in", reason: "the sign-in was never finished" },
  SlowDown: { next: "again", reason: "the server asks for fewer requests" },
  AccessDenied: { next: "sign-in", reason: "access was withdrawn" },
  ExpiredToken: { next: "sign-in", reason: "the sign-in has expired" },
  InvalidGrant: { next: "sign-in", reason: "the sign-in has expired or was revoked" },
  InvalidRequest: { next: "sign-in", reason: "the sign-in has expired" },
  InvalidClient: { next: "client", reason: "the server does not know this client id and secret" },
  InvalidClientVersion: { next: "client", reason: "the server does not accept this version of the program" },
  UnauthorizedClient: { next: "sign-in", reason: "the server no longer accepts this sign-in" },
  UnsupportedGrantType: {
    next: "client",
    reason: "the server does not refresh sign-ins for this client",
    action: "sign in again, or allow this client at the server to refresh sign-ins",
  },
  UnsupportedTokenType: { next: "client", reason: "the server does not know this kind of token" },
  InvalidScope: { next: "sign-in", reason: "the sign-in does not cover what the program asks for" },
  InteractionRequired: { next: "sign-in", reason: "the server asks for a person" },
  NotFound: { next: "again", reason: "the sign-in server was not found, perhaps because of the network" },
  ServerError: { next: "lost", reason: "the sign-in server failed during the refresh" },
  TemporarilyUnavailable: { next: "again", reason: "the sign-in server is not available for the moment" },
  GatewayFailure: { next: "lost", reason: "the sign-in server's answer was lost on the way" },
  UnknownOAuthError: { next: "once", reason: "the answer of the sign-in server is not understood" },
}

/** No byte of the request arrived. */
const unreached: Meaning = { next: "again", reason: "the sign-in server cannot be reached" }

/** The request may have arrived. */
export const unanswered: Meaning = { next: "lost", reason: "the sign-in server's answer was lost on the way" }

/** What a transport failure means: all depends on whether the request can have reached the server. */
export const ofTransport = ({ reached }: Pick<TransportError, "reached">): Meaning =>
  reached === "nothing" ? unreached : unanswered

/** The response arrived but cannot be used. The server may have replaced the tokens, as with a lost response. */
export const unreadable: Meaning = { next: "lost", reason: "the sign-in server's response could not be read" }

/**
 * Whether the server may have carried out a refresh that it answered with this error.
 *
 * **Details**
 *
 * The error's verdict decides, with two exceptions. 499 is not a client error here: nginx and other proxies send it for an
 * exchange that ended before the server behind them had answered. A success status with an error code (GitHub, Slack) is a
 * refusal by the server: no response was lost.
 */
export const applied = (error: Pick<OAuthError, "_tag" | "code" | "status" | "verdict">): Verdict.Applied => {
  if (error.status === 499) return "maybe"
  const refused = error.code !== "" && error.status >= 200 && error.status < 300 && error._tag !== "ServerError"
  return refused ? "no" : Verdict.appliedOf(error.verdict)
}

/** A request that is redirected or cannot be sent at all. A retry would not succeed, and the tokens are still valid. */
const misdirected = (error: TransportError): Meaning => ({
  next: "client",
  reason: error.message,
  action: "check the address of the sign-in server, then run this again",
})

/** The meaning with the server's message, which often names the remedy. */
const quoting = (meaning: Meaning, { code, description }: OAuthError): Meaning =>
  description === undefined ? meaning : { ...meaning, reason: `${meaning.reason} (${code}: ${description})` }

/** What to do after an error that the server sent. */
export const nextOf = (error: Pick<OAuthError, "_tag" | "code" | "status" | "verdict">): Next => {
  const { next } = table[error._tag]
  return (next === "again" || next === "once") && applied(error) === "maybe" ? "lost" : next
}

/** Classifies a response. If a setting is wrong, the reason quotes the server. */
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

/** The action for a person, unless the meaning has its own. */
export const action: { readonly [N in Next]: string } = {
  again: "wait",
  once: "sign in again",
  "sign-in": "sign in again",
  client: "check the client id, the client secret and the version of the program, then run this again",
  lost: "sign in again",
}
