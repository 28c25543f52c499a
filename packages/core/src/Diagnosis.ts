/**
 * From an exchange to its true cause: rules that look at what was sent and what came back, and the ranking of what they find.
 *
 * A rule is a value in a table. The packages of the vendors have the rules and hand their books of them to `explain`; this
 * module knows no vendor.
 */
import type { Exchange } from "./Exchange.ts"
import { statusOf } from "./Exchange.ts"
import * as Redaction from "./Redaction.ts"
import type * as Verdict from "./Verdict.ts"

/** How sure a rule is: it must be so by the vendor's rules, it fits best, or it can be. */
export type Confidence = "certain" | "likely" | "possible"

/** Something in the exchange that shows the cause. */
export interface Evidence {
  /** Where it stands: `request.form[5]`, `request.url?X-Amz-Date`, `response.body.Code`. Indices count from 0. */
  readonly at: string
  readonly name: string
  /** What is there, already redacted. */
  readonly observed: string
  readonly expected?: string
}

/** Something to do about it. */
export interface Fix {
  readonly text: string
  /** Whether a program may do it unasked, or a person should look first. */
  readonly safety: "safe to apply" | "check first"
}

/** The rule's cause is there. */
export interface Found {
  readonly _tag: "Found"
  readonly confidence: Confidence
  /** One sentence about this occurrence: names, positions, differences. */
  readonly detail: string
  readonly evidence: ReadonlyArray<Evidence>
  /** Fixes that fit this occurrence better than the rule's own. */
  readonly fix?: ReadonlyArray<Fix>
  /** Names of fields or headers that the finding is about: one that the vendor's words name comes first. */
  readonly about?: ReadonlyArray<string>
}

/** The rule looked, and its cause is not there: a check that passed. */
export interface Cleared {
  readonly _tag: "Cleared"
  /** What was checked, in two or three words: `policy expiry`. */
  readonly check: string
  /** What was seen: `58 min left`. */
  readonly value: string
}

/** The rule could not look: it would need something that the exchange does not hold. */
export interface Unseen {
  readonly _tag: "Unseen"
  /** What is missing, as `with … one could tell` ends: `the form's fields`. */
  readonly needs: string
}

/** What a rule says; `undefined` when it has nothing to do with the exchange. */
export type Finding = Found | Cleared | Unseen

export const found = (finding: Omit<Found, "_tag">): Found => ({ _tag: "Found", ...finding })
export const cleared = (check: string, value: string): Cleared => ({ _tag: "Cleared", check, value })
export const unseen = (needs: string): Unseen => ({ _tag: "Unseen", needs })

/** What is known of a cause, whoever has it. */
export interface About {
  /** Stable: `HF-S3-POST-011`. */
  readonly code: string
  /** The topic, the name of the file that the rule stands in. */
  readonly topic: string
  /** Names the true cause in one line, never the vendor's words; the same for every occurrence. */
  readonly title: string
  /** Why it fails, for who wants to know: a paragraph. */
  readonly explanation: string
  readonly fix: ReadonlyArray<Fix>
  /** What has to be different before another attempt can succeed. */
  readonly change: Verdict.Change
  /** Public documentation. */
  readonly links: ReadonlyArray<string>
}

/** One rule. `Facts` is what the book reads out of an exchange for its rules. */
export interface Rule<in Facts> extends About {
  readonly find: (facts: Facts) => Finding | undefined
}

/** What the vendor said. */
export interface Vendor {
  readonly system: string
  readonly status: number
  /** The vendor's own word for the error, empty where it gave none. */
  readonly code: string
  readonly message: string
  readonly requestId?: string
  readonly hostId?: string
  /** Whatever else the vendor told, by name. */
  readonly fields: Readonly<Record<string, string>>
}

/** An exchange as one system reads it. */
export interface Reading<Facts> {
  readonly facts: Facts
  readonly vendor: Vendor
  /** The verdict of the error that the engine would have acted on. */
  readonly verdict: Verdict.Verdict
  /** The server's own hint of when to come back, in milliseconds. */
  readonly afterMs?: number | undefined
  readonly succeeded: boolean
}

