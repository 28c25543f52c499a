/**
 * Helpers for writing the HTTP rules.
 */
import { type Confidence, type Evidence, excerpt, type Found, type Rule } from "@holdfast/diagnosis/Diagnosis"

import type { PageCause } from "./answer/pages.ts"
import type { RefusalCause } from "./answer/refusalRow.ts"
import { type HttpFacts, quote } from "./facts.ts"

/** Returns a function that builds the rules of one topic. */
export const topic =
  (name: string) =>
  (definition: Omit<Rule<HttpFacts>, "topic">): Rule<HttpFacts> => ({
    ...definition,
    topic: name,
  })

/** Returns the client's message as evidence. */
export const failed = ({ failure }: HttpFacts): ReadonlyArray<Evidence> =>
  failure === undefined || failure.text === ""
    ? []
    : [{ at: "failure", name: "failure", observed: excerpt(failure.text) }]

/** Returns, as evidence, the status and the text that identifies the response's author. */
export const answered = ({ intermediary, status }: HttpFacts): ReadonlyArray<Evidence> => [
  { at: "response.status", name: "status", observed: String(status) },
  ...(intermediary === undefined
    ? []
    : [{ at: intermediary.at, name: intermediary.at.replace(/^.*\./, ""), observed: intermediary.observed }]),
]

/** Returns the beginning of the body as evidence, if the response has a body. */
export const said = ({ body }: HttpFacts): ReadonlyArray<Evidence> => {
  const words = quote(body)
  return words === "" ? [] : [{ at: "response.body", name: "body", observed: words }]
}

/** Returns a response header as evidence, if the header is present. */
export const told = (facts: HttpFacts, name: string): ReadonlyArray<Evidence> => {
  const value = facts.answerHeader(name)
  return value === undefined ? [] : [{ at: `response.headers.${name}`, name, observed: excerpt(value) }]
}

/** Returns the name of the intermediary that wrote the response, for use at the beginning of a sentence. */
export const authorOf = ({ intermediary }: HttpFacts, otherwise: string): string =>
  starting(intermediary?.name ?? otherwise)

/** Returns the message in the response, to be appended to a detail. */
export const spoken = ({ body, words }: HttpFacts): string => {
  const own = words.more === "" || words.message.length > 100 ? words.message : `${words.message}: ${words.more}`
  const text = quote(own === "" ? (words.json === undefined ? body : "") : own, 200)
  if (text === "" || text.includes("[hidden")) return ""
  const code = words.codes.find((one) => telling.test(one) && !text.includes(one))
  return ` The message of the response is: "${text.replaceAll('"', "'")}"${code === undefined ? "" : ` (${code.slice(0, 80)})`}.`
}

/** Matches a code that is a number or consists of several words. Such a code may be more specific than the message. */
const telling = /^(?=.{6})(?:[a-z]+[a-z_-]*[_-][a-z_-]+|[A-Z]+[A-Z_]*_[A-Z_]+|[A-Za-z]+[a-z][A-Z][A-Za-z]+|\d{4,6})$/

/** Capitalizes the article of a name for use at the beginning of a sentence. Host names remain unchanged. */
export const starting = (name: string): string =>
  name.replace(/^(?:the|an?) /, (word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`)

/** Finds an intermediary's page that reports one of the given causes. */
export const onPage =
  (causes: ReadonlyArray<PageCause>, after = "") =>
  (facts: HttpFacts): Found | undefined => {
    const { page } = facts
    if (page === undefined || !causes.includes(page.cause)) return undefined
    return {
      _tag: "Found",
      confidence: page.isSure ? "certain" : "likely",
      detail: `${authorOf(facts, "The intermediary")} ${page.means}.${after}`,
      evidence: evidenceOf(facts),
    }
  }

/** Finds a refusal that the response reports with the given cause. */
export const onRefusal =
  (cause: RefusalCause, detail: (facts: HttpFacts) => string) =>
  (facts: HttpFacts): Found | undefined => {
    const { refusal } = facts
    if (refusal?.cause !== cause) return undefined
    return {
      _tag: "Found",
      confidence: refusal.isSure ? "certain" : "likely",
      detail: detail(facts),
      evidence: [...answered(facts), { at: refusal.at, name: refusal.name, observed: refusal.observed }],
    }
  }

/**
 * Returns the status, the author and the body as evidence; the body is omitted if it already serves as evidence of the
 * author.
 */
export const evidenceOf = (facts: HttpFacts): ReadonlyArray<Evidence> => [
  ...answered(facts),
  ...(facts.intermediary?.at === "response.body" ? [] : said(facts)),
]

/**
 * Matches the host in a client's message. Examples of such messages are `lookup minio on …`,
 * `Failed to connect to minio port 9000` and `host='minio'`.
 */
const inWords =
  /\b(?:lookup|connect(?:ion)? to(?: host)?|connecting to|reach|resolve(?: host| the host)?:?|Unknown ?Host(?:Exception)?:|ENOTFOUND|EAI_AGAIN|ECONNREFUSED|dial tcp|host ?(?:lookup: )?[=:]?) ?["'`]?((?:[a-z0-9][\w-]{0,62}\.){0,8}[a-z0-9][\w-]{0,62}(?::\d{1,5})?)(?=["'`,;:)\s]|$)/i

/** Returns the host of the request for use in a sentence. */
export const hostOf = ({ failure, url }: HttpFacts): string => {
  if (url !== undefined) return url.host
  const [, host = ""] = inWords.exec(failure?.text.slice(0, 2000) ?? "") ?? []
  return /[.:\d]/.test(host) ? host : "the server"
}

/**
 * Returns the confidence of a cause that is based on the status. The confidence is `possible` if the response also contains
 * an error document or an S3 request ID.
 */
export const sure = ({ answerHeader, isWorded }: HttpFacts, alone: Confidence): Confidence =>
  isWorded || answerHeader("x-amz-request-id") !== undefined ? "possible" : alone

/** Finds a transport failure whose key is one of the given keys. */
export const onFailure =
  (
    keys: ReadonlyArray<string>,
    found: (facts: HttpFacts) => Omit<Found, "_tag" | "evidence"> & { readonly evidence?: ReadonlyArray<Evidence> },
  ) =>
  (facts: HttpFacts): Found | undefined =>
    facts.failure !== undefined && keys.includes(facts.failure.key)
      ? { _tag: "Found", evidence: failed(facts), ...found(facts) }
      : undefined
