/**
 * Finds the true cause of an error from S3 or from an S3-compatible server.
 */
import * as Core from "@holdfast/diagnosis/Diagnosis"
import type { Exchange } from "@holdfast/diagnosis/Exchange"
import * as Http from "@holdfast/http/Diagnosis"
import * as Client from "./internal/diagnosis/client/words.ts"
import * as Words from "./internal/diagnosis/dialects/words.ts"
import * as Rules from "./internal/diagnosis/index.ts"
import { rows } from "./internal/errors/rows.ts"

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

/** The S3 rules as a rule set, for programs that explain exchanges with several systems. */
export const ruleSet: Core.RuleSet = Rules.ruleSet

/**
 * Creates a minimal exchange from an error code in S3's table and the documented status of that code. Returns `undefined` if
 * the table does not contain the code.
 *
 * **Details**
 *
 * The lookup first uses the code as written, then ignores case, and finally treats the code as the name of an error class in
 * this package.
 */
export const ofCode = (code: string): Exchange | undefined => {
  const { byClass, byKey, byLowerKey } = (tables ??= tablesOf())
  const row = byKey.get(code) ?? byLowerKey.get(code.toLowerCase()) ?? byClass.get(code)
  return row === undefined
    ? undefined
    : { response: { status: row.status, body: `<Error><Code>${row.key}</Code></Error>` } }
}

/** The tables are created at the first lookup and then reused, because every word of the pasted text is looked up. */
let tables: ReturnType<typeof tablesOf> | undefined

/**
 * Creates the lookup tables for error codes: by the code as written, by the code in lower case, and by error class. If
 * several rows match, the first row takes precedence.
 */
const tablesOf = () => {
  const keys = rows
    .flatMap((row) => {
      const key = "key" in row ? row.key : undefined
      return key === undefined || key.includes(": ")
        ? []
        : [{ key, name: row.class, status: ("status" in row && row.status) || 400 }]
    })
    .toReversed()
  // A vendor's code of one lower-case word may be an ordinary word.
  const told = Words.codes
    .filter(({ code }) => /^[A-Z]\w*[a-z][A-Z]|_/.test(code))
    .map(({ code, status }) => ({ key: code, name: "", status }))
  return {
    byKey: new Map([...told.toReversed(), ...keys].map((row) => [row.key, row])),
    byLowerKey: new Map(keys.map((row) => [row.key.toLowerCase(), row])),
    byClass: new Map<string, (typeof keys)[number]>(keys.map((row) => [row.name, row])),
  }
}

/**
 * Whether the text is a message from an S3 client that did not send a request. Possible reasons for not sending a request
 * include missing credentials, a missing region, and an invalid bucket name.
 */
export const saysUnsent = (text: string): boolean => Client.read(text) !== undefined

/**
 * Explains an exchange with S3. Pure and total.
 *
 * **Details**
 *
 * Everything except the response status is optional. If data is missing, the explanation lists what could not be checked. The
 * exchange is redacted before a rule reads it, so the explanation contains no secret.
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

/**
 * Returns the corrected request if the first cause has a fix that is safe to apply. This function does not send the request.
 * `Repair` lists what the request still lacks.
 */
export const repair = (exchange: Exchange, signer?: Core.Signer): Core.Repair | undefined =>
  Core.repair(exchange, [ruleSet, Http.ruleSet], signer)
