/**
 * An exchange as the rules of HTTP read it: why there is no answer, who answered, and whether it is what an API says.
 */
import { type Exchange, statusOf } from "@holdfast/diagnosis/Exchange"
import * as Exchanges from "@holdfast/diagnosis/Exchange"
import * as Portal from "../../Portal.ts"
import * as Failure from "./failure.ts"

/** The facts. Whatever is not at hand is `undefined`; nothing here is a secret. */
export interface HttpFacts {
  readonly exchange: Exchange
  readonly hasRequest: boolean
  readonly method: string | undefined
  readonly url: URL | undefined
  readonly header: (name: string) => string | undefined
  /** Whether the request is one to an API: nobody looks at a page with it. `undefined` without a request. */
  readonly toApi: boolean | undefined
  /** Why there is no answer, or no whole one. */
  readonly failure: Failure.Failure | undefined
  /** 0 when there is none. */
  readonly status: number
  readonly answerHeader: (name: string) => string | undefined
  readonly body: string
  /** Whether the answer is a web page. */
  readonly isPage: boolean
  /** Whether the body has the form in which an API words an error: JSON or XML with a code or a message. */
  readonly isWorded: boolean
  /** Whether the answer has a mark that only the service itself gives: a request id of its own. */
  readonly isMarked: boolean
  /** The proxy, gateway or firewall that names itself in the response. */
  readonly intermediary: Intermediary | undefined
}

/** Something between the client and the server that left its name. */
export interface Intermediary {
  readonly name: string
  /** Where the name stands. */
  readonly at: string
  readonly observed: string
}

/** Reads the facts out of an exchange that has been redacted. Total. */
export const read = (exchange: Exchange): HttpFacts => {
  const { request, response } = exchange
  const header = (name: string) => Exchanges.header(request?.headers ?? {}, name)
  const answerHeader = (name: string) => Exchanges.header(response?.headers ?? {}, name)
  const body = response?.body ?? ""
  const status = statusOf(exchange)
  const url = request?.url !== undefined && URL.canParse(request.url) ? new URL(request.url) : undefined
  return {
    exchange,
    hasRequest: request !== undefined,
    method: request?.method?.toUpperCase(),
    url,
    header,
    toApi: request === undefined ? undefined : isToApi(exchange, header, url),
    failure: failureOf(exchange, status),
    status,
    answerHeader,
    body,
    isPage: Portal.isHtml({ body, headers: response?.headers ?? {} }),
    isWorded: isWorded(body),
    isMarked: marks.some((name) => answerHeader(name) !== undefined),
    intermediary: intermediaryOf(answerHeader, body),
  }
}

const failureOf = ({ failure, response }: Exchange, status: number): Failure.Failure | undefined => {
  if (failure !== undefined && failure.trim() !== "") return Failure.read(failure)
  // A body that somebody kept without its status is an answer all the same.
  return response !== undefined && status === 0 && (response.body ?? "") === "" ? Failure.silent : undefined
}

/** Ids that services give their answers. A portal, which answers in the service's place, gives none. */
const marks = ["x-amz-request-id", "x-amz-id-2", "x-request-id", "x-amzn-requestid"]

/** Service-specific headers, which browsers do not send and proxies do not add. */
const ofPrograms = /^x-(?!(?:forwarded|real|original|requested|client-ip)\b)/i

/** By what it asks for, what it carries, and whom it asks. */
const isToApi = ({ request }: Exchange, header: HttpFacts["header"], url: URL | undefined): boolean => {
  const accept = header("accept") ?? ""
  if (/text\/html/i.test(accept)) return false
  return (
    /json|xml/i.test(accept) ||
    /json/i.test(header("content-type") ?? "") ||
    request?.form !== undefined ||
    !/^(?:GET|HEAD)$/i.test(request?.method ?? "GET") ||
    header("authorization") !== undefined ||
    Object.keys(request?.headers ?? {}).some((name) => ofPrograms.test(name)) ||
    /^api\.|(?:^|\.)s3[.-]|\.amazonaws\.com$/i.test(url?.hostname ?? "") ||
    /[?&]x-amz-/i.test(url?.search ?? "")
  )
}

const isWorded = (body: string): boolean => {
  if (/^\s*(?:<\?xml[^>]*>\s*)?<(?:\w+:)?Error\b/i.test(body)) return true
  try {
    const json: unknown = JSON.parse(body)
    return (
      typeof json === "object" &&
      json !== null &&
      ["error", "message", "errors", "code", "title"].some((name) => Object.hasOwn(json, name))
    )
  } catch {
    return false
  }
}

/** Intermediaries by the words in which they name themselves. The first match wins. */
const intermediaries: ReadonlyArray<readonly [RegExp, string]> = [
  [/cloudflare/i, "Cloudflare"],
  [/cloudfront/i, "CloudFront"],
  [/awselb|application load balancer/i, "an AWS load balancer"],
  [/akamai/i, "Akamai"],
  [/fastly|varnish/i, "Varnish or Fastly"],
  [/squid/i, "Squid"],
  [/zscaler/i, "Zscaler"],
  [/fortiguard|fortigate|fortinet/i, "a FortiGate firewall"],
  [/blue ?coat|bluecoat|proxysg/i, "a Blue Coat proxy"],
  [/sophos|mcafee|mwg|websense|forcepoint|palo alto/i, "a filtering proxy"],
  [/incapsula|imperva/i, "Imperva"],
  [/big-?ip|the requested url was rejected/i, "an F5 firewall"],
  [/haproxy/i, "HAProxy"],
  [/envoy/i, "Envoy"],
  [/traefik/i, "Traefik"],
  [/application-gateway|azure/i, "an Azure gateway"],
  [/openresty|nginx/i, "nginx"],
  [/tinyproxy|privoxy/i, "a local proxy"],
  [/apache/i, "Apache"],
]

const intermediaryOf = (header: HttpFacts["answerHeader"], body: string): Intermediary | undefined => {
  const places: ReadonlyArray<readonly [at: string, text: string]> = [
    ["response.headers.cf-ray", header("cf-ray") === undefined ? "" : `cloudflare ${header("cf-ray")}`],
    ["response.headers.via", header("via") ?? ""],
    ["response.headers.server", header("server") ?? ""],
    ["response.headers.proxy-agent", header("proxy-agent") ?? ""],
    ["response.headers.x-squid-error", header("x-squid-error") === undefined ? "" : "squid"],
    ["response.body", isWorded(body) ? "" : body],
  ]
  for (const [at, text] of places) {
    const known = text === "" ? undefined : intermediaries.find(([pattern]) => pattern.test(text))
    if (known !== undefined) return { name: known[1], at, observed: at === "response.body" ? quote(body) : text }
  }
  const via = header("via")
  return via === undefined ? undefined : { name: "a proxy", at: "response.headers.via", observed: via }
}

/** Enough of a page to recognise who wrote it, in characters. */
const quoted = 120

/** The beginning of a body as people read it: without tags and line breaks. */
export const quote = (body: string): string =>
  body
    .slice(0, 20 * quoted)
    .replaceAll(/<(style|script)\b.*?(?:<\/\1>|$)/gis, " ")
    .replaceAll(/<[^>]*>/g, " ")
    .replaceAll(/\s+/g, " ")
    .trim()
    .slice(0, quoted)
