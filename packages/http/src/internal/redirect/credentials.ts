/**
 * Detects credentials in a request. Credentials must not be sent to a host that the caller did not specify.
 */
import { publicHeaders } from "../diagnosis/vocabulary.ts"

/** The parts of a request that may contain a credential. */
export interface Parts {
  readonly url: string
  /** The names and values of the headers; names are not case-sensitive. */
  readonly headers: Iterable<readonly [name: string, value: string]>
  /** Whether the program marked a header as a secret. Default: `false` for every header. */
  readonly isMarked?: ((name: string) => boolean) | undefined
}

/** Whether a header, a query parameter or the user info of the URL contains a credential. */
export const carries = ({ headers, isMarked = () => false, url }: Parts): boolean => {
  for (const [name, value] of headers) {
    if (isMarked(name.toLowerCase()) || names(name) || schemes.test(value)) return true
  }
  return inUrl(url)
}

/** Whether the name of a header or parameter marks its value as a credential. */
const names = (name: string): boolean => {
  const lower = name.toLowerCase()
  if (harmless.has(lower)) return false
  if (whole.has(lower) || inside.test(lower.replaceAll(/author(?!i[sz])/g, ""))) return true
  // Split names into words: "AWSAccessKeyId" and "Key-Pair-Id" have the word "key"; "keyboard" does not.
  const parts = name
    .replaceAll(/([a-z\d])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z\d]+/)
  return parts.some((part) => words.has(part))
}

const inUrl = (url: string): boolean => {
  const [beforeQuery = "", query = ""] = (url.split("#", 1)[0] ?? "").split(/\?(.*)/s)
  if (/^[a-z][a-z\d+.-]*:\/\/[^/\\]*@/i.test(beforeQuery)) return true
  for (const name of new URLSearchParams(query).keys()) if (names(name)) return true
  return false
}

/**
 * Names that resemble the names of credentials but do not identify credentials. Headers defined in RFC 9110 and related RFCs
 * are always public.
 */
const harmless: ReadonlySet<string> = new Set([
  ...publicHeaders,
  "idempotency-key",
  "sec-websocket-key",
  "x-idempotency-key",
])

/** Parts of credential names, matched regardless of how the words of a name are joined. */
const inside =
  /token|secret|passw|passphrase|auth|credential|signature|cookie|session|api[-_]?key|access[-_]?key|jwt|bearer/

/** Words that identify a name as that of a credential. */
const words: ReadonlySet<string> = new Set(["hmac", "key", "otp", "pwd", "sid", "sig"])

/** Names that identify a credential only if the name contains no other words. */
const whole: ReadonlySet<string> = new Set(["assertion", "code", "pin", "ticket"])

/** A value that begins with an HTTP authentication scheme is a credential, regardless of the header's name. */
const schemes = /^\s*(?:Basic|Bearer|Digest|DPoP|Negotiate|NTLM|Token|AWS4-\S+)\s+\S/i
