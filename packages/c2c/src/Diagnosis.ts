/**
 * Finds the true cause of a failure anywhere between a camera and Frame.io: the API, its sign-in, the storage, the network.
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
 * Everything except the response's status may be missing; the explanation then names what it could not check. The exchange is
 * redacted before a rule sees it, so the explanation contains no secret.
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
 * Corrects the request if the first cause has a fix that is safe to apply. It sends nothing; `Repair` says what the request
 * still lacks.
 */
export const repair = (exchange: Exchange, signer?: Core.Signer): Core.Repair | undefined =>
  Core.repair(exchange, [ruleSet, S3.ruleSet, oauthRuleSet, Http.ruleSet], signer)
