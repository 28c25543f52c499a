/**
 * Validates the upload URLs from an API before any bytes are sent to them.
 */
import * as Verdict from "@holdfast/core/Verdict"
import { VerdictSchema } from "@holdfast/core/VerdictSchema"
import * as Secret from "@holdfast/core/Secret"
import type * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { limits } from "./internal/upload/limits.ts"
import * as Hosts from "./internal/api/hosts.ts"

/**
 * The API returned an upload URL that must not receive footage. The client did not send anything to this URL.
 *
 * **Details**
 *
 * `index` is the position of the URL in the list. `origin` is the scheme, host and port of the URL, if the URL has them. The
 * path and the query are never included, because they are credentials.
 */
export class UploadUrlRefused extends Schema.TaggedError<UploadUrlRefused>()("UploadUrlRefused", {
  verdict: VerdictSchema,
  index: Schema.Int,
  origin: Schema.optionalKey(Schema.String),
  reason: Schema.String,
}) {
  override get message() {
    const where = this.origin === undefined ? "" : ` (${this.origin})`
    return `Upload URL ${this.index + 1} from the API${where} is rejected: ${this.reason}`
  }
}

/** A presigned upload URL, exactly as the API sent it. */
export type Url = Redacted.Redacted<string>

/**
 * Returns the error for the first invalid URL in a list, or `undefined` if all URLs are valid.
 *
 * **Details**
 *
 * The scheme of a URL must be `https:`, or `http:` if the host is this machine. The URL must not contain a user name, a
 * password or a port that belongs to another protocol. A public API must not return URLs that point to this machine or into a
 * private network. Two URLs must not refer to the same object and part, because the second chunk would overwrite the first.
 * The comparison of the URLs ignores fragments, escapes and signatures. `parts` is the number of URLs that were requested, if
 * the request specified a number.
 */
export const check = (api: string, urls: ReadonlyArray<Url>, parts?: number): UploadUrlRefused | undefined => {
  if (urls.length > limits.parts) return refuse(limits.parts, undefined, "S3 accepts at most 10 000 parts")
  const seen = new Set<string>()
  const reach = Hosts.reachOf(new URL(api).hostname)
  for (const [index, url] of urls.entries()) {
    const text = Secret.value(url)
    const parsed = isPlain(text) && URL.canParse(text) ? new URL(text) : undefined
    if (parsed === undefined) return refuse(index, undefined, "the URL is not absolute")
    const target = targetOf(parsed)
    const reason =
      problem(parsed, reach) ?? (seen.has(target) ? "an earlier upload URL refers to the same object" : undefined)
    if (reason !== undefined) return refuse(index, originOf(parsed), reason)
    seen.add(target)
  }
  return parts === undefined || parts === urls.length
    ? undefined
    : refuse(Math.min(parts, urls.length), undefined, `${parts} were requested, ${urls.length} returned`)
}

/**
 * Returns the object to which a URL refers, without the signature: the origin, the path, and the parameters that are not part
 * of a signature.
 */
const targetOf = ({ origin, pathname, searchParams }: URL): string => {
  const others = [...searchParams].filter(([name]) => !isOfSignature.test(name))
  return JSON.stringify([origin, decoded(pathname), others.toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))])
}

/**
 * Matches the signature parameters in presigned URLs for Amazon S3 (version 2 and 4), Google Cloud Storage and Alibaba Cloud
 * OSS.
 */
const isOfSignature = /^(?:x-(?:amz|goog|oss)-.*|(?:aws|oss)accesskeyid|googleaccessid|signature|expires)$/i

const decoded = (path: string): string => {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}

/**
 * Returns whether the text contains only printable ASCII characters other than the space. A URL parser would silently remove
 * certain spaces and control characters.
 */
const isPlain = (text: string): boolean => /^[\x21-\x7e]+$/.test(text)

const problem = (url: URL, reach: Hosts.Reach): string | undefined => {
  if (url.protocol !== "https:" && url.protocol !== "http:") return "only https is allowed"
  if (url.username !== "" || url.password !== "") return "the URL contains a user name or password"
  if (url.protocol === "http:" && !Hosts.isLoopback(url.hostname))
    return "the URL does not use TLS, so the footage could be read in transit"
  if (Hosts.otherProtocols.has(url.port)) return `port ${url.port} belongs to another protocol`
  const own = Hosts.reachOf(url.hostname)
  return closeness[own] > closeness[reach] ? `${words[own]}, but the API's host is not` : undefined
}

const closeness: Readonly<Record<Hosts.Reach, number>> = { public: 0, private: 1, loopback: 2 }

const words: Readonly<Record<Hosts.Reach, string>> = {
  public: "the host is public",
  private: "the host is in a private network",
  loopback: "the host is this machine",
}

const originOf = ({ host, protocol }: URL): string => (host === "" ? protocol : `${protocol}//${host}`)

const refuse = (index: number, origin: string | undefined, reason: string): UploadUrlRefused =>
  new UploadUrlRefused({
    verdict: Verdict.never({ change: "human", outcome: "ignored", applied: "no" }),
    index,
    ...(origin === undefined ? {} : { origin }),
    reason,
  })
