/**
 * The true cause of an exchange that failed, as far as HTTP and the network tell: the last resort for every vendor.
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
export { ruleSet } from "./internal/diagnosis/index.ts"

/** Whether a captive portal answered in the server's place: no vendor's rule set has anything to say of such an exchange. */
export const isPortalAnswer = (exchange: Exchange): boolean => isPortal(Facts.read(exchange)) !== undefined

/**
 * Whether an intermediary, or the API of a known vendor, words its limit or its refusal: the same words mean something else
 * in an answer of OAuth.
 */
export const isOfKnownApi = (exchange: Exchange): boolean => {
  const { limit, page, refusal, vendor } = Facts.read(exchange)
  if (page !== undefined) return true
  return vendor !== undefined && ((limit !== undefined && limit.at === "response.body") || refusal !== undefined)
}

/** What the engine does about an exchange that had no answer, or no whole one; `undefined` for one that had. */
export const verdictWithoutAnswer = (exchange: Exchange): Verdict.Verdict | undefined =>
  Facts.read(exchange).failure?.row.verdict

/** Whether a request that had no answer can have reached the server: `nothing` did, or `maybe` it was acted upon. */
export const reached = (exchange: Exchange): "nothing" | "maybe" | undefined => {
  const { failure } = Facts.read(exchange)
  return failure === undefined ? undefined : failure.row.form === "nothing" ? "nothing" : "maybe"
}

/** Whether the words of a program can only be those of a failure of the transport, in whatever language. */
export const saysWhy = (text: string): boolean => Failure.isTold(text)

/** Whether a sentence can only be that of an API which refuses a key, a token, its scope or its kind. */
export const saysRefusal = (sentence: string): boolean =>
  Refusals.read(
    { codes: [], message: sentence, more: "", json: undefined, isWorded: false },
    undefined,
    undefined,
    () => undefined,
  ) !== undefined

/** What a text in prose states of a refusal, and how much it tells: a subject and what is the matter with it. */
export const statementIn = (text: string): Statement.Statement | undefined => Statement.read(text)

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

/** The request as it should be, if the first cause has a fix that is safe to apply. It sends nothing: `Repair` tells what it lacks. */
export const repair = (exchange: Exchange, signer?: Core.Signer): Core.Repair | undefined =>
  Core.repair(exchange, [ruleSet], signer)
