/**
 * How the rules of HTTP are written.
 */
import { type Confidence, type Evidence, excerpt, type Found, type Rule } from "@holdfast/diagnosis/Diagnosis"

import type { PageCause } from "./answer/pages.ts"
import type { RefusalCause } from "./answer/refusalRow.ts"
import { type HttpFacts, quote } from "./facts.ts"

/** Makes the rules of one topic. */
export const topic =
  (name: string) =>
  (definition: Omit<Rule<HttpFacts>, "topic">): Rule<HttpFacts> => ({
    ...definition,
    topic: name,
  })

/** The words in which the client told why there is no answer. */
export const failed = ({ failure }: HttpFacts): ReadonlyArray<Evidence> =>
  failure === undefined || failure.text === ""
    ? []
    : [{ at: "failure", name: "failure", observed: excerpt(failure.text) }]

/** The status, and who says so. */
export const answered = ({ intermediary, status }: HttpFacts): ReadonlyArray<Evidence> => [
  { at: "response.status", name: "status", observed: String(status) },
  ...(intermediary === undefined
    ? []
    : [{ at: intermediary.at, name: intermediary.at.replace(/^.*\./, ""), observed: intermediary.observed }]),
]

/** The beginning of the body, where it has one. */
export const said = ({ body }: HttpFacts): ReadonlyArray<Evidence> => {
  const words = quote(body)
  return words === "" ? [] : [{ at: "response.body", name: "body", observed: words }]
}

/** A header of the answer, where it has it. */
export const told = (facts: HttpFacts, name: string): ReadonlyArray<Evidence> => {
  const value = facts.answerHeader(name)
  return value === undefined ? [] : [{ at: `response.headers.${name}`, name, observed: excerpt(value) }]
}

/** The one who wrote the answer in the server's place, as a sentence begins. */
export const authorOf = ({ intermediary }: HttpFacts, otherwise: string): string =>
  starting(intermediary?.name ?? otherwise)

/** The service's own words, as a sentence behind a detail: they tell more than the status. */
export const spoken = ({ body, words }: HttpFacts): string => {
  const own = words.more === "" || words.message.length > 100 ? words.message : `${words.message}: ${words.more}`
  const text = quote(own === "" ? (words.json === undefined ? body : "") : own, 200)
  if (text === "" || text.includes("[hidden")) return ""
  const code = words.codes.find((one) => telling.test(one) && !text.includes(one))
  return ` The answer says: "${text.replaceAll('"', "'")}"${code === undefined ? "" : ` (${code.slice(0, 80)})`}.`
}

/** A code of several words, or a number of a table: it may tell more than the sentence. */
const telling = /^(?=.{6})(?:[a-z]+[a-z_-]*[_-][a-z_-]+|[A-Z]+[A-Z_]*_[A-Z_]+|[A-Za-z]+[a-z][A-Z][A-Za-z]+|\d{4,6})$/

/** A name at the beginning of a sentence; a host stays as it is. */
export const starting = (name: string): string =>
  name.replace(/^(?:the|an?) /, (word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`)

/** A finding for what an intermediary says in its own words. */
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

/** A finding for a refusal that the answer explains. */
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

/** The status, the author and its words, each place once. */
export const evidenceOf = (facts: HttpFacts): ReadonlyArray<Evidence> => [
  ...answered(facts),
  ...(facts.intermediary?.at === "response.body" ? [] : said(facts)),
]

/** How the words of a failure name the host: `lookup minio on …`, `Failed to connect to minio port 9000`, `host='minio'`. */
const inWords =
  /\b(?:lookup|connect(?:ion)? to(?: host)?|connecting to|reach|resolve(?: host| the host)?:?|Unknown ?Host(?:Exception)?:|ENOTFOUND|EAI_AGAIN|ECONNREFUSED|dial tcp|host ?(?:lookup: )?[=:]?) ?["'`]?((?:[a-z0-9][\w-]{0,62}\.){0,8}[a-z0-9][\w-]{0,62}(?::\d{1,5})?)(?=["'`,;:)\s]|$)/i

/** The host that was asked, as a sentence names it. */
export const hostOf = ({ failure, url }: HttpFacts): string => {
  if (url !== undefined) return url.host
  const [, host = ""] = inWords.exec(failure?.text.slice(0, 2000) ?? "") ?? []
  return /[.:\d]/.test(host) ? host : "the server"
}

/** A status speaks for itself unless a service adds its own word, which its own rules then read. */
export const sure = ({ answerHeader, isWorded }: HttpFacts, alone: Confidence): Confidence =>
  isWorded || answerHeader("x-amz-request-id") !== undefined ? "possible" : alone

/** A finding for failures with one of the keys. */
export const onFailure =
  (
    keys: ReadonlyArray<string>,
    found: (facts: HttpFacts) => Omit<Found, "_tag" | "evidence"> & { readonly evidence?: ReadonlyArray<Evidence> },
  ) =>
  (facts: HttpFacts): Found | undefined =>
    facts.failure !== undefined && keys.includes(facts.failure.key)
      ? { _tag: "Found", evidence: failed(facts), ...found(facts) }
      : undefined
