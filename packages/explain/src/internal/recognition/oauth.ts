/**
 * Reads sign-in server errors that are no longer complete JSON, such as the query of a redirect, an exception, a page with an
 * Entra error number, or a line of prose.
 */
import * as OAuth from "@holdfast/oauth/Diagnosis"
import * as Around from "./around.ts"
import { assumed, type Recognized } from "./recognized.ts"

/** The error codes defined in RFC 6749, RFC 7009, RFC 8628 and RFC 6750. */
const codes =
  "invalid_request|invalid_client|invalid_grant|unauthorized_client|unsupported_grant_type|invalid_scope|access_denied|unsupported_response_type|server_error|temporarily_unavailable|interaction_required|login_required|consent_required|authorization_pending|slow_down|expired_token|unsupported_token_type|account_selection_required|invalid_target|invalid_dpop_proof|use_dpop_nonce|admin_policy_enforced|org_internal|deleted_client|disabled_client|mfa_required|invalid_token|insufficient_scope|incorrect_client_credentials|bad_verification_code|redirect_uri_mismatch|invalid_resource|bad_refresh_token|incorrect_device_code|device_flow_disabled"

const code = new RegExp(`\\b(${codes})\\b`)

const description =
  /(?:error_description|\bDescription)["']?[ \t]{0,2}[:=][ \t]{0,2}(?:"((?:[^"\\\n]|\\.){1,2000})"|'([^'\n]{1,2000})'|([^\n"'[\]]{1,2000}))/g

/** Matches the error in the URL of a redirect from a sign-in server. */
const brought = /https?:\/\/[^\s"'<>]{1,2000}[?&#]error=([\w.-]{3,60})/

/** Matches the error numbers of Microsoft Entra, Azure AD B2C and AD FS. */
const numbered = /\b(?:AADSTS|AADB2C|MSIS)\d{4,8}\b:?[^\n"<]{0,600}/

/** Checks whether the text contains an error number of a Microsoft sign-in server. */
export const isNumbered = (text: string): boolean => numbered.test(text)

/** Reads an unquoted description, which is either the value of a parameter or the rest of a line. */
const unquoted = (line: string): string => {
  const [, value = ""] = /^([^\s&]{0,2000})/.exec(line) ?? []
  if (!/[+%]/.test(value)) return line.trim()
  try {
    return decodeURIComponent(value.replaceAll("+", " ")).replaceAll("&quot;", '"').replaceAll("&amp;", "&")
  } catch {
    return value
  }
}

/** Error codes that token and authorization endpoints send, but that resource servers never send. */
const endpoints: ReadonlySet<string> = new Set([
  "invalid_grant",
  "invalid_client",
  "unauthorized_client",
  "unsupported_grant_type",
])

/** Reads an OAuth error code or the error number from a Microsoft sign-in server. */
export const read = (text: string): Recognized | undefined => {
  const number = numbered.exec(text)?.[0].trim()
  const word = code.exec(text)?.[1] ?? brought.exec(text)?.[1]
  if (number === undefined && word === undefined) {
    const exchange = OAuth.ofProse(text)
    return exchange === undefined ? undefined : { exchange, as: "a program's message about a sign-in" }
  }
  const [, quoted, single, bare] = [...text.matchAll(description)].at(-1) ?? []
  const stated =
    quoted ?? single ?? (bare === undefined ? undefined : unquoted(bare)) ?? number ?? sentenceAfter(text, word)
  // The line with the code may only repeat its definition while another line gives the reason.
  const isTelling = number !== undefined || (stated !== undefined && OAuth.isReason(stated))
  const said = isTelling ? stated : (OAuth.reasonIn(text) ?? stated)
  const status = Around.statusIn(text)
  // A redirect carries the error in the client's own address, not the server's.
  const around = /[?&#]error=/.test(text) ? undefined : Around.requestIn(text)
  // A code of token endpoints is not the response of a resource whose address the client prints.
  const isElsewhere = endpoints.has(word ?? "") && !/token|oauth|auth\b/i.test(around?.url ?? "")
  const request = isElsewhere ? undefined : around
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
    as: number === undefined ? `the OAuth error code ${word}` : "an error from a Microsoft sign-in server",
  }
}

/** Matches the operations of IAM Identity Center's OIDC service and the names of its clients. */
const isOfIdentityCenter =
  /\b(?:CreateToken(?:WithIAM)?|RegisterClient|StartDeviceAuthorization)\b|SsoOidc|SSO ?OIDC|sso-oidc/

const exception =
  /\b(AuthorizationPending|SlowDown|ExpiredToken|InvalidGrant|InvalidClient|UnauthorizedClient|AccessDenied|InvalidScope|UnsupportedGrantType|InvalidRequest|InvalidRedirectUri|InternalServer)Exception\b(?:\)[^\n:]{0,80})?:?[ \t]{0,2}([^\n]{0,300})/

/**
 * Reads an AWS SDK exception about a response from IAM Identity Center. The names of the exceptions correspond to the OAuth
 * error codes.
 */
const readException = (text: string): Recognized | undefined => {
  const [, name, message = ""] = isOfIdentityCenter.test(text) ? (exception.exec(text) ?? []) : []
  if (name === undefined) return undefined
  const error = name.replaceAll(/(?<=[a-z])[A-Z]/g, (letter) => `_${letter}`).toLowerCase()
  const said = message.trim() === "" ? {} : { error_description: message.trim() }
  return {
    exchange: {
      response: {
        ...assumed(400),
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ error: error === "internal_server" ? "server_error" : error, ...said }),
      },
    },
    as: "an AWS SDK exception from IAM Identity Center",
  }
}

