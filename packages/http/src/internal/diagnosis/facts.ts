/**
 * The facts that the HTTP rules read from an exchange: why there is no response, who wrote it, and whether an API's error is in it.
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

/** What the rules know of an exchange. A missing part is `undefined`. The facts contain no secret. */
export interface HttpFacts {
  readonly exchange: Exchange
  /** Whether more of the request is known than its URL. */
  readonly hasRequest: boolean
  readonly method: string | undefined
  readonly url: URL | undefined
  readonly header: (name: string) => string | undefined
  /** Whether the request calls an API rather than asking for a page. `undefined` without a request. */
  readonly toApi: boolean | undefined
  /** Why there is no response, or only a part of one. */
  readonly failure: Failure.Failure | undefined
  /** 0 without a response. */
  readonly status: number
  readonly answerHeader: (name: string) => string | undefined
  readonly body: string
  /** Whether the response is a web page. */
  readonly isPage: boolean
  /** Whether the body is an API's error document: JSON or XML with a code or a message. */
  readonly isWorded: boolean
  /** Whether the response has a header that only the service itself sets, such as its request id. */
  readonly isMarked: boolean
  /** The code and the message of the error document, as far as the body has one. */
  readonly words: Words.Words
  /** The request fields that the response rejects by name. */
  readonly fields: ReadonlyArray<Fields.Field>
  /** Whether the body reports a failure, whatever the status is. */
  readonly saysFailure: boolean
  /** Whose API it is. */
  readonly vendor: Vendors.Vendor | undefined
  /** The proxy, gateway or firewall that wrote the response instead of the server. */
  readonly intermediary: AnsweredBy.Intermediary | undefined
  /** An intermediary that only forwarded the response. */
  readonly passed: Answerer | undefined
  /** What the intermediary's page reports. */
  readonly page: Pages.Page | undefined
  /** The author of the response, as a reader would name it. */
  readonly answeredBy: string | undefined
  /** The rate limit or quota that the response reports. */
  readonly limit: Limits.Limit | undefined
  /** A refusal other than a limit that the vendor reports. */
  readonly refusal: Refusals.Refusal | undefined
  /** The refusal that the response states in prose. */
  readonly statement: Statement.Statement | undefined
  /** Whether the request asks for a token. OAuth has its own codes for polling too fast and for refusals. */
  readonly isForToken: boolean
}

/** Reads the facts of a redacted exchange. It never throws. */
export const read = (exchange: Exchange): HttpFacts => {
  const known = facts.get(exchange)
  if (known !== undefined) return known
  const found = readAll(exchange)
  facts.set(exchange, found)
  return found
}

/** A cache: every rule set asks for the facts of the same exchange, and reading them is expensive. */
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
    statement: status >= 400 || saysFailure ? Statement.readAll(proseOf(words, isPage ? "" : body)) : undefined,
    isForToken: isForToken(exchange),
  }
}

/** A bare refusal of a gateway's authorizer yields to the challenge beside it, which says why. */
const pageOf = (page: Pages.Page | undefined, challenge: string | undefined): Pages.Page | undefined =>
  page?.cause === "access" && !page.isSure && /\berror_description="?[^"\s]/.test(challenge ?? "") ? undefined : page

/** The messages of an error document, and its codes split into words. */
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

/** Whether a protocol above HTTP reports a failure: gRPC's status, or the errors of a GraphQL mutation. */
const isFailedCall = ({ json }: Words.Words, header: HttpFacts["answerHeader"]): boolean =>
  /^\s*[1-9]\d?\s*$/.test(header("grpc-status") ?? "") || (json !== undefined && Fields.userErrorsIn(json).length > 0)

/** The text of a page, with the error code that some platforms put into a header. */
const pageText = (body: string, header: HttpFacts["answerHeader"]): string =>
  [...ofAuthors.map((name) => header(name) ?? ""), quote(body, 4000)].join(" ").trim()

/** Headers in which platforms name the error that their page shows. */
const ofAuthors = ["x-vercel-error", "ngrok-error-code", "x-render-routing", "x-squid-error"]

/** Whether a form asks for a token (RFC 6749, RFC 8628). */
const isForToken = ({ request }: Exchange): boolean =>
  /\b(?:grant_type|device_code|client_id)=/.test(request?.body?.slice(0, 4000) ?? "") ||
  (request?.form ?? []).some(({ name }) => name === "grant_type" || name === "device_code")

const failureOf = ({ failure, response }: Exchange, status: number): Failure.Failure | undefined => {
  if (failure !== undefined && failure.trim() !== "") return Failure.read(failure)
  // A body saved without its status is a response, too.
  return response !== undefined && status === 0 && (response.body ?? "") === "" ? Failure.silent : undefined
}

/** Request ids that services set. A captive portal sets none. */
const marks = ["x-amz-request-id", "x-amz-id-2", "x-request-id", "x-amzn-requestid"]

/** Service-specific headers, which neither browsers nor proxies add. */
const ofPrograms = /^x-(?!(?:forwarded|real|original|requested|client-ip)\b)/i

/** Decides by the requested type, the content and the host. */
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

/** Characters of a page that are quoted: enough to recognize its author. */
const quoted = 120

/** The beginning of a body without tags and line breaks. */
export const quote = (body: string, length = quoted): string =>
  body
    .slice(0, Math.min(20 * length, longest))
    .replaceAll(/<(style|script)\b.*?(?:<\/\1>|$)/gis, " ")
    .replaceAll(/<[^<>]*>/g, " ")
    .replaceAll(/\s+/g, " ")
    .trim()
    .slice(0, length)

/** Characters of a body that are searched for a quotation. */
const longest = 16_384
