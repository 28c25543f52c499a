/**
 * The types of an explanation: the vendor's words, the ranked causes with evidence and fixes, and the retry advice.
 */
import type * as Verdict from "@holdfast/core/Verdict"

/**
 * The confidence in a cause: a `certain` cause follows from the vendor's rules, a `likely` cause fits best, and a `possible`
 * cause might apply.
 */
export type Confidence = "certain" | "likely" | "possible"

/** A part of the exchange that shows the cause. */
export interface Evidence {
  /** The path: `request.form[5]`, `request.url?X-Amz-Date`, `response.body.Code`. Indices start at 0. */
  readonly at: string
  readonly name: string
  /** The redacted value of this part of the exchange. */
  readonly observed: string
  readonly expected?: string
}

/** An action that resolves the cause. */
export interface Fix {
  readonly text: string
  /** Whether a program may apply the fix without asking, or a person should check the fix first. */
  readonly safety: "safe to apply" | "check first"
}

/** The description of a cause. */
export interface About {
  /** A stable code: `HF-S3-POST-011`. */
  readonly code: string
  /** The topic of the rule, which is also the name of the rule's file. */
  readonly topic: string
  /**
   * Identifies the true cause in one line, without using the vendor's words. The title is the same for every occurrence of
   * the cause.
   */
  readonly title: string
  /** Explains the failure in a paragraph, for readers who want to know more. */
  readonly explanation: string
  readonly fix: ReadonlyArray<Fix>
  /** What must change before another attempt can succeed. */
  readonly change: Verdict.Change
  /** Links to public documentation. */
  readonly links: ReadonlyArray<string>
  /**
   * The codes of other causes that can lead to the same response. A rule that claims to be certain must list its rivals. The
   * claim is granted only if every rival is excluded.
   */
  readonly rivals?: ReadonlyArray<string>
  /** The document that states that the response has no other cause. Used by a rule that has no rivals. */
  readonly soleCause?: string
}

/** The error as reported by the vendor. */
export interface Vendor {
  /** The dialect in lower case: `r2`, `entra`, or the name of the rule set if the vendor is unknown. */
  readonly system: string
  /** 0 if there is no response or its status is unknown. */
  readonly status: number
  /** The vendor's error code; empty if there is none. */
  readonly code: string
  readonly message: string
  readonly requestId?: string
  readonly hostId?: string
  /** Set if there is no response: then `message` is what the client reported. */
  readonly unanswered?: boolean
  /** Other facts that the vendor reported, by name. */
  readonly fields: Readonly<Record<string, string>>
}

/** One cause of a failure. */
export interface Cause extends Omit<About, "rivals" | "soleCause"> {
  readonly system: string
  readonly confidence: Confidence
  readonly detail: string
  readonly evidence: ReadonlyArray<Evidence>
}

/** A short form of a cause other than the first. */
export type Alternative = Pick<Cause, "code" | "title" | "confidence">

/** Whether and how to retry. */
export interface RetryAdvice {
  /** The verdict that the retry engine acts on. */
  readonly verdict: Verdict.Retry
  readonly change: Verdict.Change
  /** The server's hint, in milliseconds. */
  readonly afterMs: number | undefined
  readonly attempt: number | undefined
  /** The advice in words. */
  readonly advice: string
}

/**
 * The diagnosis of an exchange.
 *
 * **Details**
 *
 * `outcome` is `explained` if there is at least one cause, `unknown` if no rule knows one, and `succeeded` if there is nothing
 * to explain. `causes` are ranked, with at most three entries. `code`, `title`, `confidence`, `detail`, `evidence`, `fix` and
 * `links` are those of the first cause; `alternatives` lists the others in short form. `ruledOut` lists the checks that passed,
 * and `unseen` the data that would have shown more. `answeredBy` names who answered: "Cloudflare R2", "nginx, a proxy in
 * front", "unknown".
 */
export interface Explanation {
  readonly outcome: "explained" | "unknown" | "succeeded"
  readonly code: string | undefined
  readonly title: string
  readonly confidence: Confidence | undefined
  readonly detail: string
  readonly evidence: ReadonlyArray<Evidence>
  readonly fix: ReadonlyArray<Fix>
  readonly links: ReadonlyArray<string>
  readonly causes: ReadonlyArray<Cause>
  readonly alternatives: ReadonlyArray<Alternative>
  readonly ruledOut: ReadonlyArray<{ readonly check: string; readonly value: string }>
  readonly unseen: ReadonlyArray<string>
  readonly retry: RetryAdvice
  readonly vendor: Vendor
  readonly answeredBy: string
}
