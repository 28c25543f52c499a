/**
 * How sure the engine lets each finding be: the words of the answer come first, and a rule is certain only if the exchange
 * excludes every rival.
 */
import type { About, Confidence, Evidence } from "./explanation.ts"
import type { Finding, Found } from "./finding.ts"

/** What one rule of a system said. */
export interface Entry {
  readonly system: string
  readonly rule: About
  readonly finding: Finding
}

/** A cause that was found, with the confidence that the engine grants. */
export interface Judged extends Entry {
  readonly finding: Found
  /** Whether the words of the answer allow the cause. */
  readonly isAllowed: boolean
}

/** What one rule set read and found; `allowed` are the codes that the words of the answer allow, absent where they say nothing. */
export interface Reading {
  readonly allowed?: ReadonlySet<string> | undefined
  /** Whether a document is one of the system that answered. */
  readonly documents?: ((url: string) => boolean) | undefined
  readonly entries: ReadonlyArray<Entry>
}

/**
 * The causes that were found, with the confidence that the engine grants.
 *
 * **Details**
 *
 * The words that a rule set reads judge its own findings and those of the rule sets behind it, which are more general; a
 * rule set in front of it knows more than they say. A finding that the words do not allow is at most possible. A claim to
 * be certain becomes likely if the rule has no evidence, a rival was found or could not look, the status is assumed, the
 * exchange is an excerpt, or the claim rests on the documentation of another vendor. A rival that the words do not allow is
 * excluded.
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

/** Whether the cause may still be the true one: it fits, or its rule could not look. */
const remains = (finding: Finding): boolean =>
  finding._tag === "Unseen" || (finding._tag === "Found" && finding.confidence !== "possible")

/** A rule that says nothing of its rivals has not thought of them. */
const isAlone = ({ rivals }: About, remaining: ReadonlySet<string>): boolean =>
  rivals !== undefined && !rivals.some((code) => remaining.has(code))

const isStated = ({ at }: Evidence): boolean => at !== "response.status"
