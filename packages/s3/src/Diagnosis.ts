/**
 * The true cause of what S3, or a server that speaks like S3, answered.
 */
import * as Core from "@holdfast/diagnosis/Diagnosis"
import type { Exchange } from "@holdfast/diagnosis/Exchange"
import * as Http from "@holdfast/http/Diagnosis"
import * as RetryHint from "@holdfast/http/RetryHint"
import * as Facts from "./internal/diagnosis/facts.ts"
import * as Lookup from "./internal/errors/lookup.ts"
import { rules } from "./internal/diagnosis/rules/index.ts"
import { vocabulary } from "./internal/diagnosis/vocabulary.ts"

export type { Cause, Confidence, Evidence, Explanation, Fix, RetryAdvice, Vendor } from "@holdfast/diagnosis/Diagnosis"
export type { Exchange } from "@holdfast/diagnosis/Exchange"

/** The rules of S3 as a rule set, for those who explain several systems' exchanges. */
export const ruleSet: Core.RuleSet = Core.ruleSet<Facts.Facts>({
  system: "s3",
  vocabulary,
  rules,
  read: (exchange) => {
    const facts = Facts.read(exchange)
    if (!isOfS3(facts) || Http.isPortalAnswer(exchange)) return undefined
    const { answer } = facts
    const { code, elements, hostId, message, requestId, status } = answer
    return {
      facts,
      vendor: {
        system: "s3",
        status,
        code,
        message,
        fields: elements,
        ...(requestId === undefined ? {} : { requestId }),
        ...(hostId === undefined ? {} : { hostId }),
      },
      verdict: Http.verdictWithoutAnswer(exchange) ?? Lookup.find(Lookup.seen(answer)).verdict,
      afterMs:
        code !== "" || answer.isMarked
          ? RetryHint.fromHeaders(exchange.response?.headers ?? {}, { status: exchange.response?.status })
          : undefined,
      succeeded: isSuccess(facts),
    }
  },
})

/** A success is 2xx, or the redirect that a form asked for; unless the body says otherwise, as it may after a 200. */
const isSuccess = ({ answer, exchange, form }: Facts.Facts): boolean =>
  !answer.isErrorDocument &&
  exchange.failure === undefined &&
  ((answer.status >= 200 && answer.status < 300) ||
    answer.status === 304 ||
    (answer.status === 303 && form?.read("success_action_redirect") !== undefined))

/** By the answer, the credentials of the request, or the host that was asked. */
const isOfS3 = ({ answer, exchange, form, header, proof, url, version }: Facts.Facts): boolean =>
  answer.isOwnForm ||
  answer.header("x-amz-request-id") !== undefined ||
  version !== undefined ||
  (proof === "form" && (form?.field("key") !== undefined || form?.field("policy") !== undefined)) ||
  header("x-amz-date") !== undefined ||
  // A form that was sent in another encoding is still one.
  /(?:^|&)x-amz-(?:algorithm|credential|signature)=/i.test(exchange.request?.body ?? "") ||
  /(?:^|\.)(?:s3[.-]|amazonaws\.com$)/.test(url?.hostname ?? "")

/**
 * The barest exchange with a code of S3's table: its documented status, and the code. `undefined` when no row has the code.
 *
 * **Details**
 *
 * The code is taken as it is written first, then in any case.
 */
export const ofCode = (code: string): Exchange | undefined => {
  const keys = Lookup.rows.flatMap((row) => {
    const key = "key" in row ? row.key : undefined
    return key === undefined || key.includes(": ") ? [] : [{ key, status: ("status" in row && row.status) || 400 }]
  })
  const row = keys.find(({ key }) => key === code) ?? keys.find(({ key }) => key.toLowerCase() === code.toLowerCase())
  return row === undefined
    ? undefined
    : { response: { status: row.status, body: `<Error><Code>${row.key}</Code></Error>` } }
}

/**
 * Explains an exchange with S3: pure and total.
 *
 * **Details**
 *
 * Everything but the response's status may be missing; the explanation then says what it could not look at. The exchange is
 * redacted before a rule sees it, so nothing in the explanation is a secret.
 *
 * **Example** (The token that came too late)
 *
 * ```ts
 * const explanation = Diagnosis.explain({
 *   request: {
 *     method: "POST",
 *     url: "https://talks.s3.amazonaws.com/",
 *     form: [
 *       { name: "key", value: "talk.mov" },
 *       { name: "file", filename: "talk.mov", size: 21_136_250 },
 *       { name: "x-amz-security-token", value: token },
 *     ],
 *   },
 *   response: { status: 403, body: "<Error><Code>InvalidAccessKeyId</Code></Error>" },
 * })
 * explanation.code // "HF-S3-POST-011"
 * ```
 */
export const explain = (exchange: Exchange): Core.Explanation => Core.explain(exchange, [ruleSet, Http.ruleSet])
