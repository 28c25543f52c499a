/**
 * Helpers that build the rules of OAuth.
 */
import { type Confidence, type Evidence, excerpt, found, type Rule } from "@holdfast/diagnosis/Diagnosis"
import type { Name } from "../words/causes.ts"
import * as Sentences from "../words/sentences.ts"
import type { OAuthFacts, Field } from "./facts.ts"

/** Builds the rules for one topic. */
export const topic =
  (name: string) =>
  (definition: Omit<Rule<OAuthFacts>, "topic">): Rule<OAuthFacts> => ({
    ...definition,
    topic: name,
  })

/** Returns the address of a section in an RFC. */
export const rfc = (number: number, section: string): string =>
  `https://www.rfc-editor.org/rfc/rfc${number}#section-${section}`

/** Returns the evidence from the response: the server's error code, or the status if there is no error code. */
export const word = ({ answer }: OAuthFacts): ReadonlyArray<Evidence> => [
  ...(answer.at === "failure"
    ? []
    : [
        answer.error === ""
          ? { at: "response.status", name: "status", observed: String(answer.status) }
          : { at: answer.at, name: "error", observed: excerpt(answer.written) },
      ]),
  ...(answer.description === ""
    ? []
    : [{ at: answer.describedAt, name: "description", observed: excerpt(answer.description) }]),
]

/** Returns a field of the request as evidence. */
export const shown = (field: Field | undefined, expected?: string): ReadonlyArray<Evidence> =>
  field === undefined
    ? []
    : [{ at: field.at, name: field.name, observed: field.value, ...(expected === undefined ? {} : { expected }) }]

/** Returns a header of the request as evidence. */
export const sentHeader = ({ header }: OAuthFacts, name: string, expected?: string): ReadonlyArray<Evidence> => {
  const observed = header(name)
  return observed === undefined
    ? []
    : [{ at: `request.headers.${name}`, name, observed, ...(expected === undefined ? {} : { expected }) }]
}

/** Whether the server sent one of these error codes. */
export const says = ({ answer }: OAuthFacts, ...errors: ReadonlyArray<string>): boolean => errors.includes(answer.error)

/** Whether the server's message states one of these causes. */
export const means = ({ answer }: OAuthFacts, ...names: ReadonlyArray<Name>): boolean =>
  answer.meaning !== undefined && names.includes(answer.meaning.cause)

/**
 * The level of confidence in a cause. A documented code or number has a single cause at the provider that documents it. A
 * sentence is matched by its words, which can also occur in sentences about other causes.
 */
export const surety = ({ answer, issuer }: OAuthFacts): Confidence => {
  const { owner, source } = answer.meaning ?? {}
  if (source === undefined) return "likely"
  return owner === undefined || (issuer !== undefined && owner.includes(issuer.name)) ? "certain" : "likely"
}

/** The maximum length of a quotation, in characters. */
const longest = 200

/** Returns a sentence that quotes the code or number in the server's message. */
export const named = ({ answer, issuer }: OAuthFacts): string => {
  const who = answer.status === 0 ? "The library" : (issuer?.name ?? "The server")
  if (answer.meaning?.number !== undefined) return `${who} reports ${answer.meaning.number}.`
  if (answer.at === "failure") return "The client library reports this problem."
  if (answer.error === "") return `${who} responded with status ${answer.status}.`
  const written = answer.written.slice(0, longest)
  return /\s/.test(written)
    ? `${who} reports: "${written.replaceAll('"', "'").replace(/\.$/, "")}".`
    : `${who} reports ${written.slice(0, 60)}.`
}

/** Returns a sentence that quotes the server's message; empty if the message only repeats a definition or the code. */
const quotation = ({ answer }: OAuthFacts): string => {
  const text = answer.description.replaceAll(/\s+/g, " ").trim()
  const isTelling = /\s/.test(text) && !text.includes("[hidden") && Sentences.specific(text).trim() !== ""
  if (!isTelling) return ""
  const short = text.length > longest ? `${text.slice(0, longest)}\u2026` : text
  return ` The message is: "${short.replaceAll('"', "'")}".`
}

/** Whether a token for Microsoft Graph was sent to another API. */
export const isGraphsElsewhere = ({ allowed, header, url }: OAuthFacts): boolean =>
  allowed?.has("HF-OAUTH-BEARER-005") !== false &&
  (header("authorization") ?? "").endsWith("; aud=graph") &&
  url !== undefined &&
  !/(?:^|\.)(?:graph\.microsoft\.(?:com|us)|microsoftgraph\.chinacloudapi\.cn)$/.test(url.hostname)

/** Appends the server's message to the detail of a rule, unless the detail already contains the message. */
export const quoting = (rule: Rule<OAuthFacts>): Rule<OAuthFacts> => ({
  ...rule,
  find: (facts) => {
    const finding = rule.find(facts)
    if (finding?._tag !== "Found" || finding.detail.includes(facts.answer.description.slice(0, 40))) return finding
    return { ...finding, detail: `${finding.detail}${quotation(facts)}` }
  },
})

/**
 * Whether the server's message contains, in addition to the definition of its code, text that no table recognizes. This text
 * might state another cause.
 */
export const isUnread = ({ answer }: OAuthFacts): boolean =>
  answer.meaning === undefined && Sentences.specific(answer.description).trim().length > 3

/** The definition of a rule that finds a cause stated in the server's message. */
export interface Stated extends Omit<Rule<OAuthFacts>, "find" | "topic"> {
  /** The causes that the rule covers, with a sentence for each cause. */
  readonly details: Partial<Readonly<Record<Name, string>>>
  /** The request fields that the cause concerns. */
  readonly about?: ReadonlyArray<string>
  /**
   * The maximum confidence that the rule can report. Default: `certain` if the cause follows from a documented code or
   * number, and `likely` otherwise.
   */
  readonly most?: "likely"
}

/** Builds the rules that find causes stated in the server's messages, for one topic. */
export const statedIn =
  (name: string) =>
  ({ about = [], details, most, ...definition }: Stated): Rule<OAuthFacts> => ({
    ...definition,
    topic: name,
    find: (facts) => {
      const { meaning } = facts.answer
      const detail = meaning === undefined ? undefined : details[meaning.cause]
      return detail === undefined
        ? undefined
        : found({
            confidence: most ?? surety(facts),
            detail: `${detail} ${named(facts)}`,
            evidence: [...word(facts), ...about.flatMap((one) => shown(facts.field(one)))],
            about,
          })
    },
  })
