/**
 * Finds the actual cause of a failed exchange using only HTTP and network evidence. This is the last resort for every vendor.
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

/**
 * Checks whether a captive portal responded instead of the server. Vendor rule sets do not apply to an exchange in which a
 * captive portal responded.
 */
export const isPortalAnswer = (exchange: Exchange): boolean => isPortal(Facts.read(exchange)) !== undefined

/**
 * Checks whether the text about a limit or a rejection comes from an intermediary or from the API of a known vendor. In an
 * OAuth response, the same words have a different meaning.
 */
export const isOfKnownApi = (exchange: Exchange): boolean => {
  const { limit, page, refusal, vendor } = Facts.read(exchange)
  if (page !== undefined) return true
  return vendor !== undefined && ((limit !== undefined && limit.at === "response.body") || refusal !== undefined)
}

/**
 * Returns the retry engine's verdict on an exchange without a complete response, or `undefined` if the response is complete.
 */
export const verdictWithoutAnswer = (exchange: Exchange): Verdict.Verdict | undefined =>
  Facts.read(exchange).failure?.row.verdict

/**
 * Indicates whether a request without a response may have reached the server. `nothing` means that no part of the request
 * reached the server, and `maybe` means that the server may have acted on the request.
 */
export const reached = (exchange: Exchange): "nothing" | "maybe" | undefined => {
  const { failure } = Facts.read(exchange)
  return failure === undefined ? undefined : failure.row.form === "nothing" ? "nothing" : "maybe"
}

/** Checks whether text, in any language, can only describe a transport failure. */
export const saysWhy = (text: string): boolean => Failure.isTold(text)

/** Checks whether a sentence can only come from an API that rejects a key or token, its scope, or its kind. */
export const saysRefusal = (sentence: string): boolean =>
  Refusals.read(
    { codes: [], message: sentence, more: "", json: undefined, isWorded: false },
    undefined,
    undefined,
    () => undefined,
  ) !== undefined

/** Returns what a sentence states about a rejection, including the subject, the predicate, and how specific they are. */
export const statementIn = (text: string): Statement.Statement | undefined => Statement.read(text)

/**
 * Returns the minimal exchange that failed with a code from the transport table, such as `ECONNRESET`. The result is
 * `undefined` if no row has the code.
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
 * Any part of the exchange may be missing, but the explanation then contains less information. The exchange is redacted
 * before a rule reads it, so the explanation does not contain secrets.
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
 * Returns the corrected request if the first cause has a fix that is safe to apply. The function does not send the request;
 * `needs` lists what the request still lacks.
 */
export const repair = (exchange: Exchange, signer?: Core.Signer): Core.Repair | undefined =>
  Core.repair(exchange, [ruleSet], signer)
