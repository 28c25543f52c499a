/**
 * Errors of a sign-in in lines of prose, without a code: what the library of a client says, and what a program prints of the answer to
 * its request for tokens.
 */
import type { Exchange } from "@holdfast/diagnosis/Exchange"
import * as ClientWords from "../words/client.ts"
import * as Sentences from "../words/sentences.ts"

/** So many lines are looked at, from the end of a log. */
const most = 400

/** What a program was doing, and after a colon or an equals sign the words of the server. */
const request =
  /\b(?:TokenError|OAuthError|AuthorizationError|access token|refresh[- ]token|the token|tokens?|oauth|sign-?in|authenticat\w{1,4}|authori[sz]ation code)\b[^:\n]{0,60}(?:fail\w{0,4}|error\w{0,2}|due to|because|refused|could ?n[o']t|unable|rejected)?[^:\n]{0,60}[:=] ?([^\n]{3,500})$/i

/** A text of so few lines is a page or a message, and no log. */
const few = 30

/** Whether a line of a log may say why. */
const isTelling =
  /\b(?:err(?:or)?|warn(?:ing)?|fail(?:ed|ure)?|hint|reason|description|detail|message|unexpected|invalid|mismatch)\b/i

/** Whether a text names a cause. */
export const isReason = (text: string): boolean => Sentences.atEndpoint(text) !== undefined

/**
 * The line of a text that says why, where another line has only the code of the error: the log of a server, a page that was copied.
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

/** What names a library of tokens or of sign-ins in a line. */
const library =
  /\b(?:jwt|jws|jose|jsonwebtoken\w{0,5}|oidc|openid\w{0,9}|id_?token|oauth\w{0,9}|nimbusds|IDX\d{5}|social_core|omniauth|authlib|azure\.identity|keycloak\.common|bearer token|corresponding publisher|auth server|msal|msaljs|msal\w{2,40}exception|(?:browser|client|interactionrequired|sdk)autherror|authsdkerror)\b/i

/** The barest exchange with a line in which a library of a client says why it refuses a token or an answer. */
export const ofLibrary = (text: string): Exchange | undefined => {
  const failure = text
    .split("\n")
    .slice(-most)
    .findLast((line) => library.test(line) && ClientWords.causeOf(line.trim()) !== undefined)
  return failure === undefined ? undefined : { failure: failure.trim().slice(0, 600) }
}

/** The barest exchange with the last line of a log, if a library of a client says in it why it refuses a token or an answer. */
export const ofEnd = (text: string): Exchange | undefined => {
  const last = text.trimEnd().split("\n").at(-1)?.trim() ?? ""
  return /^[<{[]/.test(last) || !library.test(last) || ClientWords.causeOf(last) === undefined
    ? undefined
    : { failure: last.slice(0, 600) }
}

/** The barest exchange that says what a line of the text says. */
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
