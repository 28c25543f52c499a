/**
 * The true cause of what S3, or a server that speaks like S3, answered.
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

/** The rules of S3 as a rule set, for those who explain several systems' exchanges. */
export const ruleSet: Core.RuleSet = Rules.ruleSet

/**
 * The barest exchange with a code of S3's table: its documented status, and the code. `undefined` when no row has the code.
 *
 * **Details**
 *
 * The code is looked up as it is written first, then in any case, then as the name of an error class of this package.
 */
export const ofCode = (code: string): Exchange | undefined => {
  const { byClass, byKey, byLowerKey } = (tables ??= tablesOf())
  const row = byKey.get(code) ?? byLowerKey.get(code.toLowerCase()) ?? byClass.get(code)
  return row === undefined
    ? undefined
    : { response: { status: row.status, body: `<Error><Code>${row.key}</Code></Error>` } }
}

/** Made at the first look-up: a paste asks for every word of it. */
let tables: ReturnType<typeof tablesOf> | undefined

/** The codes of the table of errors, as they are written, in lower case, and by class. The first row of a word counts. */
const tablesOf = () => {
  const keys = rows
    .flatMap((row) => {
      const key = "key" in row ? row.key : undefined
      return key === undefined || key.includes(": ")
        ? []
        : [{ key, name: row.class, status: ("status" in row && row.status) || 400 }]
    })
    .toReversed()
  // What a vendor calls in one small word may be a word of prose.
  const told = Words.codes
    .filter(({ code }) => /^[A-Z]\w*[a-z][A-Z]|_/.test(code))
    .map(({ code, status }) => ({ key: code, name: "", status }))
  return {
    byKey: new Map([...told.toReversed(), ...keys].map((row) => [row.key, row])),
    byLowerKey: new Map(keys.map((row) => [row.key.toLowerCase(), row])),
    byClass: new Map<string, (typeof keys)[number]>(keys.map((row) => [row.name, row])),
  }
}

/** Whether a text is what a client of S3 says that sent nothing: no credentials, no region, a name that no bucket can have. */
export const saysUnsent = (text: string): boolean => Client.read(text) !== undefined

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

/** The request as it should be, if the first cause has a fix that is safe to apply. It sends nothing: `Repair` tells what it lacks. */
export const repair = (exchange: Exchange, signer?: Core.Signer): Core.Repair | undefined =>
  Core.repair(exchange, [ruleSet, Http.ruleSet], signer)
