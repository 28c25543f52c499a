/**
 * The true cause of a failure anywhere on the way from a camera to Frame.io: the API, its sign-in, the storage, the network.
 */
import * as Core from "@holdfast/diagnosis/Diagnosis"
import type { Exchange } from "@holdfast/diagnosis/Exchange"
import * as Http from "@holdfast/http/Diagnosis"
import * as RetryHint from "@holdfast/http/RetryHint"
import * as OAuth from "@holdfast/oauth/Diagnosis"
import * as S3 from "@holdfast/s3/Diagnosis"
import { lostCreation } from "./internal/api/creation.ts"
import * as Rows from "./internal/errors/rows.ts"
import { dialect } from "./internal/api/oauthDialect.ts"
import * as Facts from "./internal/diagnosis/facts.ts"
import { rules } from "./internal/diagnosis/rules/index.ts"
import { vocabulary } from "./internal/diagnosis/vocabulary.ts"

export type { Cause, Confidence, Evidence, Explanation, Fix, RetryAdvice, Vendor } from "@holdfast/diagnosis/Diagnosis"
export type { Exchange } from "@holdfast/diagnosis/Exchange"

/** The rules of Frame.io as a ruleSet. */
export const ruleSet: Core.RuleSet = Core.ruleSet<Facts.Facts>({
  system: "c2c",
  vocabulary,
  rules,
  read: (exchange) => {
    const facts = Facts.read(exchange)
    const { answerHeader, payload, status } = facts
    if (!facts.isFrameio || Http.isPortalAnswer(exchange)) return undefined
    // Where nobody answered, HTTP says what happened; but a creation whose answer was lost is a matter of this API.
    if (status === 0 && !facts.isLostCreation) return undefined
    const { detail = "", form, key } = payload
    const requestId = answerHeader("x-request-id")
    return {
      facts,
      vendor: {
        system: "c2c",
        status,
        code: key ?? "",
        message: detail,
        fields: {},
        ...(requestId === undefined ? {} : { requestId }),
      },
      verdict: facts.isLostCreation
        ? lostCreation
        : (Http.verdictWithoutAnswer(exchange) ?? Rows.find({ key, status, form }).verdict),
      afterMs: facts.isOwn
        ? RetryHint.fromHeaders(exchange.response?.headers ?? {}, { status: exchange.response?.status })
        : undefined,
      succeeded: status >= 200 && status < 300 && exchange.failure === undefined,
    }
  },
})

/** The rules of OAuth together with Frame.io's deviations from it. */
export const oauthRuleSet: Core.RuleSet = OAuth.ruleSetOf([dialect])

/** The minimal exchange with a key of Frame.io's own error table; `undefined` if no row has the key. OAuth's keys are left to OAuth. */
export const ofCode = (word: string): Exchange | undefined => {
  const keys = Rows.rows.flatMap((row) => ("key" in row && /^[A-Z]/.test(row.key) ? [row] : []))
  const row = keys.find(({ key }) => key.toLowerCase() === word.toLowerCase())
  if (row === undefined) return undefined
  const { key, status } = row
  return {
    response: {
      status,
      body: JSON.stringify({ code: status, errors: [{ code: status, status, title: key }], message: key }),
    },
  }
}

/**
 * Explains an exchange with Frame.io, its storage, or any server: pure and total.
 *
 * **Details**
 *
 * Everything but the response's status may be missing; the explanation then says what it could not look at. The exchange is
 * redacted before a rule sees it, so nothing in the explanation is a secret.
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
