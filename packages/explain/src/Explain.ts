/**
 * Finds the true cause of a failed exchange with any vendor that Holdfast knows.
 */
import * as C2c from "@holdfast/c2c/Diagnosis"
import * as Diagnosis from "@holdfast/diagnosis/Diagnosis"
import type { Exchange } from "@holdfast/diagnosis/Exchange"
import * as Redaction from "@holdfast/diagnosis/Redaction"
import * as Http from "@holdfast/http/Diagnosis"
import * as S3 from "@holdfast/s3/Diagnosis"
import * as Own from "./internal/own/index.ts"
import * as Codes from "./internal/recognition/codes.ts"

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

/**
 * All rule sets, in the order in which they read an exchange. The first one that recognizes it states the vendor's
 * error. HTTP recognizes every exchange and is last.
 */
export const ruleSets: ReadonlyArray<Diagnosis.RuleSet> = [
  Own.ruleSet,
  C2c.ruleSet,
  S3.ruleSet,
  C2c.oauthRuleSet,
  Http.ruleSet,
]

/**
 * Explains an exchange with any server. Pure and total.
 *
 * **When to use**
 *
 * Use it if the program talks to several vendors, or for exchanges that a person pastes. A program that talks to one vendor can use
 * the `explain` of that vendor's package.
 *
 * **Details**
 *
 * Every part of the exchange may be missing; the explanation then lists what was not seen. The exchange is redacted
 * before a rule reads it, so the explanation contains no secret.
 */
export const explain = (exchange: Exchange): Diagnosis.Explanation => Diagnosis.explain(exchange, ruleSets)

/**
 * The corrected request, if the first cause has a fix that is safe to apply. Pure and total.
 *
 * **Details**
 *
 * It sends nothing. `signer` creates the signature or provides the token that the corrected request lacks. Without it,
 * `needs` names what is missing.
 */
export const repair = (exchange: Exchange, signer?: Diagnosis.Signer): Diagnosis.Repair | undefined =>
  Diagnosis.repair(exchange, ruleSets, signer)

/**
 * Removes the secrets from an exchange and keeps everything that a diagnosis needs. The result may be saved and shown.
 */
export const redact: (exchange: Exchange) => Exchange = Redaction.make(ruleSets.map(({ vocabulary }) => vocabulary))

/** A cause with its rule set. */
export interface About extends Diagnosis.About {
  readonly system: string
}

/** Every cause that a rule can find, grouped by system in the order of the rule sets. */
export const causes: ReadonlyArray<About> = ruleSets.flatMap(({ rules, system }) =>
  rules.map(({ change, code, explanation, fix, links, title, topic }) => ({
    code,
    topic,
    title,
    explanation,
    fix,
    change,
    links,
    system,
  })),
)

/** Looks up a cause by its code (`HF-S3-POST-011`), in any case. */
export const about = (code: string): About | undefined =>
  code.length > longestWord ? undefined : causes.find((one) => one.code.toLowerCase() === code.trim().toLowerCase())

/** The length of the longest code in a table, in characters. */
const longestWord = 200

/**
 * Explains a vendor's error code without an exchange: `InvalidAccessKeyId`, `slow_down`, `Channel Paused`,
 * `ECONNRESET`, `429`.
 *
 * **Details**
 *
 * The code is looked up in the error tables of S3, OAuth and Frame.io and among the transport failures, first as
 * written and then in any case. Three digits are a status. The explanation is that of a minimal exchange with the code
 * and its documented status. Its causes are therefore at most likely, and `unseen` lists the missing evidence. Returns
 * `undefined` if no table has the code.
 */
export const explainCode = (code: string): Diagnosis.Explanation | undefined => {
  const exchange = Codes.exchangeOf(code)
  return exchange === undefined ? undefined : explain(exchange)
}
