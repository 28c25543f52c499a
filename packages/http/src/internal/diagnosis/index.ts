/**
 * Defines the HTTP rule set: how an exchange is read, and which rules are applied to the exchange.
 */
import * as Diagnosis from "@holdfast/diagnosis/Diagnosis"

import * as Verdict from "@holdfast/core/Verdict"
import * as Repeatable from "../request/repeatable.ts"
import * as RetryHint from "../../RetryHint.ts"
import * as Status from "../errors/status/rows.ts"
import * as Transport from "../errors/transport/rows.ts"
import * as LimitVerdict from "./answer/limitVerdict.ts"
import { corrections } from "./corrections.ts"
import { type HttpFacts, quote, read } from "./facts.ts"
import { rules } from "./rules/index.ts"
import { isPortal } from "./rules/portal.ts"
import { vocabulary } from "./vocabulary.ts"

/**
 * The HTTP rules as a rule set. The HTTP rule set recognizes every exchange, so it must come after the vendors' rule sets.
 */
export const ruleSet: Diagnosis.RuleSet = Diagnosis.ruleSet<HttpFacts>({
  system: "http",
  vocabulary,
  rules,
  corrections,
  read: (exchange) => {
    const facts = read(exchange)
    const { failure, status } = facts
    if (failure === undefined && exchange.response === undefined) return undefined
    return {
      facts,
      vendor: {
        system: "http",
        status,
        code:
          failure === undefined || status !== 0
            ? (facts.words.codes[0] ?? "")
            : (/\b(?!HTTPS?\b|JSON\b|HTML\b|CORS\b)[A-Z][A-Z0-9_]{3,}\b/.exec(failure.text)?.[0] ?? ""),
        message: failure?.text ?? (facts.words.message || quote(facts.body)),
        fields: {},
        ...(failure !== undefined && status === 0 ? { unanswered: true } : {}),
        ...requestId(facts),
      },
      answeredBy: facts.answeredBy ?? whoSeems(facts),
      verdict: verdictOf(facts),
      afterMs: RetryHint.fromExchange(exchange),
      succeeded: isSuccess(facts),
      isRepeatable: isRepeatable(facts),
    }
  },
})

/** Returns the probable author of a response that does not identify its author. */
const whoSeems = (facts: HttpFacts): string | undefined => {
  if (isPortal(facts) !== undefined) return facts.status === 0 ? undefined : "probably a captive portal"
  return facts.failure?.key === "PROXY_REFUSED_*" ? "a proxy of this network" : undefined
}

const requestId = ({ answerHeader }: HttpFacts): { readonly requestId?: string } => {
  const id = answerHeader("x-request-id") ?? answerHeader("request-id") ?? answerHeader("cf-ray")
  return id === undefined ? {} : { requestId: id }
}

const verdictOf = (facts: HttpFacts): Verdict.Verdict => {
  const { failure, limit, saysFailure, status } = facts
  if (failure !== undefined) return failure.key === "CORS" ? Verdict.never({ change: "human" }) : failure.row.verdict
  if (isPortal(facts) !== undefined) return Transport.find({ key: "CaptivePortal", status: 0 }).verdict
  if (limit !== undefined) return LimitVerdict.verdictOf(limit)
  // The gateway did not forward the request.
  if (facts.page?.cause === "no backend") return Verdict.always({ applied: "no" })
  return saysFailure ? Verdict.once() : Status.find({ status }).verdict
}

/**
 * Whether the request can be repeated safely, because the server did not execute it or because executing it twice is
 * harmless.
 */
const isRepeatable = (facts: HttpFacts): boolean => {
  const { exchange, method, status } = facts
  if (method === undefined || Verdict.appliedOf(Verdict.withStatus(verdictOf(facts), status)) === "no") return true
  const headers = Object.entries(exchange.request?.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value])
  return Repeatable.isRepeatable({ method, headers: Object.fromEntries(headers) })
}

/**
 * Whether the requested range starts at the end of the file, which means that the client already has the whole file (RFC
 * 9110, section 15.5.17).
 */
const isWholeAlready = ({ answerHeader, header }: HttpFacts): boolean => {
  const [, from] = /^bytes=(\w{1,20})-$/.exec(header("range") ?? "") ?? []
  const [, length] = /^bytes \*\/(\w{1,20})$/.exec(answerHeader("content-range") ?? "") ?? []
  return from !== undefined && from === length
}

/** In a browser, a redirect counts as a success. For an API call, a redirect indicates that the URL is wrong. */
const isSuccess = (facts: HttpFacts): boolean => {
  const { failure, intermediary, isMarked, isPage, page, saysFailure, status, toApi } = facts
  if (failure !== undefined || isPortal(facts) !== undefined || saysFailure) return false
  // A WebSocket handshake succeeds only with 101 (RFC 6455, section 4.1).
  if (/websocket/i.test(facts.header("upgrade") ?? "") && status >= 200) return false
  if (status >= 100 && status < 300) {
    const isOthers = page !== undefined || intermediary?.kind === "filter"
    return !isOthers && !(isPage && toApi === true && !isMarked)
  }
  if (status === 416) return isWholeAlready(facts)
  return status === 304 || (status >= 300 && status < 400 && toApi !== true)
}
