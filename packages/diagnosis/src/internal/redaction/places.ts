/**
 * Finds the secrets in a request by the names of its headers, parameters, form fields and JSON fields.
 */
import { type Exchange, isFile, type Request } from "../../Exchange.ts"
import * as Mark from "./mark.ts"

/** Whether a name marks its value as a secret, even if the value is short or ordinary. */
export const isTelling = (name: string): boolean =>
  telling.test(name) && !/^(?:access-control-|x-amz-signedheaders$|x-amz-key$|key$|grant_type$|token_type)/i.test(name)

const telling =
  /auth(?!or(?!i))|cookie|credential|key(?!word)|passphrase|passw(?:or)?d|passcode|pwd|secret|session|signature|(?<![a-z])sign|token|assertion|(?<![a-z])(?:code|otp|pin)(?![a-z-])|code_verifier/i

/** Returns the secrets inside a header that is masked as a whole, because a server may quote only one of these secrets. */
export const credentialsIn = (name: string, value: string): ReadonlyArray<string> => {
  const key = name.toLowerCase()
  if (key === "cookie") return value.split(";").map((pair) => pair.slice(pair.indexOf("=") + 1).trim())
  if (key === "set-cookie") return [(value.split(";")[0] ?? "").replace(/^[^=]*=/, "").trim()]
  if (key !== "authorization" && key !== "proxy-authorization") return []
  const [, scheme = "", credentials = ""] = /^(\w+)[ \t]+(\S.*)$/s.exec(value) ?? []
  if (scheme === "" || Mark.pattern.test(credentials)) return []
  if (scheme.toLowerCase() !== "basic") return scheme.startsWith("AWS") ? [] : [credentials]
  const pair = textOf(credentials)
  return pair === undefined ? [credentials] : [credentials, pair.slice(pair.indexOf(":") + 1)]
}

/** Decodes base64. The result is read as UTF-8 if it is valid UTF-8 (RFC 7617, section 2.1). */
const textOf = (base64: string): string | undefined => {
  let binary: string
  try {
    binary = atob(base64)
  } catch {
    return undefined
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Uint8Array.from(binary, (octet) => octet.charCodeAt(0)))
  } catch {
    return binary
  }
}

/** A value, together with the nearest name that precedes it. */
export type Named = readonly [name: string, value: string]

/** The maximum nesting depth, which exceeds the depth of any API's documents. */
const deepest = 200

/** The maximum depth of documents that are nested in strings of other documents. */
const quotedDeepest = 20

/**
 * Returns the values of a JSON document, and of documents in its strings, with their nearest names. The result is empty for
 * any other text.
 */
export const membersOf = (text: string, documents = 0): ReadonlyArray<Named> => {
  if (!isDocument(text.trim()) || documents > quotedDeepest) return []
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    return []
  }
  const found: Array<Named> = []
  let level: ReadonlyArray<readonly [name: string, value: unknown]> = [["", json]]
  for (let depth = 0; depth < deepest && level.length > 0; depth++) {
    level = level.flatMap(([name, value]) => {
      if (typeof value === "string") found.push([name, value], ...membersOf(value, documents + 1))
      if (typeof value === "number") found.push([name, String(value)])
      if (Array.isArray(value)) return value.map((item: unknown) => [name, item] as const)
      return typeof value === "object" && value !== null ? Object.entries(value) : []
    })
  }
  return found
}

/** Whether a string could be JSON. This check is cheaper than the parse exception that any other text would cause. */
const isDocument = (text: string): boolean =>
  (text.startsWith("{") && text.endsWith("}")) || (text.startsWith("[") && text.endsWith("]") && !Mark.isMark(text))

/** The maximum number of pairs to read from a form. Secrets are expected among the first pairs of a form. */
const mostPairs = 1000

/** Returns the pairs of a query or an encoded form. The result is empty for any other text. */
const pairsOf = (text: string): ReadonlyArray<Named> =>
  /^[^\s<>=&]{1,100}=/.test(text) ? [...new URLSearchParams(text.split("&", mostPairs).join("&"))] : []

/**
 * Finds the secrets in a request by their names. The secrets are credentials in headers, user info, parameters, form fields
 * and JSON fields.
 */
export const secretsOf = ({ body, form, headers, url }: Request): ReadonlyArray<string> => {
  const address = url !== undefined && URL.canParse(url) ? new URL(url) : undefined
  const named: ReadonlyArray<Named> = [
    ...Object.entries(headers ?? {}),
    ...(address === undefined ? [] : pairsOf(address.search.slice(1))),
    ...(address === undefined ? [] : pairsOf(address.hash.slice(1))),
    ...(form ?? []).flatMap((part) => (isFile(part) ? [] : [[part.name, part.value] as const])),
    ...(body === undefined ? [] : [...membersOf(body), ...pairsOf(body)]),
  ]
  return [
    // A user name without a password is a token.
    ...(address === undefined ? [] : [decoded(address.password === "" ? address.username : address.password)]),
    ...named.flatMap(([name, value]) => (isTelling(name) ? [value, ...credentialsIn(name, value)] : [])),
    ...named.flatMap(([, value]) => membersOf(value).flatMap(([name, inner]) => (isTelling(name) ? [inner] : []))),
  ].filter((secret) => secret !== "")
}

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** Returns the names, file names and hosts in an exchange, which are not treated as secrets. */
export const namesIn = ({ request, response }: Exchange): ReadonlyArray<string> =>
  [
    ...Object.keys(request?.headers ?? {}),
    ...Object.keys(response?.headers ?? {}),
    ...(request?.form ?? []).flatMap((part) => (isFile(part) ? [part.name, part.filename ?? ""] : [part.name])),
    request?.headers?.["host"] ?? request?.headers?.["Host"] ?? "",
    request?.url !== undefined && URL.canParse(request.url) ? new URL(request.url).host : "",
  ].map((name) => name.toLowerCase())
