/**
 * Finds the true cause of an error from an OAuth server, or from a resource server that accepts the OAuth server's tokens.
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
 * Reads an exchange with a server that uses one of the given dialects. Returns the server's error, the verdict, and whether
 * the call succeeded. Returns `undefined` if the exchange is not an OAuth exchange.
 */
export const readerOf: (
  dialects: ReadonlyArray<Dialect>,
) => (exchange: Exchange) => Omit<Core.Reading<unknown>, "facts"> | undefined = Rules.readerOf

/**
 * Explains an exchange with an OAuth server. Pure and total.
 *
 * **Details**
 *
 * Every part of the exchange except the response's status may be missing. The explanation then lists what could not be
 * checked. The exchange is redacted before a rule reads it, so the explanation does not contain secrets. If an access token
 * is a JWT, everything except its expiry `exp` is hidden.
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

/**
 * Returns the corrected request if the first cause has a fix that is safe to apply. This function does not send the request;
 * `Repair` lists what the request still lacks.
 */
export const repair = (exchange: Exchange, signer?: Core.Signer): Core.Repair | undefined =>
  Core.repair(exchange, [ruleSet, Http.ruleSet], signer)