/** The rules of one system, in the order in which the vendor checks a request. */
export interface Book {
  readonly system: string
  readonly rules: ReadonlyArray<About>
  readonly vocabulary: Redaction.Vocabulary
  /** `undefined` when the exchange is not one of this system. */
  readonly examine: (exchange: Exchange) => Examination | undefined
}

/** What a book has to say about an exchange. */
export interface Examination extends Omit<Reading<unknown>, "facts"> {
  readonly findings: ReadonlyArray<readonly [About, Finding]>
}

/** Makes a book. */
export const book = <Facts>(options: {
  readonly system: string
  readonly vocabulary: Redaction.Vocabulary
  readonly rules: ReadonlyArray<Rule<Facts>>
  readonly read: (exchange: Exchange) => Reading<Facts> | undefined
}): Book => ({
  ...options,
  examine: (exchange) => {
    const reading = options.read(exchange)
    if (reading === undefined) return undefined
    const { facts, ...rest } = reading
    const findings = rest.succeeded
      ? []
      : options.rules.flatMap((rule) => {
          const finding = rule.find(facts)
          return finding === undefined ? [] : [[rule, finding] as const]
        })
    return { ...rest, findings }
  },
})

/** One cause of a failure. */
export interface Cause extends About {
  readonly system: string
  readonly confidence: Confidence
  readonly detail: string
  readonly evidence: ReadonlyArray<Evidence>
}

/** Whether and how to send again. */
export interface RetryAdvice {
  /** The verdict that the engine acts on. */
  readonly verdict: Verdict.Retry
  readonly change: Verdict.Change
  /** The server's own hint, in milliseconds. */
  readonly afterMs: number | undefined
  readonly attempt: number | undefined
  /** The same in words. */
  readonly advice: string
}

/**
 * The diagnosis of an exchange.
 *
 * **Details**
 *
 * `outcome` is `explained` when there is at least one cause, `unknown` when no rule knows one, `succeeded` when there is
 * nothing to explain. `causes` are ranked, three at most; `code`, `title`, `confidence`, `detail`, `evidence`, `fix` and
 * `links` are those of the first. `ruledOut` are the checks that passed, `unseen` what would have told more.
 */
export interface Explanation {
  readonly outcome: "explained" | "unknown" | "succeeded"
  readonly code: string | undefined
  readonly title: string
  readonly confidence: Confidence | undefined
  readonly detail: string
  readonly evidence: ReadonlyArray<Evidence>
  readonly fix: ReadonlyArray<Fix>
  readonly links: ReadonlyArray<string>
  readonly causes: ReadonlyArray<Cause>
  readonly ruledOut: ReadonlyArray<{ readonly check: string; readonly value: string }>
  readonly unseen: ReadonlyArray<string>
  readonly retry: RetryAdvice
  readonly vendor: Vendor
}

/** At most this many causes are named: whoever reads four has not been helped. */
const most = 3

/**
 * Explains an exchange by the rules of the books; the first book that reads it says what the vendor's words were.
 *
 * **Details**
 *
 * Pure and total. The exchange is redacted before any rule sees it. Causes are ranked by confidence, then those that the
 * vendor's words name, then by the order of the rules, which is the order in which the vendor checks. Beside a certain cause
 * none is named that is merely possible.
 */
