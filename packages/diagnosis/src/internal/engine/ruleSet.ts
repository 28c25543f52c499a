/**
 * Rules, and sets of rules that read and examine exchanges.
 */
import type * as Verdict from "@holdfast/core/Verdict"
import type { Exchange, Request } from "../../Exchange.ts"
import type * as Redaction from "../../Redaction.ts"
import type { About, Vendor } from "./explanation.ts"
import type { Finding } from "./finding.ts"
import type { Corrected, Correction } from "./repair.ts"

/**
 * One rule. `Facts` is the type of the data that the rule set extracts from an exchange for its rules.
 *
 * **Details**
 *
 * A finding may claim that its cause is certain. `explain` grants a claim of certainty only if the exchange excludes all of
 * the rule's `rivals`. A rule without rivals must cite, as its `soleCause`, a document that states that the response has no
 * other cause.
 */
export interface Rule<in Facts> extends About {
  readonly find: (facts: Facts) => Finding | undefined
}

/** An exchange as interpreted by one system's rule set. */
export interface Reading<Facts> {
  readonly facts: Facts
  readonly vendor: Vendor
  /** Who sent the response, in words, such as "Cloudflare R2" or "nginx, a proxy in front". Absent if unknown. */
  readonly answeredBy?: string | undefined
  /**
   * The codes of the causes that the response text allows. Absent if the response text does not contain any information about
   * the cause.
   */
  readonly allowed?: ReadonlySet<string> | undefined
  /**
   * Whether a document, which is identified by its URL, describes the system that responded. A rule that cites another
   * vendor's documentation as its `soleCause` is not certain. Absent if every document describes the system that responded.
   */
  readonly documents?: ((url: string) => boolean) | undefined
  /** The error's verdict, on which the retry engine would have acted. */
  readonly verdict: Verdict.Verdict
  /** The server's hint about when to retry, in milliseconds. */
  readonly afterMs?: number | undefined
  readonly succeeded: boolean
  /**
   * `false` if sending the request again might repeat its effect. In that case, a program must not resend the request without
   * asking the user.
   */
  readonly isRepeatable?: boolean
}

/** The rules of one system, in the order in which the vendor checks a request. */
export interface RuleSet {
  readonly system: string
  readonly rules: ReadonlyArray<About>
  readonly vocabulary: Redaction.Vocabulary
  /** Returns `undefined` if the exchange does not belong to this system. */
  readonly examine: (exchange: Exchange) => Examination | undefined
  /**
   * Applies the safe fix of a rule to the request; returns `undefined` if the rule has no safe fix or the fix does not apply.
   */
  readonly correct: (exchange: Exchange, code: string) => Corrected | undefined
}

/** The result of examining an exchange with one rule set. */
export interface Examination extends Omit<Reading<unknown>, "facts"> {
  readonly findings: ReadonlyArray<readonly [About, Finding]>
  /** Whether the safe fix of a rule corrects this request. The rule set reads the redacted request. */
  readonly corrects: (code: string, request: Request) => boolean
}

/** Builds a rule set. */
export const ruleSet = <Facts>(options: {
  readonly system: string
  readonly vocabulary: Redaction.Vocabulary
  readonly rules: ReadonlyArray<Rule<Facts>>
  readonly read: (exchange: Exchange) => Reading<Facts> | undefined
  /**
   * Functions that apply the safe fixes of rules to a request, keyed by the code of the rule. These functions receive the
   * exchange with its secrets.
   */
  readonly corrections?: Readonly<Record<string, Correction<Facts>>>
}): RuleSet => ({
  system: options.system,
  vocabulary: options.vocabulary,
  rules: options.rules,
  correct: ({ request, ...rest }, code) => {
    const correction = options.corrections?.[code]
    const facts = correction === undefined ? undefined : options.read({ request, ...rest })?.facts
    return facts === undefined || request === undefined ? undefined : correction?.(request, facts)
  },
  examine: (exchange) => {
    const reading = options.read(exchange)
    if (reading === undefined) return undefined
    const { facts, ...rest } = reading
    const findings = rest.succeeded
      ? []
      : options.rules.flatMap((rule) => {
          const finding = rule.find(facts)
          return finding === undefined ? [] : [[rule, finding] as const]
        })
    const corrects = (code: string, request: Request) => options.corrections?.[code]?.(request, facts) !== undefined
    return { ...rest, findings, corrects }
  },
})
