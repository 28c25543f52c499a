/**
 * Finds the true cause of a failed exchange: rules examine what was sent and received, and their findings are ranked.
 *
 * A rule is a value in a table. The package for each vendor contains the rules for that vendor's system and passes its rule
 * sets to `explain`; this module contains nothing vendor-specific.
 */
import type * as Verdict from "@holdfast/core/Verdict"
import * as Exchanges from "./Exchange.ts"
import type { Exchange, Request } from "./Exchange.ts"
import { changesOf } from "./internal/engine/changes.ts"
import { judge } from "./internal/engine/certainty.ts"
import type { Cause, Explanation, Fix, Vendor } from "./internal/engine/explanation.ts"
import * as Causes from "./internal/engine/ranking.ts"
import { type Corrected, type Repair, type Signer, signed } from "./internal/engine/repair.ts"
import { adviceOn } from "./internal/engine/retryAdvice.ts"
import type { Examination, RuleSet } from "./internal/engine/ruleSet.ts"
import * as Redaction from "./Redaction.ts"

export type {
  About,
  Alternative,
  Cause,
  Confidence,
  Evidence,
  Explanation,
  Fix,
  RetryAdvice,
  Vendor,
} from "./internal/engine/explanation.ts"
export type { Change } from "./internal/engine/changes.ts"
export type { Corrected, Correction, Hints, Need, Repair, Signer } from "./internal/engine/repair.ts"
export { cleared, found, unseen } from "./internal/engine/finding.ts"
export type { Cleared, Finding, Found, Unseen } from "./internal/engine/finding.ts"
export { ruleSet } from "./internal/engine/ruleSet.ts"
export type { Examination, Reading, Rule, RuleSet } from "./internal/engine/ruleSet.ts"
export { excerpt, readable } from "./internal/engine/readable.ts"

/**
 * Explains an exchange with several rule sets. The vendor's code and message come from the first rule set that recognizes the
 * exchange.
 *
 * **Details**
 *
 * The function is pure and never throws. The exchange is redacted before it is passed to any rule. Causes are ranked by
 * confidence. Among causes with the same confidence, those that the vendor's words allow come first, then those with evidence
 * in the request or in the response text, then those that concern a field or header named in the response. Remaining ties are
 * broken by the order of the rules, which is the order in which the vendor checks a request. If a cause is certain, causes
 * that are merely possible are omitted. If a cause is likely, possible causes from a more general rule set are omitted. A
 * status that was only assumed when the input was recognized proves neither a success nor a cause. A fix is marked as safe to
 * apply only if `repair` can apply it to this request. If the exchange does not contain a request, the rule alone determines
 * whether a fix is marked as safe.
 */
export const explain = (given: Exchange, ruleSets: ReadonlyArray<RuleSet>): Explanation => {
  const exchange = Exchanges.of(given)
  const redacted = Redaction.make(ruleSets.map(({ vocabulary }) => vocabulary))(exchange)
  const readings = ruleSets.flatMap((one) => {
    const examination = one.examine(redacted)
    return examination === undefined ? [] : [{ system: one.system, ...examination }]
  })
  const owner = readings[0]
  const isStatusAssumed = exchange.response?.isStatusAssumed === true
  const vendor = spoken({ ...(owner?.vendor ?? silent(exchange)), ...(isStatusAssumed ? { status: 0 } : {}) })
  const answeredBy = isCodeAlone(exchange, vendor) ? "unknown" : answererOf(readings, exchange)
  if (owner?.succeeded === true) {
    return isStatusAssumed
      ? nothingKnown(vendor, answeredBy)
      : nothingWrong(vendor, answeredBy, owner.verdict, exchange)
  }
  const heard = readings.map(({ allowed, documents, findings, system }) => ({
    allowed,
    documents,
    entries: findings.map(([rule, finding]) => ({ system, rule, finding })),
  }))
  const entries = heard.flatMap((one) => one.entries)
  const isSafe = ({ change, code, system }: Cause): boolean => {
    const reading = readings.find((one) => one.system === system)
    const isSame = isSentAgain(change, owner?.verdict.retry) && reading?.isRepeatable !== false
    return exchange.request === undefined || isSame || reading?.corrects(code, exchange.request) === true
  }
  const causes = Causes.rank(judge(heard, { isExcerpt: exchange.isExcerpt === true, isStatusAssumed }), vendor).map(
    (cause) =>
      isSafe(cause) ? cause : { ...cause, fix: cause.fix.map(({ text }): Fix => ({ text, safety: "check first" })) },
  )
  const [first, ...others] = causes
  return {
    outcome: first === undefined ? "unknown" : "explained",
    code: first?.code,
    title: first?.title ?? "No rule identifies the cause",
    confidence: first?.confidence,
    detail: first?.detail ?? "",
    evidence: first?.evidence ?? [],
    fix: first?.fix ?? [],
    links: first?.links ?? [],
    causes,
    alternatives: others.map(({ code, confidence, title }) => ({ code, title, confidence })),
    ruledOut: Causes.ruledOut(entries),
    unseen: Causes.unseen(entries, exchange),
    retry: adviceOn({ verdict: owner?.verdict, afterMs: owner?.afterMs, cause: first, attempt: exchange.attempt }),
    vendor,
    answeredBy,
  }
}

