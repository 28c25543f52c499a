/**
 * Identifies the author of a response.
 */
import { answerers, blocks, signs, type Answerer, type Sign, type Who } from "./answerers.ts"
import type { Vendor } from "./vendor.ts"

/** The parts of a response that are checked for signs of its author. */
export interface Seen {
  readonly status: number
  readonly header: (name: string) => string | undefined
  readonly body: string
  /** Whether the body is an API's error document. */
  readonly isWorded: boolean
  /** Whether the client requested a web page. A page that belongs to the website itself may contain any text. */
  readonly isBrowsing: boolean
  readonly isPage: boolean
}

/** The intermediary that wrote the response, and the evidence for it. */
export interface Intermediary extends Answerer {
  readonly who: Who
  readonly at: string
  readonly observed: string
}

/**
 * The maximum number of characters of a body that are searched. Every known page names its author within this many
 * characters.
 */
const longest = 16_384

/**
 * Returns the intermediary that wrote the response in place of the server. Returns `undefined` if the response does not
 * contain a sign of an intermediary.
 */
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

/** Intermediaries whose headers count as a sign even if the body is an error document. */
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

/** Headers that intermediaries add to every response that they forward. */
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

/** Returns the intermediary that forwarded the response, if a header identifies it. */
export const passedBy = (header: Seen["header"]): Answerer | undefined => {
  const passage = passages.find(([name, value]) => value.test(header(name) ?? ""))
  return passage === undefined ? undefined : answerers[passage[2]]
}

/** Returns a human-readable description of the author of the response. */
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
