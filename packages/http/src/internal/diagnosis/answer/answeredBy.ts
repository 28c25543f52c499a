/**
 * Who wrote the answer: the one reader of intermediaries.
 */
import { answerers, blocks, signs, type Answerer, type Sign, type Who } from "./answerers.ts"
import type { Vendor } from "./vendor.ts"

/** The answer as the signs look at it. */
export interface Seen {
  readonly status: number
  readonly header: (name: string) => string | undefined
  readonly body: string
  /** Whether the body words an error as an API does. */
  readonly isWorded: boolean
  /** Whether a page is known to have been asked for: a page of a site may speak of anything. */
  readonly isBrowsing: boolean
  readonly isPage: boolean
}

/** The one in between who wrote the answer, and where it shows. */
export interface Intermediary extends Answerer {
  readonly who: Who
  readonly at: string
  readonly observed: string
}

/** How much of a body is looked at, in characters: every known page names its author earlier. */
const longest = 16_384

/** Finds the author of an answer that is not the server's. `undefined` if nothing shows that another one wrote it. */
export const read = (seen: Seen, quote: (body: string) => string): Intermediary | undefined => {
  if (seen.status === 0) return undefined
  const body = seen.body.slice(0, longest)
  const isBlock = (seen.status >= 400 || (seen.isPage && !seen.isBrowsing)) && blocks.test(quote(body))
  const sign = signs.find((one) => holds(one, { ...seen, body }, isBlock))
  if (sign === undefined) return undefined
  const name = sign.header?.[0]
  return {
    ...answerers[sign.who],
    who: sign.who,
    at: name === undefined ? "response.body" : `response.headers.${name}`,
    observed: name === undefined ? quote(body) : (seen.header(name) ?? ""),
  }
}

const holds = ({ body, header, isBlock, lacks, status, who }: Sign, seen: Seen, blocked: boolean): boolean => {
  if (status !== undefined && !status(seen.status)) return false
  if (lacks !== undefined && seen.header(lacks) !== undefined) return false
  if (isBlock === true && !blocked) return false
  const value = header === undefined ? "" : seen.header(header[0])
  if (value === undefined || header?.[1]?.test(value) === false) return false
  // What an API words is its own; gateways that word their refusals are known by their words.
  if (seen.isWorded && body === undefined && !worded.has(who)) return false
  return body === undefined || body.test(seen.body)
}

/** Those whose headers count beside a worded answer. */
const worded: ReadonlySet<Who> = new Set([
  "cloudflare",
  "cloudfront",
  "awswaf",
  "vercel",
  "render",
  "railway",
  "squid",
  "frontdoor",
  "cloudflareaccess",
  "iap",
  "ngrok",
])

/** Intermediaries that an answer passed through, by the headers that they add to every answer. */
const passages: ReadonlyArray<readonly [header: string, value: RegExp, who: Who]> = [
  ["cf-ray", /./, "cloudflare"],
  ["x-amz-cf-id", /./, "cloudfront"],
  ["via", /cloudfront/i, "cloudfront"],
  ["server", /^cloudflare/i, "cloudflare"],
  ["x-served-by", /^cache-/i, "fastly"],
  ["x-azure-ref", /./, "frontdoor"],
  ["via", /varnish/i, "varnish"],
  ["via", /squid/i, "squid"],
  ["x-akamai-request-id", /./, "akamai"],
  ["akamai-grn", /./, "akamai"],
  ["server", /^(?:istio-)?envoy/i, "envoy"],
  ["x-envoy-upstream-service-time", /./, "envoy"],
  ["x-kong-upstream-latency", /./, "kong"],
  ["via", /google/i, "gfe"],
]

/** The one that passed the answer on, as far as it left a name. */
export const passedBy = (header: Seen["header"]): Answerer | undefined => {
  const passage = passages.find(([name, value]) => value.test(header(name) ?? ""))
  return passage === undefined ? undefined : answerers[passage[2]]
}

/** Who answered, for people. */
export const inWords = (
  author: Answerer | undefined,
  seen: {
    readonly status: number
    readonly vendor: Vendor | undefined
    readonly passed: Answerer | undefined
    readonly isOwn: boolean
    readonly host: string | undefined
  },
): string | undefined => {
  if (author !== undefined) return author.role === "" ? author.name : `${author.name}, ${author.role}`
  // RFC 9110, section 15.5.8; RFC 6585, section 6
  if (seen.status === 407) return "a proxy of this network"
  if (seen.status === 511) return "the captive portal of this network"
  if (!seen.isOwn) return undefined
  const server = seen.vendor?.name ?? (seen.host === undefined ? "the server" : `the server ${seen.host}`)
  return seen.passed === undefined || seen.passed.kind === "filter" ? server : `${server}, behind ${seen.passed.name}`
}
