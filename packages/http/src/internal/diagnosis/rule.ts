/**
 * Helpers for writing the HTTP rules.
 */
import { type Confidence, type Evidence, excerpt, type Found, type Rule } from "@holdfast/diagnosis/Diagnosis"

import type { PageCause } from "./answer/pages.ts"
import type { RefusalCause } from "./answer/refusalRow.ts"
import { type HttpFacts, quote } from "./facts.ts"

/** Returns a constructor for the rules of one topic. */
export const topic =
  (name: string) =>
  (definition: Omit<Rule<HttpFacts>, "topic">): Rule<HttpFacts> => ({
    ...definition,
    topic: name,
  })

/** Evidence: the client's message. */
export const failed = ({ failure }: HttpFacts): ReadonlyArray<Evidence> =>
  failure === undefined || failure.text === ""
    ? []
    : [{ at: "failure", name: "failure", observed: excerpt(failure.text) }]

/** Evidence: the status and the mark of its author. */
export const answered = ({ intermediary, status }: HttpFacts): ReadonlyArray<Evidence> => [
  { at: "response.status", name: "status", observed: String(status) },
  ...(intermediary === undefined
    ? []
    : [{ at: intermediary.at, name: intermediary.at.replace(/^.*\./, ""), observed: intermediary.observed }]),
]

/** Evidence: the beginning of the body, if it has one. */
export const said = ({ body }: HttpFacts): ReadonlyArray<Evidence> => {
  const words = quote(body)
  return words === "" ? [] : [{ at: "response.body", name: "body", observed: words }]
}

/** Evidence: a response header, if it is present. */
export const told = (facts: HttpFacts, name: string): ReadonlyArray<Evidence> => {
  const value = facts.answerHeader(name)
  return value === undefined ? [] : [{ at: `response.headers.${name}`, name, observed: excerpt(value) }]
}

/** The intermediary that wrote the response, at the beginning of a sentence. */
export const authorOf = ({ intermediary }: HttpFacts, otherwise: string): string =>
  starting(intermediary?.name ?? otherwise)

/** The response's own message, to append to a detail. */
export const spoken = ({ body, words }: HttpFacts): string => {
  const own = words.more === "" || words.message.length > 100 ? words.message : `${words.message}: ${words.more}`
  const text = quote(own === "" ? (words.json === undefined ? body : "") : own, 200)
  if (text === "" || text.includes("[hidden")) return ""
  const code = words.codes.find((one) => telling.test(one) && !text.includes(one))
  return ` The response says: "${text.replaceAll('"', "'")}"${code === undefined ? "" : ` (${code.slice(0, 80)})`}.`
}

/** A code of several words or a number, which may be more specific than the message. */
const telling = /^(?=.{6})(?:[a-z]+[a-z_-]*[_-][a-z_-]+|[A-Z]+[A-Z_]*_[A-Z_]+|[A-Za-z]+[a-z][A-Z][A-Za-z]+|\d{4,6})$/

/** A name at the beginning of a sentence; host names stay unchanged. */
export const starting = (name: string): string =>
  name.replace(/^(?:the|an?) /, (word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`)

/** A finding for an intermediary's page. */
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

/** A finding for a refusal that the response reports. */
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

/** Evidence: the status, the author and the body, each location once. */
export const evidenceOf = (facts: HttpFacts): ReadonlyArray<Evidence> => [
  ...answered(facts),
  ...(facts.intermediary?.at === "response.body" ? [] : said(facts)),
]

/** Patterns for the host in a client's message: `lookup minio on …`, `Failed to connect to minio port 9000`, `host='minio'`. */
const inWords =
  /\b(?:lookup|connect(?:ion)? to(?: host)?|connecting to|reach|resolve(?: host| the host)?:?|Unknown ?Host(?:Exception)?:|ENOTFOUND|EAI_AGAIN|ECONNREFUSED|dial tcp|host ?(?:lookup: )?[=:]?) ?["'`]?((?:[a-z0-9][\w-]{0,62}\.){0,8}[a-z0-9][\w-]{0,62}(?::\d{1,5})?)(?=["'`,;:)\s]|$)/i

/** The host of the request, as a sentence names it. */
export const hostOf = ({ failure, url }: HttpFacts): string => {
  if (url !== undefined) return url.host
  const [, host = ""] = inWords.exec(failure?.text.slice(0, 2000) ?? "") ?? []
  return /[.:\d]/.test(host) ? host : "the server"
}

/** The confidence of a cause that rests on the status: `possible` if the response also has its own code. */
export const sure = ({ answerHeader, isWorded }: HttpFacts, alone: Confidence): Confidence =>
  isWorded || answerHeader("x-amz-request-id") !== undefined ? "possible" : alone

/** A finding for transport failures with one of the keys. */
export const onFailure =
  (
    keys: ReadonlyArray<string>,
    found: (facts: HttpFacts) => Omit<Found, "_tag" | "evidence"> & { readonly evidence?: ReadonlyArray<Evidence> },
  ) =>
  (facts: HttpFacts): Found | undefined =>
    facts.failure !== undefined && keys.includes(facts.failure.key)
      ? { _tag: "Found", evidence: failed(facts), ...found(facts) }
      : undefined