/** Whether the fix is to send the same request again. */
const isSentAgain = (change: Verdict.Change, retry: Verdict.Retry | undefined): boolean =>
  change === "nothing" && retry !== undefined && retry !== "never"

/** Whether the input is only an error code, without any other part of the response. */
const isCodeAlone = ({ request, response }: Exchange, { code, message }: Vendor): boolean =>
  response?.isStatusAssumed === true &&
  request === undefined &&
  Object.keys(response.headers ?? {}).length === 0 &&
  (message === "" || message === code)

/** Identifies the sender of the response, as stated by the first reading that names a sender. */
const answererOf = (readings: ReadonlyArray<Pick<Examination, "answeredBy">>, exchange: Exchange): string => {
  const stated = readings.find(({ answeredBy }) => answeredBy !== undefined)?.answeredBy
  if (stated !== undefined) return Redaction.shown(stated)
  return exchange.failure !== undefined && Exchanges.statusOf(exchange) === 0
    ? "the client (no response was received)"
    : "unknown"
}

/**
 * Corrects the request if the highest-ranked cause of its failure has a fix that is safe to apply.
 *
 * **When to use**
 *
 * Use `repair` to show a user what to change, or to correct a request in a program before the next attempt.
 *
 * **Details**
 *
 * It sends nothing. If the fix does not change the request, the same request is returned so that it can be sent again. A
 * signature that no longer matches the corrected request is removed. `signer` creates a new signature; without a signer,
 * `needs` identifies what is missing. Returns `undefined` if the exchange has no request, no cause is found, or a user must
 * decide whether to apply the fix.
 *
 * **Gotchas**
 *
 * The exchange must not be redacted: with a redacted exchange, the returned request shows the changes but cannot be sent.
 * Unlike an explanation, the returned `request` contains the secrets of the exchange.
 */
export const repair = (given: Exchange, ruleSets: ReadonlyArray<RuleSet>, signer: Signer = {}): Repair | undefined => {
  const exchange = Exchanges.of(given)
  const { causes, retry } = explain(exchange, ruleSets)
  const [cause] = causes
  const fix = cause?.fix.find(({ safety }) => safety === "safe to apply")
  if (exchange.request === undefined || cause === undefined || fix === undefined) return undefined
  const correction = ruleSets.find(({ system }) => system === cause.system)?.correct(exchange, cause.code)
  const again: Corrected | undefined = isSentAgain(cause.change, retry.verdict)
    ? { request: exchange.request }
    : undefined
  const corrected = correction ?? again
  if (corrected === undefined) return undefined
  const { needs, request } = signed(corrected, signer)
  const redact = Redaction.make(ruleSets.map(({ vocabulary }) => vocabulary))
  const shown = (live: Request) => ({ live, redacted: redact({ request: live }).request ?? {} })
  const changes = changesOf(shown(exchange.request), shown(request)).map((change) => ({
    ...change,
    ...(change.before === undefined ? {} : { before: Redaction.shown(change.before) }),
    ...(change.after === undefined ? {} : { after: Redaction.shown(change.after) }),
  }))
  const { hints = {} } = corrected
  return { code: cause.code, fix: fix.text, request, changes, needs, hints, afterMs: retry.afterMs }
}

/** Returns the vendor's words, with redaction marks converted to readable form. */
const spoken = (vendor: Vendor): Vendor => ({
  ...vendor,
  code: Redaction.shown(vendor.code),
  message: Redaction.shown(vendor.message),
  fields: Object.fromEntries(Object.entries(vendor.fields).map(([name, value]) => [name, Redaction.shown(value)])),
})

const silent = (exchange: Exchange): Vendor => ({
  system: "unknown",
  status: Exchanges.statusOf(exchange),
  code: "",
  message: "",
  fields: {},
})

const nothing = {
  code: undefined,
  confidence: undefined,
  evidence: [],
  fix: [],
  links: [],
  causes: [],
  alternatives: [],
  ruledOut: [],
} as const

const nothingWrong = (
  vendor: Vendor,
  answeredBy: string,
  verdict: Verdict.Verdict,
  { attempt }: Exchange,
): Explanation => ({
  ...nothing,
  outcome: "succeeded",
  title: "The request succeeded",
  detail: `The server responded with ${vendor.status}, which indicates success.`,
  unseen: [],
  retry: { verdict: verdict.retry, change: "nothing", afterMs: undefined, attempt, advice: "no need to" },
  vendor,
  answeredBy,
})

/** The explanation for a success whose status was assumed rather than reported by a server. */
const nothingKnown = (vendor: Vendor, answeredBy: string): Explanation => ({
  ...nothing,
  outcome: "unknown",
  title: "No rule identifies the cause",
  detail: "",
  unseen: ["the request", "the status and the headers of the response"],
  retry: { verdict: "once", change: "nothing", afterMs: undefined, attempt: undefined, advice: "once" },
  vendor,
  answeredBy,
})
