/**
 * What a diagnosis says: the words of the vendor, the ranked causes with their evidence and fixes, and whether to send again.
 */
import type * as Verdict from "@holdfast/core/Verdict"

/** How sure a rule is: it must be so by the vendor's rules, it fits best, or it can be. */
export type Confidence = "certain" | "likely" | "possible"

/** Something in the exchange that shows the cause. */
export interface Evidence {
  /** Where it stands: `request.form[5]`, `request.url?X-Amz-Date`, `response.body.Code`. Indices count from 0. */
  readonly at: string
  readonly name: string
  /** What is there, already redacted. */
  readonly observed: string
  readonly expected?: string
}

/** Something to do about it. */
export interface Fix {
  readonly text: string
  /** Whether a program may do it unasked, or a person should look first. */
  readonly safety: "safe to apply" | "check first"
}

/** What is known of a cause. */
export interface About {
  /** Stable: `HF-S3-POST-011`. */
  readonly code: string
  /** The topic, the name of the file that the rule stands in. */
  readonly topic: string
  /** Names the true cause in one line, never the vendor's words; the same for every occurrence. */
  readonly title: string
  /** Why it fails, for who wants to know: a paragraph. */
  readonly explanation: string
  readonly fix: ReadonlyArray<Fix>
  /** What has to be different before another attempt can succeed. */
  readonly change: Verdict.Change
  /** Public documentation. */
  readonly links: ReadonlyArray<string>
  /**
   * The codes of the other causes that can bring the same answer. A rule that claims to be certain has to name them: the
   * claim stands only if each of them is excluded.
   */
  readonly rivals?: ReadonlyArray<string>
  /** The documentation that says that the answer has this cause alone. It belongs to a rule without rivals. */
  readonly soleCause?: string
}

/** What the vendor said. */
export interface Vendor {
  /** The dialect, in lower case: `r2`, `entra`, or the name of the rule set where the vendor is not known. */
  readonly system: string
  /** 0 where no response came, or its status is not known. */
  readonly status: number
  /** The vendor's own word for the error, empty where it gave none. */
  readonly code: string
  readonly message: string
  readonly requestId?: string
  readonly hostId?: string
  /** Set where no response came: then `message` is what the client reported. */
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

/** Another cause than the first one, in short. */
export type Alternative = Pick<Cause, "code" | "title" | "confidence">

/** Whether and how to send again. */
export interface RetryAdvice {
  /** The verdict that the engine acts on. */
  readonly verdict: Verdict.Retry
  readonly change: Verdict.Change
  /** The server's own hint, in milliseconds. */
  readonly afterMs: number | undefined
  readonly attempt: number | undefined
  /** The same in words. */
  readonly advice: string
}

/**
 * The diagnosis of an exchange.
 *
 * **Details**
 *
 * `outcome` is `explained` when there is at least one cause, `unknown` when no rule knows one, `succeeded` when there is
 * nothing to explain. `causes` are ranked, three at most; `code`, `title`, `confidence`, `detail`, `evidence`, `fix` and
 * `links` are those of the first, and `alternatives` are the others in short. `ruledOut` are the checks that passed, `unseen`
 * what would have shown more. `answeredBy` names who answered: "Cloudflare R2", "nginx, a proxy in front", "unknown".
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
