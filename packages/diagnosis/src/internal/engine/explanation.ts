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
  /** Whether a program may apply the fix without asking, or a user should check the fix first. */
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
  /**
   * The name of the dialect, in lower case. Examples are `r2` and `entra`. If the vendor is unknown, the value is the name of
   * the rule set, such as `s3`. The value is `holdfast` for Holdfast's own errors, and `unknown` if no rule set reads the
   * exchange.
   */
  readonly system: string
  /** The status of the response; 0 if there is no response or its status is unknown. */
  readonly status: number
  /** The vendor's error code; empty if the vendor did not report a code. */
  readonly code: string
  readonly message: string
  readonly requestId?: string
  readonly hostId?: string
  /** Set if there is no response. In that case, `message` contains what the client reported. */
  readonly unanswered?: boolean
  /** Other data that the vendor reported, keyed by name. */
  readonly fields: Readonly<Record<string, string>>
}

/** One cause of a failure. */
export interface Cause extends Omit<About, "rivals" | "soleCause"> {
  readonly system: string
  readonly confidence: Confidence
  readonly detail: string
  readonly evidence: ReadonlyArray<Evidence>
}

/** The short form of any cause that is not ranked first. */
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
 * `outcome` is `explained` if there is at least one cause, `unknown` if no rule identifies a cause, and `succeeded` if there
 * is nothing to explain. `causes` lists at most three causes, ranked by likelihood. `code`, `title`, `confidence`, `detail`,
 * `evidence`, `fix` and `links` belong to the first cause; `alternatives` lists the other causes in short form. `ruledOut`
 * lists the checks that passed. `unseen` lists the missing data that would have allowed further checks. `answeredBy`
 * identifies who sent the response: "Cloudflare R2", "nginx, a proxy in front of the server", "unknown".
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
