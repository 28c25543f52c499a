/**
 * Ranks the findings of several rules: the causes, the checks that passed, and what was not available.
 */
import type { Exchange } from "../../Exchange.ts"
import type { Entry, Judged } from "./certainty.ts"
import type { Cause, Confidence, Vendor } from "./explanation.ts"
import type { Found } from "./finding.ts"
import * as Redaction from "../../Redaction.ts"
import { readable } from "./readable.ts"

/** At most this many causes are named: a list of four helps no reader. */
const most = 3

const ranks: Readonly<Record<Confidence, number>> = { certain: 0, likely: 1, possible: 2 }

/**
 * The causes, the likeliest first: by confidence, then those that the vendor's words allow, then those that the exchange
 * shows, then those that the words name, then in the order of the rules.
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
    // Sorting is stable, so what is alike stays in the order of the rules.
    .toSorted((a, b) => a.order.reduce((sum, rank, at) => sum || rank - (b.order[at] ?? 0), 0))
  const first = ranked[0]
  const isNews = ({ finding, system }: Judged): boolean => {
    if (first === undefined || finding.confidence !== "possible" || first.finding.confidence === "possible") return true
    // Beside what must be so, what merely can be is no news; nor is what a more general rule set can say of the same answer.
    return first.finding.confidence !== "certain" && !isBehind(verdicts, system, first.system)
  }
  return ranked.filter(isNews).slice(0, most).map(causeOf)
}

/** Whether a system's findings come after those of another one: its rule set is the more general. */
const isBehind = (verdicts: ReadonlyArray<Judged>, system: string, other: string): boolean =>
  verdicts.findIndex((one) => one.system === system) > verdicts.findIndex((one) => one.system === other)

/** Whether a finding rests on the request or on the words of the answer. Of an answer without words all rest on its status. */
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
  change: rule.change,
  links: rule.links,
  system,
  confidence: finding.confidence,
  detail: Redaction.shown(finding.detail),
  evidence: finding.evidence.map(readable),
  fix: (finding.fix ?? rule.fix).map((fix) => ({ ...fix, text: Redaction.shown(fix.text) })),
})

/** The words of the vendor that can be names of fields, in lower case. */
const wordsOf = ({ fields, message }: Vendor): ReadonlySet<string> =>
  new Set([message, ...Object.values(fields)].flatMap((text) => text.toLowerCase().match(/[\w-]+/g) ?? []))

/** The checks that passed, each once. */
export const ruledOut = (entries: ReadonlyArray<Entry>) =>
  distinct(
    entries.flatMap(({ finding }) =>
      finding._tag === "Cleared" ? [{ check: finding.check, value: Redaction.shown(finding.value) }] : [],
    ),
    ({ check }) => check,
  )

/** What was not available, each once: what the rules missed, and what every explanation needs. */
export const unseen = (entries: ReadonlyArray<Entry>, { request, response }: Exchange): ReadonlyArray<string> =>
  distinct(
    [
      ...entries.flatMap(({ finding }) => (finding._tag === "Unseen" ? [finding.needs] : [])),
      ...(request === undefined ? ["the request: its method, URL and headers"] : []),
      ...(response !== undefined && response.body === undefined ? ["the body of the answer"] : []),
    ],
    (needs) => needs,
  )

const distinct = <A>(all: ReadonlyArray<A>, key: (item: A) => string): ReadonlyArray<A> => {
  const seen = new Set<string>()
  return all.filter((item) => !seen.has(key(item)) && seen.add(key(item)))
}
