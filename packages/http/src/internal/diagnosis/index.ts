/**
 * The rule set of HTTP: how an exchange is read, and which rules are applied to it.
 */
import * as Diagnosis from "@holdfast/diagnosis/Diagnosis"
import type * as Verdict from "@holdfast/core/Verdict"
import * as RetryHint from "../../RetryHint.ts"
import * as Status from "../errors/status/rows.ts"
import * as Transport from "../errors/transport/rows.ts"
import { type HttpFacts, quote, read } from "./facts.ts"
import { rules } from "./rules/index.ts"
import { isPortal } from "./rules/portal.ts"
import { vocabulary } from "./vocabulary.ts"

/** The rules of HTTP as a rule set. It reads every exchange, so it belongs behind the rule sets of vendors. */
export const ruleSet: Diagnosis.RuleSet = Diagnosis.ruleSet<HttpFacts>({
  system: "http",
  vocabulary,
  rules,
  read: (exchange) => {
    const facts = read(exchange)
    const { failure, status } = facts
    if (failure === undefined && exchange.response === undefined) return undefined
    return {
      facts,
      vendor: {
        system: "http",
        status,
        code: failure === undefined || status !== 0 ? "" : (/\b[A-Z][A-Z0-9_]{3,}\b/.exec(failure.text)?.[0] ?? ""),
        message: failure?.text ?? quote(facts.body),
        fields: {},
        ...(failure !== undefined && status === 0 ? { unanswered: true } : {}),
        ...requestId(facts),
      },
      verdict: verdictOf(facts),
      afterMs: RetryHint.fromExchange(exchange),
      succeeded: isSuccess(facts),
    }
  },
})

const requestId = ({ answerHeader }: HttpFacts): { readonly requestId?: string } => {
  const id = answerHeader("x-request-id") ?? answerHeader("cf-ray")
  return id === undefined ? {} : { requestId: id }
}

const verdictOf = (facts: HttpFacts): Verdict.Verdict => {
  if (facts.failure !== undefined) return facts.failure.row.verdict
  if (isPortal(facts) !== undefined) return Transport.find({ key: "CaptivePortal", status: 0 }).verdict
  return Status.find({ status: facts.status }).verdict
}

/** A redirect is a success for whoever browses, and for an API the sign that it is asked at the wrong place. */
const isSuccess = (facts: HttpFacts): boolean => {
  const { failure, status, toApi } = facts
  if (failure !== undefined || isPortal(facts) !== undefined) return false
  return (status >= 100 && status < 300) || status === 304 || (status >= 300 && status < 400 && toApi !== true)
}
