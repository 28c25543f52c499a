/**
 * Identifies the author of a response.
 */
import { answerers, blocks, signs, type Answerer, type Sign, type Who } from "./answerers.ts"
import type { Vendor } from "./vendor.ts"

/** The parts of a response that the marks test. */
export interface Seen {
  readonly status: number
  readonly header: (name: string) => string | undefined
  readonly body: string
  /** Whether the body is an API's error document. */
  readonly isWorded: boolean
  /** Whether the request asked for a page. A web site's own page may mention anything. */
  readonly isBrowsing: boolean
  readonly isPage: boolean
}

/** The intermediary that wrote the response, and its mark. */
export interface Intermediary extends Answerer {
  readonly who: Who
  readonly at: string
  readonly observed: string
}

/** Characters of a body that are searched. Every known page names its author earlier. */
const longest = 16_384

/** The intermediary that wrote a response instead of the server. `undefined` without a mark of one. */
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
  // An error document is the API's own, except those of gateways with known messages.
  if (seen.isWorded && body === undefined && !worded.has(who)) return false
  return body === undefined || body.test(seen.body)
}

/** Intermediaries whose headers count even beside an error document. */
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

/** Intermediaries that forwarded a response, by the headers that they add to every response. */
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

/** The intermediary that forwarded the response, if a header names it. */
export const passedBy = (header: Seen["header"]): Answerer | undefined => {
  const passage = passages.find(([name, value]) => value.test(header(name) ?? ""))
  return passage === undefined ? undefined : answerers[passage[2]]
}

/** The author of the response, as a reader would name it. */
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
