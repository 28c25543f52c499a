/**
 * The vocabulary for the redaction of OAuth exchanges. The vocabulary defines which values remain visible in addition to
 * those in the HTTP vocabulary, such as the expiry of a token or assertion, and the error fields of providers.
 */
import { type Exchange, header } from "@holdfast/diagnosis/Exchange"
import type { Mask, Vocabulary } from "@holdfast/diagnosis/Redaction"
import * as Http from "@holdfast/http/Vocabulary"

/** Matches a redacted credential: its redaction mark, followed by its recorded properties. */
const noted =
  /^(?:(?:Bearer|DPoP|Basic) )?\[hidden-\d+:\d+[:a-z]*\]; (?:not (?:base64|encoded)|a line break|an object|(?:(?:no kid|(?:alg|aud)=\w{1,10}|(?:iat|nbf|exp)=\d{1,14})(?:; |$)){1,6})$/

/** Decodes a JSON object in Base64url, such as the header or the payload of a JWT. */
const decoded = (part: string): object | undefined => {
  try {
    const json: unknown = JSON.parse(atob(part.replaceAll("-", "+").replaceAll("_", "/")))
    return typeof json === "object" && json !== null ? json : undefined
  } catch {
    return undefined
  }
}

/**
 * Reads the timestamps, in epoch seconds, from a token that is a JWT (RFC 7519, section 4.1). The payload of a JWT is not
 * encrypted.
 */
const times = (token: string): Readonly<Partial<Record<"exp" | "iat" | "nbf", number>>> => {
  const payload = /^[\w-]{1,8192}\.([\w-]{1,16384})\.[\w-]{0,8192}$/.exec(token)?.[1]
  const json = payload === undefined ? undefined : decoded(payload)
  if (json === undefined) return {}
  const time = (name: string) => {
    const value: unknown = Reflect.get(json, name)
    return typeof value === "number" && Number.isInteger(value) && value > 0 && value < 1e14 ? { [name]: value } : {}
  }
  return { ...time("iat"), ...time("nbf"), ...time("exp") }
}

/**
 * Whether an access token was issued for Microsoft Graph. Clients often send a token for Microsoft Graph to another API by
 * mistake.
 */
const isForGraph = (token: string): boolean => {
  const aud: unknown = Reflect.get(decoded(token.split(".", 2)[1] ?? "") ?? {}, "aud")
  return aud === "00000003-0000-0000-c000-000000000000" || aud === "https://graph.microsoft.com"
}

/** The expiry of the bearer token in a redacted request, in epoch milliseconds; `undefined` if no expiry is recorded. */
export const tokenEnds = ({ request }: Exchange): number | undefined => {
  const end = /; exp=(\d+)(?:; aud=graph)?$/.exec(header(request?.headers ?? {}, "authorization") ?? "")?.[1]
  return end === undefined ? undefined : Number(end) * 1000
}

/** A time, in epoch milliseconds, that is recorded after the redaction mark of an assertion. */
export const timeIn = (value: string, name: "exp" | "iat" | "nbf"): number | undefined => {
  const digits = new RegExp(`; ${name}=(\\d{1,14})(?:;|$)`).exec(value)?.[1]
  return digits === undefined ? undefined : Number(digits) * 1000
}

const ofHttp = Http.vocabulary.masks?.["authorization"]

/**
 * Matches a value that is not a token but the string representation of an object or of bytes in Python or JSON. Examples are
 * `b'…'` and `{'access_token': …}`.
 */
