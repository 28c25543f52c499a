/**
 * Finds the true cause of a failed exchange from HTTP and the network alone: the last resort for every vendor.
 */
import * as Core from "@holdfast/diagnosis/Diagnosis"
import type { Exchange } from "@holdfast/diagnosis/Exchange"
import type * as Verdict from "@holdfast/core/Verdict"
import * as Facts from "./internal/diagnosis/facts.ts"
import * as Failure from "./internal/diagnosis/failure.ts"
import * as Refusals from "./internal/diagnosis/answer/refusals.ts"
import * as Statement from "./internal/diagnosis/answer/statement/read.ts"
import { ruleSet } from "./internal/diagnosis/index.ts"
import { isPortal } from "./internal/diagnosis/rules/portal.ts"

export type {
  Cause,
  Confidence,
  Evidence,
  Explanation,
  Fix,
  Repair,
  RetryAdvice,
  Signer,
  Vendor,
} from "@holdfast/diagnosis/Diagnosis"
export type { Exchange } from "@holdfast/diagnosis/Exchange"
export type { Predicate } from "./internal/diagnosis/answer/statement/predicates.ts"
export type { Statement } from "./internal/diagnosis/answer/statement/read.ts"
export type { SubjectName } from "./internal/diagnosis/answer/statement/subjects.ts"
export { ruleSet } from "./internal/diagnosis/index.ts"

/** Whether a captive portal answered instead of the server. Rule sets of vendors do not apply to such an exchange. */
export const isPortalAnswer = (exchange: Exchange): boolean => isPortal(Facts.read(exchange)) !== undefined

/**
 * Whether the text of a limit or a rejection is that of an intermediary or the API of a known vendor. In a response of OAuth
 * the same words have another meaning.
 */
export const isOfKnownApi = (exchange: Exchange): boolean => {
  const { limit, page, refusal, vendor } = Facts.read(exchange)
  if (page !== undefined) return true
  return vendor !== undefined && ((limit !== undefined && limit.at === "response.body") || refusal !== undefined)
}

/** What the retry engine does about an exchange without a complete response; `undefined` if the response is complete. */
export const verdictWithoutAnswer = (exchange: Exchange): Verdict.Verdict | undefined =>
  Facts.read(exchange).failure?.row.verdict

/** Whether a request without a response can have reached the server: `nothing` did, or `maybe` the server acted on it. */
export const reached = (exchange: Exchange): "nothing" | "maybe" | undefined => {
  const { failure } = Facts.read(exchange)
  return failure === undefined ? undefined : failure.row.form === "nothing" ? "nothing" : "maybe"
}

/** Whether a text can only describe a failure of the transport, in any language. */
export const saysWhy = (text: string): boolean => Failure.isTold(text)

/** Whether a sentence can only be that of an API that rejects a key, a token, its scope or its kind. */
export const saysRefusal = (sentence: string): boolean =>
  Refusals.read(
    { codes: [], message: sentence, more: "", json: undefined, isWorded: false },
    undefined,
    undefined,
    () => undefined,
  ) !== undefined

/** The statement of a sentence about a rejection: its subject, its predicate and how specific they are. */
export const statementIn = (text: string): Statement.Statement | undefined => Statement.read(text)

/**
 * The minimal exchange that failed with a code from the transport table, such as `ECONNRESET`; `undefined` if no row has the
 * code.
 */
export const ofCode = (code: string): Exchange | undefined => {
  const word = /^[A-Z][A-Za-z0-9_]{3,}$/.test(code) ? code : code.toUpperCase()
  const { row } = Failure.read(word)
  return row.key === undefined || !/^[A-Z][A-Za-z0-9_]+$/.test(word) ? undefined : { failure: word }
}

/**
 * Explains an exchange with any server. Pure; never throws.
 *
 * **Details**
 *
 * Every part of the exchange may be missing; the explanation then says less. The exchange is redacted before a rule reads it, so the
 * explanation contains no secret.
 *
 * **Example** (A captive portal)
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

/**
 * The corrected request, if the first cause has a fix that is safe to apply. It sends nothing; `needs` names what the request
 * still lacks.
 */
export const repair = (exchange: Exchange, signer?: Core.Signer): Core.Repair | undefined =>
  Core.repair(exchange, [ruleSet], signer)
