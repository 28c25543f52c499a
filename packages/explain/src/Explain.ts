/**
 * Finds the true cause of a failed exchange with any vendor that Holdfast supports.
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
 * All rule sets, in the order in which they are applied to an exchange. The first rule set that recognizes the exchange
 * determines the vendor's error. The HTTP rule set recognizes every exchange and is therefore last.
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
 * Use this function if the program communicates with several vendors or if users paste exchanges. A program that communicates
 * with only one vendor can use the `explain` function from that vendor's package.
 *
 * **Details**
 *
 * Any part of the exchange may be missing. The explanation lists any missing data. The exchange is redacted before any rule
 * reads it, so the explanation does not contain secrets.
 */
export const explain = (exchange: Exchange): Diagnosis.Explanation => Diagnosis.explain(exchange, ruleSets)

/**
 * Returns the corrected request if the first cause has a fix that is safe to apply. Pure and total.
 *
 * **Details**
 *
 * It sends nothing. `signer` creates the signature or provides the token that the corrected request needs. Without a signer,
 * `needs` identifies what is missing.
 */
export const repair = (exchange: Exchange, signer?: Diagnosis.Signer): Diagnosis.Repair | undefined =>
  Diagnosis.repair(exchange, ruleSets, signer)

/**
 * Removes the secrets from an exchange and keeps everything that a diagnosis needs. The redacted exchange may be saved and
 * shown.
 */
export const redact: (exchange: Exchange) => Exchange = Redaction.make(ruleSets.map(({ vocabulary }) => vocabulary))

/** A cause, together with the name of its rule set. */
export interface About extends Diagnosis.About {
  readonly system: string
}

/** Every cause that a rule can identify, grouped by system in the order of the rule sets. */
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

/** Looks up a cause by its code (`HF-S3-POST-011`). The lookup is case-insensitive. */
export const about = (code: string): About | undefined =>
  code.length > longestWord ? undefined : causes.find((one) => one.code.toLowerCase() === code.trim().toLowerCase())

/** The maximum length of a code to look up, in characters. */
const longestWord = 200

/**
 * Explains a vendor's error code without an exchange. Examples of codes are `InvalidAccessKeyId`, `slow_down`,
 * `Channel Paused`, `ECONNRESET` and `429`.
 *
 * **Details**
 *
 * The code is looked up among Holdfast's own errors, in the error tables of S3, OAuth and Frame.io, and among the transport
 * failures. The lookup is case-sensitive first, then case-insensitive. A three-digit code is treated as a status. The
 * explanation is based on a minimal exchange that contains the code and, if known, its documented status. If the status is
 * assumed, the confidence in each cause is at most `likely`. `unseen` lists the missing evidence. Returns `undefined` if no
 * table contains the code.
 */
export const explainCode = (code: string): Diagnosis.Explanation | undefined => {
  const exchange = Codes.exchangeOf(code)
  return exchange === undefined ? undefined : explain(exchange)
}
