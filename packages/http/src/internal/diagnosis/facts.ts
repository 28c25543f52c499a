/**
 * An exchange as the rules of HTTP read it: why there is no answer, who answered, and whether it is what an API says.
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

/** The facts. Whatever is not at hand is `undefined`; nothing here is a secret. */
export interface HttpFacts {
  readonly exchange: Exchange
  /** Whether more of the request was seen than its address. */
  readonly hasRequest: boolean
  readonly method: string | undefined
  readonly url: URL | undefined
  readonly header: (name: string) => string | undefined
  /** Whether the request is one to an API, and not for a page. `undefined` without a request. */
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
  /** The words of the API, as far as the body is in the form of one. */
  readonly words: Words.Words
  /** The fields of the request that the answer refuses by name. */
  readonly fields: ReadonlyArray<Fields.Field>
  /** Whether the answer says that it failed, whatever its status. */
  readonly saysFailure: boolean
  /** Whose API it is. */
  readonly vendor: Vendors.Vendor | undefined
  /** The proxy, gateway or firewall that wrote the answer in the server's place. One that passed it on is none. */
  readonly intermediary: AnsweredBy.Intermediary | undefined
  /** One that only passed the answer on. */
  readonly passed: Answerer | undefined
  /** What the intermediary says. */
  readonly page: Pages.Page | undefined
  /** Who answered, for people. */
  readonly answeredBy: string | undefined
  /** The limit that the answer names. */
  readonly limit: Limits.Limit | undefined
  /** Another refusal that the vendor words. */
  readonly refusal: Refusals.Refusal | undefined
  /** What the answer states in prose. */
  readonly statement: Statement.Statement | undefined
  /** Whether the request asks for a token: OAuth has words of its own for pace and refusal. */
  readonly isForToken: boolean
}

/** Reads the facts out of an exchange that has been redacted. Total. */
export const read = (exchange: Exchange): HttpFacts => {
  const known = facts.get(exchange)
  if (known !== undefined) return known
  const found = readAll(exchange)
  facts.set(exchange, found)
  return found
}

/** Every rule set asks for the facts of the same exchange, and reading them tries the marks of all intermediaries. */
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
    page: intermediary === undefined ? undefined : Pages.read(intermediary.who, pageText(body, answerHeader), status),
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

/** The sentences of an answer, and its codes as the words that they are made of. */
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

/** Whether a status of its own says that a call failed: that of gRPC, or the errors of a mutation of GraphQL. */
const isFailedCall = ({ json }: Words.Words, header: HttpFacts["answerHeader"]): boolean =>
  /^\s*[1-9]\d?\s*$/.test(header("grpc-status") ?? "") || (json !== undefined && Fields.userErrorsIn(json).length > 0)

/** The words of a page or a text, and the code that its author puts into a header of its own. */
const pageText = (body: string, header: HttpFacts["answerHeader"]): string =>
  [...ofAuthors.map((name) => header(name) ?? ""), quote(body, 4000)].join(" ").trim()

/** Headers in which platforms name the error of their page. */
const ofAuthors = ["x-vercel-error", "ngrok-error-code", "x-render-routing", "x-squid-error"]

/** Whether a form asks for a token (RFC 6749, RFC 8628). */
const isForToken = ({ request }: Exchange): boolean =>
  /\b(?:grant_type|device_code|client_id)=/.test(request?.body?.slice(0, 4000) ?? "") ||
  (request?.form ?? []).some(({ name }) => name === "grant_type" || name === "device_code")

const failureOf = ({ failure, response }: Exchange, status: number): Failure.Failure | undefined => {
  if (failure !== undefined && failure.trim() !== "") return Failure.read(failure)
  // A body that was kept without its status is also an answer.
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

/** Enough of a page to recognise who wrote it, in characters. */
const quoted = 120

/** The beginning of a body as people read it: without tags and line breaks. */
export const quote = (body: string, length = quoted): string =>
  body
    .slice(0, Math.min(20 * length, longest))
    .replaceAll(/<(style|script)\b.*?(?:<\/\1>|$)/gis, " ")
    .replaceAll(/<[^<>]*>/g, " ")
    .replaceAll(/\s+/g, " ")
    .trim()
    .slice(0, length)

/** How much of a body is quoted from, in characters. */
const longest = 16_384
