/**
 * Errors of sign-in servers that are not whole JSON any more: a redirect's query, an exception, a page with Entra's number, a line of
 * prose.
 */
import * as OAuth from "@holdfast/oauth/Diagnosis"
import * as Around from "./around.ts"
import { assumed, type Recognized } from "./recognized.ts"

/** The error codes of RFC 6749, RFC 7009, RFC 8628 and RFC 6750. */
const codes =
  "invalid_request|invalid_client|invalid_grant|unauthorized_client|unsupported_grant_type|invalid_scope|access_denied|unsupported_response_type|server_error|temporarily_unavailable|interaction_required|login_required|consent_required|authorization_pending|slow_down|expired_token|unsupported_token_type|account_selection_required|invalid_target|invalid_dpop_proof|use_dpop_nonce|admin_policy_enforced|org_internal|deleted_client|disabled_client|mfa_required|invalid_token|insufficient_scope|incorrect_client_credentials|bad_verification_code|redirect_uri_mismatch|invalid_resource|bad_refresh_token|incorrect_device_code|device_flow_disabled"

const code = new RegExp(`\\b(${codes})\\b`)

const description =
  /(?:error_description|\bDescription)["']?[ \t]{0,2}[:=][ \t]{0,2}(?:"((?:[^"\\\n]|\\.){1,2000})"|'([^'\n]{1,2000})'|([^\s&"']{1,2000}))/

/** Microsoft Entra, Azure AD B2C, AD FS. */
const numbered = /\b(?:AADSTS|AADB2C|MSIS)\d{4,8}\b:?[^\n"<]{0,600}/

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text.replaceAll("+", " "))
  } catch {
    return text
  }
}

/** Reads a code or a number of a sign-in server. */
export const read = (text: string): Recognized | undefined => {
  const number = numbered.exec(text)?.[0].trim()
  const word = code.exec(text)?.[1]
  if (number === undefined && word === undefined) {
    const exchange = OAuth.ofProse(text)
    return exchange === undefined ? undefined : { exchange, as: "what a program says of its sign-in" }
  }
  const [, quoted, single, bare] = description.exec(text) ?? []
  const said =
    quoted ?? single ?? (bare === undefined ? undefined : decoded(bare)) ?? number ?? sentenceAfter(text, word)
  const status = Around.statusIn(text)
  // A redirect brings the error in its own address, which is the client's and not the server's.
  const request = /[?&#]error=/.test(text) ? undefined : Around.requestIn(text)
  return {
    exchange: {
      ...(request === undefined ? {} : { request }),
      response: {
        ...(status === undefined ? assumed(400) : { status }),
        headers: { "content-type": "application/json" },
        body: JSON.stringify({
          error: word ?? "invalid_request",
          ...(said === undefined || said === "" ? {} : { error_description: said }),
        }),
      },
    },
    as: number === undefined ? `OAuth's error code ${word}` : "an error of a sign-in server of Microsoft",
  }
}

/** What an exception says behind the code: `invalid_grant: Token has been expired or revoked.` */
const sentenceAfter = (text: string, word: string | undefined): string | undefined =>
  word === undefined
    ? undefined
    : /^(?:["')\]]{0,4} ?[:,-] {0,2}|\) | error processing request \()["']?([^\n"'}]{3,500})/
        .exec(text.slice(text.indexOf(word) + word.length))?.[1]
        ?.trim()
        .replace(/^error_description ?[:=] ?/i, "")
