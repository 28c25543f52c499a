/**
 * The true cause of an exchange that failed, as far as HTTP and the network tell: the last resort for every vendor.
 */
import * as Core from "@holdfast/diagnosis/Diagnosis"
import type { Exchange } from "@holdfast/diagnosis/Exchange"
import type * as Verdict from "@holdfast/core/Verdict"
import * as Facts from "./internal/diagnosis/facts.ts"
import * as Failure from "./internal/diagnosis/failure.ts"
import { rules } from "./internal/diagnosis/rules/index.ts"
import { isPortal } from "./internal/diagnosis/rules/portal.ts"
import * as Status from "./internal/errors/status/rows.ts"
import * as Transport from "./internal/errors/transport/rows.ts"
import { vocabulary } from "./internal/diagnosis/vocabulary.ts"
import * as RetryHint from "./RetryHint.ts"

export type { Cause, Confidence, Evidence, Explanation, Fix, RetryAdvice, Vendor } from "@holdfast/diagnosis/Diagnosis"
export type { Exchange } from "@holdfast/diagnosis/Exchange"

/** The rules of HTTP as a ruleSet. It reads every exchange, so it belongs behind the rule sets of vendors. */
export const ruleSet: Core.RuleSet = Core.ruleSet<Facts.Facts>({
  system: "http",
  vocabulary,
  rules,
  read: (exchange) => {
    const facts = Facts.read(exchange)
    const { failure, status } = facts
    if (failure === undefined && exchange.response === undefined) return undefined
    return {
      facts,
      vendor: {
        system: "http",
        status,
        code: failure === undefined || status !== 0 ? "" : (/\b[A-Z][A-Z0-9_]{3,}\b/.exec(failure.text)?.[0] ?? ""),
        message: failure?.text ?? Facts.quote(facts.body),
        fields: {},
        ...requestId(facts),
      },
      verdict: verdictOf(facts),
      afterMs: RetryHint.fromHeaders(exchange.response?.headers ?? {}, { status: exchange.response?.status }),
      succeeded: isSuccess(facts),
    }
  },
})

const requestId = ({ answerHeader }: Facts.Facts): { readonly requestId?: string } => {
  const id = answerHeader("x-request-id") ?? answerHeader("cf-ray")
  return id === undefined ? {} : { requestId: id }
}

const verdictOf = (facts: Facts.Facts): Verdict.Verdict => {
  if (facts.failure !== undefined) return facts.failure.row.verdict
  if (isPortal(facts) !== undefined) return Transport.find({ key: "CaptivePortal", status: 0 }).verdict
  return Status.find({ status: facts.status }).verdict
}

/** A redirect is a success for whoever browses, and for an API the sign that it is asked at the wrong place. */
const isSuccess = (facts: Facts.Facts): boolean => {
  const { failure, status, toApi } = facts
  if (failure !== undefined || isPortal(facts) !== undefined) return false
  return (status >= 100 && status < 300) || status === 304 || (status >= 300 && status < 400 && toApi !== true)
}

/** Whether a captive portal answered in the server's place: no vendor's rule set has anything to say of such an exchange. */
export const isPortalAnswer = (exchange: Exchange): boolean => isPortal(Facts.read(exchange)) !== undefined

/** What the engine does about an exchange that had no answer, or no whole one; `undefined` for one that had. */
export const verdictWithoutAnswer = (exchange: Exchange): Verdict.Verdict | undefined =>
  Facts.read(exchange).failure?.row.verdict

/** Whether a request that had no answer can have reached the server: `nothing` did, or `maybe` it was acted upon. */
export const reached = (exchange: Exchange): "nothing" | "maybe" | undefined => {
  const { failure } = Facts.read(exchange)
  return failure === undefined ? undefined : failure.row.form === "nothing" ? "nothing" : "maybe"
}

/** The barest exchange that failed with a code of the transport's table, `ECONNRESET`. `undefined` when no row has it. */
export const ofCode = (code: string): Exchange | undefined => {
  const word = /^[A-Z][A-Za-z0-9_]{3,}$/.test(code) ? code : code.toUpperCase()
  const { row } = Failure.read(word)
  return row.key === undefined || !/^[A-Z][A-Za-z0-9_]+$/.test(word) ? undefined : { failure: word }
}

/**
 * Explains an exchange with any server: pure and total.
 *
 * **Details**
 *
 * Everything may be missing; the explanation then says less. The exchange is redacted before a rule sees it, so nothing in
 * the explanation is a secret.
 *
 * **Example** (A portal in the hotel)
 *
 * ```ts
 * const explanation = Diagnosis.explain({
 *   request: { method: "POST", url: "https://api.example.com/v1/items", headers: { accept: "application/json" } },
 *   response: { status: 200, headers: { "content-type": "text/html" }, body: "<html>Welcome to our Wi-Fi</html>" },
 * })
 * explanation.code // "HF-HTTP-PORTAL-001"
 * ```
 */
export const explain = (exchange: Exchange): Core.Explanation => Core.explain(exchange, [ruleSet])