const printed = /^(?:[{["']|b['"]|<)/

/**
 * Describes the visible problems with the credentials in a Basic header, where the secret must be percent-encoded (RFC 6749,
 * section 2.3.1).
 */
const noteOf = (credentials: string): string | undefined => {
  if (credentials.length > 4096 || !/^[\w+/-]+={0,2}$/.test(credentials)) return undefined
  let text: string
  try {
    text = atob(credentials.replaceAll("-", "+").replaceAll("_", "/"))
  } catch {
    return undefined
  }
  const secret = text.slice(text.indexOf(":") + 1)
  if (!text.includes(":") || /[^\t\n\r -~]/.test(text)) return undefined
  if (/\s$/.test(secret)) return "a line break"
  return /[^\w.~*%-]/.test(secret) && !/%[0-9a-f]{2}/i.test(secret) ? "not encoded" : undefined
}

/**
 * Redacts a credential but records details about it: for example, its expiry, or the fact that it is not Base64 or not a
 * token.
 */
const authorization: Mask = (value, hide, exchange) => {
  if (noted.test(value) || /^(?:Bearer Bearer|Zoho-oauthtoken) \[hidden-\d+:\d+[:a-z]*\]$/.test(value)) return value
  const [, scheme = "", rest = ""] = /^(Bearer|DPoP|Basic)\s+(\S.*)$/is.exec(value.trim()) ?? []
  const [, again] = /^(Bearer)\s+\S/i.exec(rest) ?? []
  if (again !== undefined && /^Bearer$/i.test(scheme)) return `Bearer Bearer ${hide(rest.slice(again.length).trim())}`
  const basic = /^Basic$/i.test(scheme) ? noteOf(rest) : undefined
  if (basic !== undefined) return `Basic ${hide(rest)}; ${basic}`
  const end = times(rest).exp
  if (end !== undefined && /^Bearer$/i.test(scheme))
    return `Bearer ${hide(rest)}; exp=${end}${isForGraph(rest) ? "; aud=graph" : ""}`
  if (scheme !== "" && printed.test(rest) && !rest.startsWith("[hidden-")) {
    const spelled = /^basic$/i.test(scheme) ? "Basic" : /^dpop$/i.test(scheme) ? "DPoP" : "Bearer"
    return `${spelled} ${hide(rest)}; ${spelled === "Basic" ? "not base64" : "an object"}`
  }
  const zoho = /^(Zoho-oauthtoken)\s+(\S.*)$/i.exec(value.trim())
  if (zoho !== null) return `Zoho-oauthtoken ${hide(zoho[2] ?? "")}`
  return ofHttp === undefined ? hide(value) : ofHttp(value, hide, exchange)
}

/** Redacts an assertion but records its timestamps. */
const assertion: Mask = (value, hide) => {
  if (noted.test(value)) return value
  const seen = Object.entries(times(value.trim())).map(([name, time]) => `; ${name}=${time}`)
  return hide(value) + seen.join("")
}

/** Redacts a client secret. If the client secret is a JWT, the properties that Apple checks are recorded. */
const clientSecret: Mask = (value, hide) => {
  if (noted.test(value)) return value
  const [head = "", payload = ""] = value.trim().split(".", 2)
  const header = value.startsWith("eyJ") && value.length <= 16_384 ? decoded(head) : undefined
  if (header === undefined) return hide.named("client_secret", value)
  const kid: unknown = Reflect.get(header, "kid")
  const alg: unknown = Reflect.get(header, "alg")
  const aud: unknown = Reflect.get(decoded(payload) ?? {}, "aud")
  const notes = [
    ...(typeof kid === "string" && kid !== "" ? [] : ["no kid"]),
    ...(typeof alg === "string" && /^\w{2,10}$/.test(alg) ? [`alg=${alg}`] : []),
    `aud=${aud === "https://appleid.apple.com" ? "apple" : "other"}`,
    ...Object.entries(times(value.trim())).map(([name, time]) => `${name}=${time}`),
  ]
  return `${hide(value)}; ${notes.join("; ")}`
}

/** Fields of a JSON request whose values remain visible. */
const members = ["audience", "authflow", "grant_type", "redirect_uri", "resource", "response_type", "token_type_hint"]

/** Fields of a form-encoded response whose values remain visible. */
const fields = ["error", "error_description", "error_uri", "expires_in", "interval", "token_type"]

/**
 * Error fields in the responses of providers. Entra, Google, Okta, Facebook, Cognito, Slack, Dropbox and Zoom use these
 * fields.
 */
const answers = [
  ".tag",
  "__type",
  "error_codes",
  "error_message",
  "error_subcode",
  "error_subtype",
  "error_type",
  "error_summary",
  "errorcode",
  "errorsummary",
  "errcode",
  "errmsg",
  "errortype",
  "field",
  "hint",
  "is_transient",
  "needed",
  "ok",
  "provided",
  "required_scope",
  "resource",
  "suberror",
  "warning",
]

/** Headers in which providers send request ids and additional error details. */
const headers = [
  "x-amzn-errortype",
  "x-auth0-requestid",
  "x-dropbox-request-id",
  "x-fb-trace-id",
  "x-github-request-id",
  "x-gitlab-meta",
  "x-ms-diagnostics",
  "x-ms-ests-server",
  "x-ms-request-id",
  "x-okta-request-id",
  "x-slack-req-id",
]

/** The query parameters whose values remain visible in a sign-in URL and in the redirect that returns the result. */
const query = [
  "code_challenge_method",
  "error",
  "error_description",
  "error_uri",
  "prompt",
  "redirect_uri",
  "response_mode",
  "strategy",
  "response_type",
]

/** The redaction vocabulary for OAuth. */
export const vocabulary: Vocabulary = {
  headers: new Set(headers),
  query: new Set(query),
  members: new Set(members),
  answers: new Set(answers),
  fields: new Set(fields),
  masks: { authorization, assertion, client_assertion: assertion, client_secret: clientSecret },
}
