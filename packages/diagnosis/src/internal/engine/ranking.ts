/**
 * Ranks the findings of several rules. Collects the causes, the checks that passed, and the missing data.
 */
import type { Exchange } from "../../Exchange.ts"
import type { Entry, Judged } from "./certainty.ts"
import type { Cause, Confidence, Vendor } from "./explanation.ts"
import type { Found } from "./finding.ts"
import * as Redaction from "../../Redaction.ts"
import { readable } from "./readable.ts"

/** The maximum number of causes to report. A longer list does not help readers. */
const most = 3

const ranks: Readonly<Record<Confidence, number>> = { certain: 0, likely: 1, possible: 2 }

/**
 * Ranks causes, with the most likely cause first. The criteria are, in this order: the confidence, whether the response text
 * allows the cause, whether the exchange contains evidence for it, whether the response names its fields, and the order of
 * the rules.
 */
export const rank = (verdicts: ReadonlyArray<Judged>, vendor: Vendor): ReadonlyArray<Cause> => {
  const words = wordsOf(vendor)
  const isShown = shows(vendor)
  const isNamed = ({ about = [] }: Found) => about.some((name) => words.has(name.toLowerCase()))
  const ranked = verdicts
    .map((one) => ({
      ...one,
      order: [
        ranks[one.finding.confidence],
        Number(!one.isAllowed),
        Number(!isShown(one.finding)),
        Number(!isNamed(one.finding)),
      ],
    }))
    // Sorting is stable, so equal causes stay in the order of the rules.
    .toSorted((a, b) => a.order.reduce((sum, rank, at) => sum || rank - (b.order[at] ?? 0), 0))
  const first = ranked[0]
  const isNews = ({ finding, system }: Judged): boolean => {
    if (first === undefined || finding.confidence !== "possible" || first.finding.confidence === "possible") return true
    // Next to a certain cause, possible ones add nothing, and neither do causes of a more general rule set for the same
    // response.
    return first.finding.confidence !== "certain" && !isBehind(verdicts, system, first.system)
  }
  return ranked.filter(isNews).slice(0, most).map(causeOf)
}

/**
 * Whether the findings of one system rank after the findings of another, because the rule set of the first system is more
 * general.
 */
const isBehind = (verdicts: ReadonlyArray<Judged>, system: string, other: string): boolean =>
  verdicts.findIndex((one) => one.system === system) > verdicts.findIndex((one) => one.system === other)

/**
 * Whether the evidence for a finding comes from the request or the response text. If the vendor reported neither an error
 * code nor a message, all findings are based on the status.
 */
const shows =
  ({ code, message }: Vendor) =>
  ({ evidence }: Found): boolean =>
    (code === "" && message === "") || evidence.some(({ at }) => visible.test(at))

const visible = /^(?:request|response\.(?:headers|body)|failure)\b/

const causeOf = ({ finding, rule, system }: Judged): Cause => ({
  code: rule.code,
  topic: rule.topic,
  title: rule.title,
  explanation: rule.explanation,
  change: finding.change ?? rule.change,
  links: rule.links,
  system,
  confidence: finding.confidence,
  detail: Redaction.shown(finding.detail),
  evidence: finding.evidence.map(readable),
  fix: (finding.fix ?? rule.fix).map((fix) => ({ ...fix, text: Redaction.shown(fix.text) })),
})

/** Returns the words in the vendor's error that may be field names, in lower case. */
const wordsOf = ({ fields, message }: Vendor): ReadonlySet<string> =>
  new Set([message, ...Object.values(fields)].flatMap((text) => text.toLowerCase().match(/[\w-]+/g) ?? []))

/** Returns the checks that passed, without duplicates. */
export const ruledOut = (entries: ReadonlyArray<Entry>) =>
  distinct(
    entries.flatMap(({ finding }) =>
      finding._tag === "Cleared" ? [{ check: finding.check, value: Redaction.shown(finding.value) }] : [],
    ),
    ({ check }) => check,
  )

/**
 * Returns the missing data, without duplicates. The list contains the data that rules lacked and, if missing, the data that
 * every explanation needs.
 */
export const unseen = (entries: ReadonlyArray<Entry>, { request, response }: Exchange): ReadonlyArray<string> =>
  distinct(
    [
      ...entries.flatMap(({ finding }) => (finding._tag === "Unseen" ? [finding.needs] : [])),
      ...(request === undefined ? ["the request: its method, URL and headers"] : []),
      ...(response !== undefined && response.body === undefined ? ["the body of the response"] : []),
    ],
    (needs) => needs,
  )

const distinct = <A>(all: ReadonlyArray<A>, key: (item: A) => string): ReadonlyArray<A> => {
  const seen = new Set<string>()
  return all.filter((item) => !seen.has(key(item)) && seen.add(key(item)))
}