export const explain = (exchange: Exchange, books: ReadonlyArray<Book>): Explanation => {
  const redacted = Redaction.make(books.map(({ vocabulary }) => vocabulary))(exchange)
  const readings = books.flatMap((one) => {
    const examination = one.examine(redacted)
    return examination === undefined ? [] : [{ system: one.system, ...examination }]
  })
  const owner = readings[0]
  const vendor = spoken(owner?.vendor ?? silent(exchange))
  if (owner?.succeeded === true) return nothingWrong(vendor, owner.verdict, exchange)

  const findings = readings.flatMap(({ findings, system }) =>
    findings.map(([rule, finding]) => ({ system, rule, finding })),
  )
  const words = wordsOf(vendor)
  const causes = findings
    .flatMap(({ finding, rule, system }) => (finding._tag === "Found" ? [{ finding, rule, system }] : []))
    .map((entry, index) => ({
      ...entry,
      index,
      named: (entry.finding.about ?? []).some((name) => words.has(name.toLowerCase())),
    }))
    .toSorted(
      (a, b) =>
        ranks[a.finding.confidence] - ranks[b.finding.confidence] ||
        Number(b.named) - Number(a.named) ||
        a.index - b.index,
    )
    // Beside what must be so, what merely can be is no news.
    .filter(({ finding }, _, [top]) => top?.finding.confidence !== "certain" || finding.confidence !== "possible")
    .slice(0, most)
    .map(({ finding, rule, system }): Cause => ({
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
    }))
  const first = causes[0]
  return {
    outcome: first === undefined ? "unknown" : "explained",
    code: first?.code,
    title: first?.title ?? "No rule knows the cause",
    confidence: first?.confidence,
    detail: first?.detail ?? "",
    evidence: first?.evidence ?? [],
    fix: first?.fix ?? [],
    links: first?.links ?? [],
    causes,
    ruledOut: distinct(
      findings.flatMap(({ finding }) =>
        finding._tag === "Cleared" ? [{ check: finding.check, value: Redaction.shown(finding.value) }] : [],
      ),
      ({ check }) => check,
    ),
    unseen: distinct(
      findings.flatMap(({ finding }) => (finding._tag === "Unseen" ? [finding.needs] : [])),
      (needs) => needs,
    ),
    retry: advise(owner, first, exchange),
    vendor,
  }
}

const ranks: Readonly<Record<Confidence, number>> = { certain: 0, likely: 1, possible: 2 }

/** Evidence as people read it. */
export const readable = (evidence: Evidence): Evidence => ({
  ...evidence,
  observed: Redaction.shown(evidence.observed),
  ...(evidence.expected === undefined ? {} : { expected: Redaction.shown(evidence.expected) }),
})

/** The vendor's words as people read them. */
const spoken = (vendor: Vendor): Vendor => ({
  ...vendor,
  code: Redaction.shown(vendor.code),
  message: Redaction.shown(vendor.message),
  fields: Object.fromEntries(Object.entries(vendor.fields).map(([name, value]) => [name, Redaction.shown(value)])),
})

/** The words of the vendor that can be names of fields, in lower case. */
const wordsOf = ({ fields, message }: Vendor): ReadonlySet<string> =>
  new Set([message, ...Object.values(fields)].flatMap((text) => text.toLowerCase().match(/[\w-]+/g) ?? []))

const distinct = <A>(all: ReadonlyArray<A>, key: (item: A) => string): ReadonlyArray<A> => {
  const seen = new Set<string>()
  return all.filter((item) => !seen.has(key(item)) && seen.add(key(item)))
}

const silent = (exchange: Exchange): Vendor => ({
  system: "unknown",
  status: statusOf(exchange),
  code: "",
  message: "",
  fields: {},
})

const nothingWrong = (vendor: Vendor, verdict: Verdict.Verdict, exchange: Exchange): Explanation => ({
  outcome: "succeeded",
  code: undefined,
  title: "The request succeeded",
  confidence: undefined,
  detail: `The server answered ${vendor.status}, which is a success.`,
  evidence: [],
  fix: [],
  links: [],
  causes: [],
  ruledOut: [],
  unseen: [],
  retry: {
    verdict: verdict.retry,
    change: "nothing",
    afterMs: undefined,
    attempt: exchange.attempt,
    advice: "no need to",
  },
  vendor,
})

const advise = (owner: Examination | undefined, cause: Cause | undefined, { attempt }: Exchange): RetryAdvice => {
  const verdict = owner?.verdict.retry ?? "once"
  const change = cause?.change ?? owner?.verdict.change ?? "nothing"
  const afterMs = owner?.afterMs
  return { verdict, change, afterMs, attempt, advice: inWords(verdict, change, afterMs) }
}

const inWords = (retry: Verdict.Retry, change: Verdict.Change, afterMs: number | undefined): string => {
  if (change !== "nothing") return `not as it is; ${after[change]}`
  const when = afterMs === undefined ? "" : `, not before ${afterMs / 1000} s have passed`
  if (retry === "always") return `yes, with backoff${when}`
  return retry === "once" ? `one time${when}` : "no: the same request fails again"
}

const after: Readonly<Record<Exclude<Verdict.Change, "nothing">, string>> = {
  url: "again with a URL or form signed anew",
  token: "again with another token",
  plan: "again once the request is put right",
  clock: "again once the clock is right",
  human: "again once a person has seen to it",
}
