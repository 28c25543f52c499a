/**
 * The true cause of a failed exchange with any vendor that Holdfast knows.
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
 * Every rule set, in the order in which they read an exchange. The first one that recognizes it states what the vendor said. HTTP
 * recognizes every exchange and is last.
 */
export const ruleSets: ReadonlyArray<Diagnosis.RuleSet> = [
  Own.ruleSet,
  C2c.ruleSet,
  S3.ruleSet,
  C2c.oauthRuleSet,
  Http.ruleSet,
]

/**
 * Explains an exchange with any server: pure and total.
 *
 * **When to use**
 *
 * Use it if the program talks to several vendors, or for exchanges that a person pastes. A program that talks to one vendor can use
 * the `explain` of that vendor's package.
 *
 * **Details**
 *
 * Everything may be missing, and then the explanation names what was not seen. The exchange is redacted before a rule reads it,
 * so the explanation contains no secret.
 */
export const explain = (exchange: Exchange): Diagnosis.Explanation => Diagnosis.explain(exchange, ruleSets)

/**
 * The request as it should be, if the first cause of the failure has a fix that is safe to apply: pure and total.
 *
 * **Details**
 *
 * It sends nothing. `signer` makes the signature or gives the token that the corrected request lacks; else `needs` says what is
 * missing.
 */
export const repair = (exchange: Exchange, signer?: Diagnosis.Signer): Diagnosis.Repair | undefined =>
  Diagnosis.repair(exchange, ruleSets, signer)

/** An exchange without its secrets, and with everything that a diagnosis needs: what may be saved and shown. */
export const redact: (exchange: Exchange) => Exchange = Redaction.make(ruleSets.map(({ vocabulary }) => vocabulary))

/** What is known of a cause, and whose it is. */
export interface About extends Diagnosis.About {
  readonly system: string
}

/** Every cause that a rule knows, by system in the order of the rule sets. */
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

/** What is known of a cause by its code, `HF-S3-POST-011`, in any case. */
export const about = (code: string): About | undefined =>
  code.length > longestWord ? undefined : causes.find((one) => one.code.toLowerCase() === code.trim().toLowerCase())

/** The longest word in a table, in characters. */
const longestWord = 200

/**
 * Explains a vendor's word without anything else: `InvalidAccessKeyId`, `slow_down`, `Channel Paused`, `ECONNRESET`, `429`.
 *
 * **Details**
 *
 * The word is looked up in the error tables of S3, OAuth and Frame.io and among the failures of the transport, as it is
 * written first and then in any case; a number of three digits is a status. What is explained is the barest exchange with
 * it: the documented status and the word. So the causes are at most likely, and `unseen` says what would tell more.
 * `undefined` when no table has the word.
 */
export const explainCode = (code: string): Diagnosis.Explanation | undefined => {
  const exchange = Codes.exchangeOf(code)
  return exchange === undefined ? undefined : explain(exchange)
}
