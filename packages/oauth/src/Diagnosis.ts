/**
 * The true cause of what an OAuth server, or a resource that takes its tokens, answered.
 */
import * as Core from "@holdfast/diagnosis/Diagnosis"
import type { Exchange } from "@holdfast/diagnosis/Exchange"
import * as Http from "@holdfast/http/Diagnosis"
import type { Dialect } from "./Dialect.ts"
import * as Rules from "./internal/diagnosis/index.ts"
import { ruleSet } from "./internal/diagnosis/index.ts"

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
export { timeAt } from "./internal/diagnosis/facts.ts"
export { isReason, ofEnd, ofLibrary, read as ofProse, reasonIn } from "./internal/diagnosis/prose.ts"
export { ofCode, ruleSet, ruleSetOf } from "./internal/diagnosis/index.ts"
export { read as requestFields } from "./internal/diagnosis/requestFields.ts"
export type { Encoding, Field, RequestFields } from "./internal/diagnosis/requestFields.ts"
export { tokenEnds } from "./internal/diagnosis/vocabulary.ts"

/**
 * How the rules read an exchange with a server that speaks some dialects: what it said, the verdict, whether it succeeded.
 * `undefined` if the exchange is not one of OAuth.
 */
export const readerOf: (
  dialects: ReadonlyArray<Dialect>,
) => (exchange: Exchange) => Omit<Core.Reading<unknown>, "facts"> | undefined = Rules.readerOf

/**
 * Explains an exchange with an OAuth server: pure and total.
 *
 * **Details**
 *
 * Everything but the response's status may be missing; the explanation then says what it could not look at. The exchange is
 * redacted before a rule sees it, so nothing in the explanation is a secret. An access token that is a JWT is hidden but
 * for its end, `exp`.
 *
 * **Example** (A poll that lacks its code)
 *
 * ```ts
 * const explanation = Diagnosis.explain({
 *   request: {
 *     method: "POST",
 *     url: "https://auth.example.com/token",
 *     headers: { "content-type": "application/x-www-form-urlencoded" },
 *     body: "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code&client_id=camera",
 *   },
 *   response: { status: 400, body: '{"error":"invalid_request"}' },
 * })
 * explanation.code // "HF-OAUTH-REQUEST-005"
 * ```
 */
export const explain = (exchange: Exchange): Core.Explanation => Core.explain(exchange, [ruleSet, Http.ruleSet])

/** The request as it should be, if the first cause has a fix that is safe to apply. It sends nothing: `Repair` tells what it lacks. */
export const repair = (exchange: Exchange, signer?: Core.Signer): Core.Repair | undefined =>
  Core.repair(exchange, [ruleSet, Http.ruleSet], signer)
