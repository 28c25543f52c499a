/**
 * Detects credentials in a request, which must not be sent to a host that the caller did not name.
 */
import { publicHeaders } from "../diagnosis/vocabulary.ts"

/** The parts of a request that may contain a credential. */
export interface Parts {
  readonly url: string
  /** Headers by name, in any case. */
  readonly headers: Iterable<readonly [name: string, value: string]>
  /** Whether the program marked a header as a secret. Default: false for every header. */
  readonly isMarked?: ((name: string) => boolean) | undefined
}

/** Whether a header, a query parameter or the user info of the URL is a credential. */
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

/** Names that look like those of credentials but are not. Headers of RFC 9110 and related RFCs are public in any case. */
const harmless: ReadonlySet<string> = new Set([
  ...publicHeaders,
  "idempotency-key",
  "sec-websocket-key",
  "x-idempotency-key",
])

/** Parts of credential names, however their words are joined. */
const inside =
  /token|secret|passw|passphrase|auth|credential|signature|cookie|session|api[-_]?key|access[-_]?key|jwt|bearer/

/** Words that mark a credential's name. */
const words: ReadonlySet<string> = new Set(["hmac", "key", "otp", "pwd", "sid", "sig"])

/** Names that mark a credential only without other words. */
const whole: ReadonlySet<string> = new Set(["assertion", "code", "pin", "ticket"])

/** A value that begins with a scheme of HTTP authentication is a credential, whatever its header is called. */
const schemes = /^\s*(?:Basic|Bearer|Digest|DPoP|Negotiate|NTLM|Token|AWS4-\S+)\s+\S/i
