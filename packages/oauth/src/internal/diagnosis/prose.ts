/**
 * Finds sign-in errors in lines of prose that do not contain an error code, such as a message from a client library or a
 * program's report about its token request.
 */
import type { Exchange } from "@holdfast/diagnosis/Exchange"
import * as ClientWords from "../words/client.ts"
import * as Sentences from "../words/sentences.ts"

/** The maximum number of lines to read from the end of a log. */
const most = 400

/** Matches a program's description of what it was doing, followed by a colon or an equals sign and the server's message. */
const request =
  /\b(?:TokenError|OAuthError|AuthorizationError|access token|refresh[- ]token|the token|tokens?|oauth|sign-?in|authenticat\w{1,4}|authori[sz]ation code)\b[^:\n]{0,60}(?:fail\w{0,4}|error\w{0,2}|due to|because|refused|could ?n[o']t|unable|rejected)?[^:\n]{0,60}[:=] ?([^\n]{3,500})$/i

/** Text with at most this many lines is treated as a page or a message, not as a log. */
const few = 30

/** Matches words that indicate that a log line might state the reason for an error. */
const isTelling =
  /\b(?:err(?:or)?|warn(?:ing)?|fail(?:ed|ure)?|hint|reason|description|detail|message|unexpected|invalid|mismatch)\b/i

/** Whether the text states a known cause. */
export const isReason = (text: string): boolean => Sentences.atEndpoint(text) !== undefined

/**
 * Returns the line that states the reason for an error, for text in which another line contains only the error code. The text
 * is a server log or a copied page.
 */
export const reasonIn = (text: string): string | undefined => {
  const lines = text
    .split("\n")
    .slice(-most)
    .map((line) => line.slice(0, 1000).trim())
  return lines
    .findLast((line) => (lines.length <= few || isTelling.test(line)) && isReason(line.slice(-500)))
    ?.slice(-500)
}

/** Matches names of token and sign-in libraries in a line. */
const library =
  /\b(?:jwt|jws|jose|jsonwebtoken\w{0,5}|oidc|openid\w{0,9}|id_?token|oauth\w{0,9}|nimbusds|IDX\d{5}|social_core|omniauth|authlib|azure\.identity|keycloak\.common|bearer token|corresponding publisher|auth server|msal|msaljs|msal\w{2,40}exception|(?:browser|client|interactionrequired|sdk)autherror|authsdkerror)\b/i

/** Returns a minimal exchange that contains a line in which a client library states why it rejects a token or a response. */
export const ofLibrary = (text: string): Exchange | undefined => {
  const failure = text
    .split("\n")
    .slice(-most)
    .findLast((line) => library.test(line) && ClientWords.causeOf(line.trim()) !== undefined)
  return failure === undefined ? undefined : { failure: failure.trim().slice(0, 600) }
}

/**
 * Returns a minimal exchange that contains the last line of a log if that line states why a client library rejects a token or
 * a response.
 */
export const ofEnd = (text: string): Exchange | undefined => {
  const last = text.trimEnd().split("\n").at(-1)?.trim() ?? ""
  return /^[<{[]/.test(last) || !library.test(last) || ClientWords.causeOf(last) === undefined
    ? undefined
    : { failure: last.slice(0, 600) }
}

/** Returns a minimal exchange for the reason that is stated in a line of the text. */
export const read = (text: string): Exchange | undefined => {
  const lines = text.split("\n").slice(-most)
  const failure = lines.findLast((line) => ClientWords.causeOf(line.trim()) !== undefined)?.trim()
  if (failure !== undefined) return { failure: failure.slice(0, 600) }
  const said = lines
    .map((line) => request.exec(line.slice(0, 1000))?.[1]?.trim())
    .findLast((words) => words !== undefined && Sentences.atEndpoint(words) !== undefined)
  if (said === undefined) return undefined
  const body = JSON.stringify({ error: "invalid_grant", error_description: said })
  return { response: { status: 400, isStatusAssumed: true, body } }
}
