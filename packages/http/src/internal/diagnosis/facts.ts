/**
 * Collects the information that the HTTP rules need about an exchange: why there is no response, or which system wrote the
 * response and whether it contains an API error.
 */
import { type Exchange, statusOf } from "@holdfast/diagnosis/Exchange"
import * as Exchanges from "@holdfast/diagnosis/Exchange"
import * as Portal from "../../Portal.ts"
import * as AnsweredBy from "./answer/answeredBy.ts"
import type { Answerer } from "./answer/answerers.ts"
import * as Fields from "./answer/fields.ts"
import * as Limits from "./answer/limits.ts"
import * as Pages from "./answer/pages.ts"
import * as Refusals from "./answer/refusals.ts"
import * as Statement from "./answer/statement/read.ts"
import * as Vendors from "./answer/vendor.ts"
import * as Words from "./answer/words.ts"
import * as Failure from "./failure.ts"

/**
 * The information about an exchange that the rules use. A value that is not known is `undefined`. The values do not contain
 * secrets.
 */
export interface HttpFacts {
  readonly exchange: Exchange
  /** Whether the exchange contains more of the request than its method and URL. */
  readonly hasRequest: boolean
  readonly method: string | undefined
  readonly url: URL | undefined
  readonly header: (name: string) => string | undefined
  /** Whether the request calls an API instead of requesting a web page. The value is `undefined` if there is no request. */
  readonly toApi: boolean | undefined
  /** Why there is no response, or why the response is incomplete. */
  readonly failure: Failure.Failure | undefined
  /** The response status; 0 if there is no response or its status is unknown. */
  readonly status: number
  readonly answerHeader: (name: string) => string | undefined
  readonly body: string
  /** Whether the response is a web page. */
  readonly isPage: boolean
  /**
   * Whether the body is an error document from an API. An error document is JSON or XML that contains a code or a message.
   */
  readonly isWorded: boolean
  /** Whether the response has a header that only the service itself sets, such as its request id. */
  readonly isMarked: boolean
  /** The codes and the message of the error document; empty if the body is not an error document. */
  readonly words: Words.Words
  /** The request fields that the response identifies as rejected. */
  readonly fields: ReadonlyArray<Fields.Field>
  /** Whether the response reports a failure despite a 2xx status. */
  readonly saysFailure: boolean
  /** Whose API it is. */
  readonly vendor: Vendors.Vendor | undefined
  /** The proxy, gateway or firewall that wrote the response in place of the server. */
  readonly intermediary: AnsweredBy.Intermediary | undefined
  /** An intermediary that only forwarded the response. */
  readonly passed: Answerer | undefined
  /** The cause that the intermediary's page reports. */
  readonly page: Pages.Page | undefined
  /** The name of the response's author, as shown to readers. */
  readonly answeredBy: string | undefined
  /** The rate limit or quota that the response reports. */
  readonly limit: Limits.Limit | undefined
  /** The refusal that the vendor reports, unless it is a rate limit or a quota. */
  readonly refusal: Refusals.Refusal | undefined
  /** The refusal that the response states in prose. */
  readonly statement: Statement.Statement | undefined
  /** Whether the client requests a token. OAuth defines its own codes for refusals and for clients that poll too often. */
  readonly isForToken: boolean
}

/** Reads the `HttpFacts` of a redacted exchange. It never throws. */
export const read = (exchange: Exchange): HttpFacts => {
  const known = facts.get(exchange)
  if (known !== undefined) return known
  const found = readAll(exchange)
  facts.set(exchange, found)
  return found
}

/** Caches the `HttpFacts` of each exchange, because every rule set reads them and computing them is expensive. */
const facts = new WeakMap<Exchange, HttpFacts>()