/** Matches Spring's error codes for an unusable response from the token endpoint or the user info endpoint. */
const spring = /\[(invalid_token_response|invalid_user_info_response)\][^\n]{0,300}?\b([45]\d\d)\b/

/**
 * Reads a Spring Security exception about a response that did not contain an error code. The exception preserves only the
 * status of the response.
 */
const readSpring = (text: string): Recognized | undefined => {
  const [, name, digits] = code.test(text) ? [] : (spring.exec(text) ?? [])
  if (digits === undefined) return undefined
  const ofToken = digits === "403" ? "insufficient_scope" : "invalid_token"
  const error = name === "invalid_user_info_response" ? ofToken : digits === "401" ? "invalid_client" : "invalid_grant"
  return {
    exchange: {
      response: {
        status: Number(digits),
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ error: digits.startsWith("5") ? "server_error" : error }),
      },
    },
    as: "a Spring Security exception",
  }
}

/**
 * Reads an exception that identifies the library that threw it, such as an AWS SDK for IAM Identity Center, Spring Security,
 * or another client library.
 */
export const readThrown = (text: string): Recognized | undefined => {
  const found = readException(text) ?? readSpring(text)
  // A token rejected by a broker or an API, with the reason in another line of the library.
  const word = code.exec(text)?.[1]
  if (found !== undefined || (word !== undefined && word !== "invalid_token") || numbered.test(text)) return found
  const exchange = OAuth.ofLibrary(text)
  return exchange === undefined ? undefined : { exchange, as: "a library's message about a sign-in" }
}

/** Reads a log that ends with a library's sign-in error. The lines before the error may describe successful requests. */
export const readEnd = (text: string): Recognized | undefined => {
  if (!text.trimEnd().includes("\n") || code.test(text) || numbered.test(text)) return undefined
  const exchange = OAuth.ofEnd(text)
  return exchange === undefined ? undefined : { exchange, as: "a library's message about a sign-in" }
}

/** Finds the message that follows the code in an exception, as in `invalid_grant: …`. */
const sentenceAfter = (text: string, word: string | undefined): string | undefined =>
  word === undefined
    ? undefined
    : /^(?:["')\]]{0,4} ?[:,-] {0,2}|[\])] |" "| error processing request \()["']?([^\n"'}]{3,500})/
        .exec(text.slice(text.indexOf(word) + word.length))?.[1]
        ?.trim()
        .replace(/^error_description ?[:=] ?/i, "")
        // Google Apps Script appends the position in the script.
        .replace(/ \(line \d{1,6}, file.{0,200}$/, "")
