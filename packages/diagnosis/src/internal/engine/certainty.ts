/**
 * Decides the confidence of each finding. The response text takes precedence, and a rule is certain only if the exchange
 * excludes every rival.
 */
import type { About, Confidence, Evidence } from "./explanation.ts"
import type { Finding, Found } from "./finding.ts"

/** The finding of one rule of a system. */
export interface Entry {
  readonly system: string
  readonly rule: About
  readonly finding: Finding
}

/** A cause that was found, with the confidence that the engine grants. */
export interface Judged extends Entry {
  readonly finding: Found
  /** Whether the response text allows the cause. */
  readonly isAllowed: boolean
}

/**
 * The reading and findings of one rule set. `allowed` has the codes that the response text allows; absent if the text says
 * nothing.
 */
export interface Reading {
  readonly allowed?: ReadonlySet<string> | undefined
  /** Whether a document describes the system that answered. */
  readonly documents?: ((url: string) => boolean) | undefined
  readonly entries: ReadonlyArray<Entry>
}

/**
 * Returns the causes that were found, with the confidence that the engine grants.
 *
 * **Details**
 *
 * The words that a rule set reads restrict its own findings and those of later, more general rule sets, but not those of
 * earlier ones, which know more. A finding that the words do not allow is at most possible. A claim to be certain becomes
 * likely if the rule has no evidence, a rival was found or could not be checked, the status is assumed, the exchange is an
 * excerpt, or the claim rests on the documentation of another vendor. A rival that the words do not allow is excluded.
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

/** Whether the cause may still be true: it was found, or its rule could not check it. */
const remains = (finding: Finding): boolean =>
  finding._tag === "Unseen" || (finding._tag === "Found" && finding.confidence !== "possible")

/** Whether all rivals are excluded; false for a rule that does not state its rivals. */
const isAlone = ({ rivals }: About, remaining: ReadonlySet<string>): boolean =>
  rivals !== undefined && !rivals.some((code) => remaining.has(code))

const isStated = ({ at }: Evidence): boolean => at !== "response.status"