const readAll = (exchange: Exchange): HttpFacts => {
  const { request, response } = exchange
  const header = (name: string) => Exchanges.header(request?.headers ?? {}, name)
  const answerHeader = (name: string) => Exchanges.header(response?.headers ?? {}, name)
  const body = response?.body ?? ""
  const status = statusOf(exchange)
  const url = request?.url !== undefined && URL.canParse(request.url) ? new URL(request.url) : undefined
  const toApi = request === undefined ? undefined : isToApi(exchange, header, url)
  const isPage = Portal.isHtml({ body, headers: response?.headers ?? {} })
  const words = Words.read(body, answerHeader("x-amzn-errortype"))
  const isMarked = marks.some((name) => answerHeader(name) !== undefined)
  const intermediary = AnsweredBy.read(
    { status, header: answerHeader, body, isWorded: words.isWorded, isBrowsing: toApi === false, isPage },
    (text) => quote(text, 2000),
  )
  const host = url?.hostname ?? header("host")
  const names = Object.keys(response?.headers ?? {}).map((name) => name.toLowerCase())
  const vendor = response === undefined ? undefined : Vendors.read(words, names, host)
  const passed = AnsweredBy.passedBy(answerHeader)
  const saysFailure = status >= 200 && status < 300 && (Words.saysFailure(words) || isFailedCall(words, answerHeader))
  const isServers = vendor !== undefined || words.isWorded || isMarked || (status >= 200 && status < 300)
  return {
    exchange,
    hasRequest: Exchanges.isRequestSeen(exchange),
    method: request?.method?.toUpperCase(),
    url,
    header,
    toApi,
    failure: failureOf(exchange, status),
    status,
    answerHeader,
    body,
    isPage,
    isWorded: words.isWorded,
    isMarked,
    words,
    fields: fieldsOf(words, status),
    saysFailure,
    vendor,
    intermediary,
    passed,
    page:
      intermediary === undefined
        ? undefined
        : pageOf(Pages.read(intermediary.who, pageText(body, answerHeader), status), answerHeader("www-authenticate")),
    answeredBy:
      status === 0
        ? undefined
        : AnsweredBy.inWords(intermediary, {
            status,
            vendor,
            passed,
            isOwn: isServers && !isPage,
            host,
          }),
    limit: intermediary?.kind === "edge" ? undefined : Limits.read(words, vendor, status, answerHeader),
    refusal: Refusals.read(
      words.message === "" ? { ...words, message: quote(body, 500) } : words,
      vendor,
      response?.isStatusAssumed === true ? undefined : status,
      answerHeader,
    ),
    // Servers repeat the definition of such a code, which lists every cause.
    statement:
      !words.codes.some((code) => Refusals.tokenCodes.has(code)) && (status >= 400 || saysFailure)
        ? Statement.readAll(proseOf(words, isPage ? "" : body))
        : undefined,
    isForToken: isForToken(exchange),
  }
}

/**
 * If a gateway's authorizer does not give a reason for a refusal, but the challenge in the same response does, the challenge
 * takes precedence over the page.
 */
const pageOf = (page: Pages.Page | undefined, challenge: string | undefined): Pages.Page | undefined =>
  page?.cause === "access" && !page.isSure && /\berror_description="?[^"\s]/.test(challenge ?? "") ? undefined : page

/** Returns the messages of an error document, followed by its codes split into words. */
const proseOf = ({ codes, json, message, more }: Words.Words, body: string): ReadonlyArray<string> => [
  message === "" && json === undefined ? quote(body, 500) : message,
  more,
  ...codes.map((code) => code.replace(/(?<=[a-z])(?=[A-Z])|_/g, " ")),
]

const fieldsOf = ({ json }: Words.Words, status: number): ReadonlyArray<Fields.Field> => {
  if (json === undefined || (status >= 500 && status !== 0)) return []
  const fields = Fields.read(json)
  return fields.length === 0 && status === 400 ? Fields.ofForm(json) : fields
}

/** Whether a protocol on top of HTTP reports a failure, either in a gRPC status or in the errors of a GraphQL mutation. */
const isFailedCall = ({ json }: Words.Words, header: HttpFacts["answerHeader"]): boolean =>
  /^\s*[1-9]\d?\s*$/.test(header("grpc-status") ?? "") || (json !== undefined && Fields.userErrorsIn(json).length > 0)

/** Returns the text of a page, preceded by the error codes that some platforms send in a header. */
const pageText = (body: string, header: HttpFacts["answerHeader"]): string =>
  [...ofAuthors.map((name) => header(name) ?? ""), quote(body, 4000)].join(" ").trim()

/** Headers in which platforms identify the error that their page shows. */
const ofAuthors = ["x-vercel-error", "ngrok-error-code", "x-render-routing", "x-squid-error"]

/** Whether a form requests a token (RFC 6749, RFC 8628). */
const isForToken = ({ request }: Exchange): boolean =>
  /\b(?:grant_type|device_code|client_id)=/.test(request?.body?.slice(0, 4000) ?? "") ||
  (request?.form ?? []).some(({ name }) => name === "grant_type" || name === "device_code")

const failureOf = ({ failure, response }: Exchange, status: number): Failure.Failure | undefined => {
  if (failure !== undefined && failure.trim() !== "") return Failure.read(failure)
  // A body saved without its status is a response, too.
  return response !== undefined && status === 0 && (response.body ?? "") === "" ? Failure.silent : undefined
}

/** Headers in which services send request IDs. A captive portal does not set these headers. */
const marks = ["x-amz-request-id", "x-amz-id-2", "x-request-id", "x-amzn-requestid"]

/** Service-specific headers, which neither browsers nor proxies add. */
const ofPrograms = /^x-(?!(?:forwarded|real|original|requested|client-ip)\b)/i

/** Infers whether the request calls an API from the method, headers, body and URL of the request. */
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

/** The number of characters to quote from a page, which is enough to recognize the page's author. */
const quoted = 120

/** Returns the beginning of a body, without tags and line breaks. */
export const quote = (body: string, length = quoted): string =>
  body
    .slice(0, Math.min(20 * length, longest))
    .replaceAll(/<(style|script)\b.*?(?:<\/\1>|$)/gis, " ")
    .replaceAll(/<[^<>]*>/g, " ")
    .replaceAll(/\s+/g, " ")
    .trim()
    .slice(0, length)

/** The maximum number of characters of a body that are searched for a quotation. */
const longest = 16_384
