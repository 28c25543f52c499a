/**
 * Finds the true cause of an error from S3, or from a server that speaks S3.
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

/** The rules of S3 as a rule set, for programs that explain the exchanges of several systems. */
export const ruleSet: Core.RuleSet = Rules.ruleSet

/**
 * A minimal exchange with a code of S3's table and its documented status. `undefined` if no row has the code.
 *
 * **Details**
 *
 * The code is looked up first as written, then in any case, then as the name of an error class of this package.
 */
export const ofCode = (code: string): Exchange | undefined => {
  const { byClass, byKey, byLowerKey } = (tables ??= tablesOf())
  const row = byKey.get(code) ?? byLowerKey.get(code.toLowerCase()) ?? byClass.get(code)
  return row === undefined
    ? undefined
    : { response: { status: row.status, body: `<Error><Code>${row.key}</Code></Error>` } }
}

/** Created at the first lookup, because a paste looks up each of its words. */
let tables: ReturnType<typeof tablesOf> | undefined

/** The codes of the error table: as written, in lower case, and by class. The first match counts. */
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
 * Whether a text is the message of an S3 client that sent nothing: no credentials, no region, a bucket name that cannot
 * exist.
 */
export const saysUnsent = (text: string): boolean => Client.read(text) !== undefined

/**
 * Explains an exchange with S3. Pure and total.
 *
 * **Details**
 *
 * Everything except the response's status may be missing; the explanation then lists what it could not check. The
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
 * The corrected request, if the first cause has a fix that is safe to apply. It sends nothing; `Repair` lists what the
 * request still lacks.
 */
export const repair = (exchange: Exchange, signer?: Core.Signer): Core.Repair | undefined =>
  Core.repair(exchange, [ruleSet, Http.ruleSet], signer)
