/**
 * Assigns a confidence to each finding. The response text takes precedence over the claims of rules, and a finding is certain
 * only if the exchange excludes every rival cause.
 */
import type { About, Confidence, Evidence } from "./explanation.ts"
import type { Finding, Found } from "./finding.ts"

/** The finding of one rule in a system's rule set. */
export interface Entry {
  readonly system: string
  readonly rule: About
  readonly finding: Finding
}

/** A cause that was found, with the confidence that the engine assigns to the cause. */
export interface Judged extends Entry {
  readonly finding: Found
  /** Whether the response text allows the cause. */
  readonly isAllowed: boolean
}

/**
 * The reading and findings of one rule set. `allowed` contains the codes of the causes that the response text allows;
 * `allowed` is absent if the text does not restrict the causes.
 */
export interface Reading {
  readonly allowed?: ReadonlySet<string> | undefined
  /** Whether a document describes the system that responded. */
  readonly documents?: ((url: string) => boolean) | undefined
  readonly entries: ReadonlyArray<Entry>
}

/**
 * Returns the causes that were found, with the confidence that the engine assigns to each cause.
 *
 * **Details**
 *
 * If a rule set interprets the response text, the text restricts the findings of that rule set and of later, more general
 * rule sets. The text does not restrict the findings of earlier rule sets, which are more specific. A finding that the
 * response text does not allow has the confidence `possible`. A claim of certainty is reduced to `likely` if the rule has no
 * evidence, a rival was found or could not be checked, the status is assumed, the exchange is an excerpt, or the claim relies
 * on the documentation of another vendor. A rival that the response text does not allow is treated as excluded.
 */
export const judge = (
  readings: ReadonlyArray<Reading>,
  { isExcerpt, isStatusAssumed }: { readonly isExcerpt: boolean; readonly isStatusAssumed: boolean },
): ReadonlyArray<Judged> => {
  const heard = readings.flatMap(({ documents = () => true, entries }, at) => {
    const words = readings.slice(0, at + 1).flatMap(({ allowed }) => (allowed === undefined ? [] : [allowed]))
    return entries.map((entry) => ({
      ...entry,
      isAllowed: words.every((allowed) => allowed.has(entry.rule.code)),
      isDocumented: entry.rule.soleCause === undefined || documents(entry.rule.soleCause),
    }))
  })
  const remaining = new Set(heard.filter((one) => one.isAllowed && remains(one.finding)).map(({ rule }) => rule.code))
  return heard.flatMap(({ finding: given, isDocumented, ...entry }) => {
    if (given._tag !== "Found") return []
    const finding = isStatusAssumed ? { ...given, evidence: given.evidence.filter(isStated) } : given
    const isKnown = !isStatusAssumed && !isExcerpt && finding.evidence.length > 0
    const isSure = isKnown && isDocumented && isAlone(entry.rule, remaining)
    return [{ ...entry, finding: { ...finding, confidence: granted(finding.confidence, entry.isAllowed, isSure) } }]
  })
}

const granted = (claimed: Confidence, isAllowed: boolean, isSure: boolean): Confidence => {
  if (!isAllowed) return "possible"
  return claimed === "certain" && !isSure ? "likely" : claimed
}

/** Whether the cause might still apply: it was found to be certain or likely, or its rule could not be checked. */
const remains = (finding: Finding): boolean =>
  finding._tag === "Unseen" || (finding._tag === "Found" && finding.confidence !== "possible")

/** Whether all rivals are excluded; false for a rule that does not list its rivals. */
const isAlone = ({ rivals }: About, remaining: ReadonlySet<string>): boolean =>
  rivals !== undefined && !rivals.some((code) => remaining.has(code))

const isStated = ({ at }: Evidence): boolean => at !== "response.status"
