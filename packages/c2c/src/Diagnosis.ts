/**
 * Finds the root cause of a failure anywhere between a camera and Frame.io: in the API, its sign-in, the storage or the
 * network.
 */
import * as Core from "@holdfast/diagnosis/Diagnosis"
import type { Exchange } from "@holdfast/diagnosis/Exchange"
import * as Http from "@holdfast/http/Diagnosis"
import * as S3 from "@holdfast/s3/Diagnosis"
import { oauthRuleSet, ruleSet } from "./internal/diagnosis/index.ts"

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
export { oauthRuleSet, ofCode, ruleSet } from "./internal/diagnosis/index.ts"

/**
 * Explains an exchange with Frame.io, its storage, or any other server. Pure; never throws.
 *
 * **Details**
 *
 * Most parts of the exchange are optional. If a part is missing, the explanation lists what it could not check. The exchange
 * is redacted before any rule reads it, so the explanation does not contain secrets.
 *
 * **Example** (A channel that does not exist)
 *
 * ```ts
 * const explanation = Diagnosis.explain({
 *   request: { method: "POST", url: "https://api.frame.io/v2/devices/assets", body: '{"filetype":"video/mp4","channel":7}' },
 *   response: { status: 500 },
 * })
 * explanation.code // "HF-C2C-ASSET-003"
 * ```
 */
export const explain = (exchange: Exchange): Core.Explanation =>
  Core.explain(exchange, [ruleSet, S3.ruleSet, oauthRuleSet, Http.ruleSet])

/**
 * Corrects the request if the first cause has a fix that is safe to apply. The function does not send the request. The
 * returned `Repair` states what the request still lacks.
 */
export const repair = (exchange: Exchange, signer?: Core.Signer): Core.Repair | undefined =>
  Core.repair(exchange, [ruleSet, S3.ruleSet, oauthRuleSet, Http.ruleSet], signer)
