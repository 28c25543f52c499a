/**
 * Helpers that build the rules of OAuth.
 */
import { type Confidence, type Evidence, excerpt, found, type Rule } from "@holdfast/diagnosis/Diagnosis"
import type { Name } from "../words/causes.ts"
import * as Sentences from "../words/sentences.ts"
import type { OAuthFacts, Field } from "./facts.ts"

/** Builds the rules of one topic. */
export const topic =
  (name: string) =>
  (definition: Omit<Rule<OAuthFacts>, "topic">): Rule<OAuthFacts> => ({
    ...definition,
    topic: name,
  })

/** The address of a section of an RFC. */
export const rfc = (number: number, section: string): string =>
  `https://www.rfc-editor.org/rfc/rfc${number}#section-${section}`

/** The server's error code, or the status without one. */
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

/** A field of the request as evidence. */
export const shown = (field: Field | undefined, expected?: string): ReadonlyArray<Evidence> =>
  field === undefined
    ? []
    : [{ at: field.at, name: field.name, observed: field.value, ...(expected === undefined ? {} : { expected }) }]

/** A header of the request as evidence. */
export const sentHeader = ({ header }: OAuthFacts, name: string, expected?: string): ReadonlyArray<Evidence> => {
  const observed = header(name)
  return observed === undefined
    ? []
    : [{ at: `request.headers.${name}`, name, observed, ...(expected === undefined ? {} : { expected }) }]
}

/** Whether the server sent one of these error codes. */
export const says = ({ answer }: OAuthFacts, ...errors: ReadonlyArray<string>): boolean => errors.includes(answer.error)

/** Whether the server's message names one of these causes. */
export const means = ({ answer }: OAuthFacts, ...names: ReadonlyArray<Name>): boolean =>
  answer.meaning !== undefined && names.includes(answer.meaning.cause)

/**
 * The confidence in a cause. A documented code or number has one cause at the provider that documents it; a sentence is
 * matched by its words, which other causes may share.
 */
export const surety = ({ answer, issuer }: OAuthFacts): Confidence => {
  const { owner, source } = answer.meaning ?? {}
  if (source === undefined) return "likely"
  return owner === undefined || (issuer !== undefined && owner.includes(issuer.name)) ? "certain" : "likely"
}

/** The maximum length of a quotation, in characters. */
const longest = 200

/** The code or number in the server's message. */
export const named = ({ answer, issuer }: OAuthFacts): string => {
  const who = answer.status === 0 ? "The library" : (issuer?.name ?? "The server")
  if (answer.meaning?.number !== undefined) return `${who} says ${answer.meaning.number}.`
  if (answer.at === "failure") return "The client library reports this problem."
  if (answer.error === "") return `${who} says so.`
  const written = answer.written.slice(0, longest)
  return /\s/.test(written)
    ? `${who} says: "${written.replaceAll('"', "'").replace(/\.$/, "")}".`
    : `${who} says ${written.slice(0, 60)}.`
}

/** The server's message as a sentence; empty if it repeats a definition or the code. */
const quotation = ({ answer }: OAuthFacts): string => {
  const text = answer.description.replaceAll(/\s+/g, " ").trim()
  const isTelling = /\s/.test(text) && !text.includes("[hidden") && Sentences.specific(text).trim() !== ""
  if (!isTelling) return ""
  const short = text.length > longest ? `${text.slice(0, longest)}\u2026` : text
  return ` It says: "${short.replaceAll('"', "'")}".`
}

/** Whether a token for Microsoft Graph was sent to another API. */
export const isGraphsElsewhere = ({ allowed, header, url }: OAuthFacts): boolean =>
  allowed?.has("HF-OAUTH-BEARER-005") !== false &&
  (header("authorization") ?? "").endsWith("; aud=graph") &&
  url !== undefined &&
  !/(?:^|\.)(?:graph\.microsoft\.(?:com|us)|microsoftgraph\.chinacloudapi\.cn)$/.test(url.hostname)

/** Appends the server's message to the detail of a rule, unless the detail contains it. */
export const quoting = (rule: Rule<OAuthFacts>): Rule<OAuthFacts> => ({
  ...rule,
  find: (facts) => {
    const finding = rule.find(facts)
    if (finding?._tag !== "Found" || finding.detail.includes(facts.answer.description.slice(0, 40))) return finding
    return { ...finding, detail: `${finding.detail}${quotation(facts)}` }
  },
})

/**
 * Whether the server's message goes beyond the definition of its code with text that no table knows, and may therefore
 * name another cause.
 */
export const isUnread = ({ answer }: OAuthFacts): boolean =>
  answer.meaning === undefined && Sentences.specific(answer.description).trim().length > 3

/** The definition of a rule whose cause the server's message names. */
export interface Stated extends Omit<Rule<OAuthFacts>, "find" | "topic"> {
  /** The causes, each with a sentence. */
  readonly details: Partial<Readonly<Record<Name, string>>>
  /** The fields of the request that the cause concerns. */
  readonly about?: ReadonlyArray<string>
  /** The maximum confidence of the rule. Default: `certain` for a documented code or number. */
  readonly most?: "likely"
}

/** Builds the rules of one topic whose causes the server's messages name. */
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
