/**
 * What an exchange with an OAuth server may show besides what any exchange over HTTP may: when a bearer token ends.
 */
import { type Exchange, header } from "@holdfast/diagnosis/Exchange"
import type { Mask, Vocabulary } from "@holdfast/diagnosis/Redaction"
import * as Http from "@holdfast/http/Diagnosis"

/** The header with a token that is a JWT, once its end was written beside its mark. */
const dated = /^Bearer \[hidden-\d+:\d+[:a-z]*\]; exp=\d{1,12}$/

/** The end of a token that says it, in seconds of the epoch (RFC 7519, 4.1.4). The payload of a JWT is readable by anybody. */
const expiry = (token: string): number | undefined => {
  const payload = /^[\w-]+\.([\w-]+)\.[\w-]*$/.exec(token)?.[1]
  if (payload === undefined) return undefined
  try {
    const json: unknown = JSON.parse(atob(payload.replaceAll("-", "+").replaceAll("_", "/")))
    const exp: unknown = typeof json === "object" && json !== null ? Reflect.get(json, "exp") : undefined
    return typeof exp === "number" && Number.isInteger(exp) && exp > 0 && exp < 1e12 ? exp : undefined
  } catch {
    return undefined
  }
}

/** When the bearer token of a redacted request ends, in milliseconds of the epoch; `undefined` if the token does not say. */
export const tokenEnds = ({ request }: Exchange): number | undefined => {
  const end = /; exp=(\d+)$/.exec(header(request?.headers ?? {}, "authorization") ?? "")?.[1]
  return end === undefined ? undefined : Number(end) * 1000
}

const ofHttp = Http.ruleSet.vocabulary.masks?.["authorization"]

/** A bearer token keeps its end, where it says one; the rest is as HTTP shows it. */
const authorization: Mask = (value, hide, exchange) => {
  if (dated.test(value)) return value
  const token = /^Bearer\s+(\S+)$/i.exec(value.trim())?.[1]
  const end = token === undefined ? undefined : expiry(token)
  if (token !== undefined && end !== undefined) return `Bearer ${hide(token)}; exp=${end}`
  return ofHttp === undefined ? hide(value) : ofHttp(value, hide, exchange)
}

/** What a request says of itself, for those who send it as JSON. */
const members = ["audience", "grant_type", "redirect_uri", "resource", "response_type", "token_type_hint"]

/** What an answer says, for servers that write it as a form. */
const fields = ["error", "error_description", "error_uri", "expires_in", "interval", "token_type"]

/** The vocabulary of OAuth. */
export const vocabulary: Vocabulary = { members: new Set(members), fields: new Set(fields), masks: { authorization } }
