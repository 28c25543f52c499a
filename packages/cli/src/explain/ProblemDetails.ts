/**
 * A machine-readable explanation: problem details as defined by RFC 9457, with extension members.
 */
import type {
  About,
  Alternative,
  Cause,
  Confidence,
  Evidence,
  Explanation,
  Fix,
  Repair,
  RetryAdvice,
  Vendor,
} from "@holdfast/diagnosis/Diagnosis"
import * as Printable from "../terminal/Printable.ts"

/** A fix with its `applicability`, the term that other tools use for the safety of a fix. */
export interface DetailedFix extends Fix {
  readonly applicability: "machine-applicable" | "maybe-incorrect"
}

/** A cause in the form that `--json` prints. */
export interface DetailedCause {
  readonly type: string
  readonly code: string
  readonly title: string
  readonly confidence: Confidence
  readonly detail: string
  readonly explanation: string
  readonly evidence: ReadonlyArray<Evidence>
  readonly fix: ReadonlyArray<DetailedFix>
  readonly links: ReadonlyArray<string>
}

/**
 * One problem, as `--json` prints it.
 *
 * **Details**
 *
 * `code` and `confidence` are null if no cause is known. `status` is absent if there is no response or if the status is
 * unknown. `retry`, `vendor` and `answeredBy` are null if there is no exchange, and `recognized` is null if there is no
 * input. `causes` contains all causes, and `alternatives` summarizes the causes after the first.
 */
export interface ProblemDetails {
  /** The path of the documentation page for the code. */
  readonly type: string
  readonly title: string
  readonly status?: number
  readonly detail: string
  readonly code: string | null
  readonly confidence: Confidence | null
  readonly evidence: ReadonlyArray<Evidence>
  readonly ruledOut: Explanation["ruledOut"]
  readonly fix: ReadonlyArray<DetailedFix>
  readonly retry: {
    readonly verdict: RetryAdvice["verdict"]
    readonly change: RetryAdvice["change"]
    readonly afterMs: number | null
    readonly attempt: number | null
    readonly advice: string
  } | null
  readonly vendor: Vendor | null
  readonly answeredBy: string | null
  /** A description of the format that was recognized. */
  readonly recognized: string | null
  /** The changes that correct the request, if they were requested and the first fix is safe to apply. Redacted. */
  readonly repair?: DetailedRepair | null
  readonly causes: ReadonlyArray<DetailedCause>
  readonly alternatives: ReadonlyArray<Alternative>
  readonly unseen: ReadonlyArray<string>
  readonly links: ReadonlyArray<string>
}

/** A repair that omits the request itself, because the request contains secrets. */
export type DetailedRepair = Pick<Repair, "code" | "fix" | "changes"> & {
  readonly needs: NonNullable<Repair["needs"]> | null
  readonly afterMs: number | null
}

/** Returns the path of the code's page. RFC 9457 uses `about:blank` if a problem has no specific type. */
const typeOf = (code: string | undefined): string =>
  code === undefined ? "about:blank" : `/docs/generated/diagnosis/${code}.md`

const detailed = (fix: Fix): DetailedFix => ({
  ...fix,
  applicability: fix.safety === "safe to apply" ? "machine-applicable" : "maybe-incorrect",
})

const cause = ({ code, confidence, detail, evidence, explanation, fix, links, title }: Cause): DetailedCause => ({
  type: typeOf(code),
  code,
  title,
  confidence,
  detail,
  explanation,
  evidence,
  fix: fix.map(detailed),
  links,
})

const nothing = {
  code: null,
  confidence: null,
  evidence: [],
  ruledOut: [],
  fix: [],
  retry: null,
  vendor: null,
  answeredBy: null,
  recognized: null,
  causes: [],
  alternatives: [],
  unseen: [],
  links: [],
}

/** Builds the problem details for an explanation. */
export const explanation = (all: Explanation, recognized?: string, repair?: Repair | "none"): ProblemDetails => {
  const { afterMs, attempt, ...retry } = all.retry
  return {
    type: typeOf(all.code),
    title: all.title,
    ...(all.vendor.status === 0 ? {} : { status: all.vendor.status }),
    detail: all.detail,
    code: all.code ?? null,
    confidence: all.confidence ?? null,
    evidence: all.evidence,
    ruledOut: all.ruledOut,
    fix: all.fix.map(detailed),
    retry: { ...retry, afterMs: afterMs ?? null, attempt: attempt ?? null },
    vendor: all.vendor,
    answeredBy: all.answeredBy,
    recognized: recognized ?? null,
    ...(repair === undefined ? {} : { repair: repair === "none" ? null : repairOf(repair) }),
    causes: all.causes.map(cause),
    alternatives: all.alternatives,
    unseen: all.unseen,
    links: all.links,
  }
}

const repairOf = ({ afterMs, changes, code, fix, needs }: Repair): DetailedRepair => ({
  code,
  fix,
  changes,
  needs: needs ?? null,
  afterMs: afterMs ?? null,
})

/** Builds the problem details for a rule's page. */
export const page = ({ code, explanation: detail, fix, links, title }: About): ProblemDetails => ({
  type: typeOf(code),
  title,
  detail,
  ...nothing,
  code,
  fix: fix.map(detailed),
  links,
})

const without = (title: string, detail: string, remedy: string): ProblemDetails => ({
  type: typeOf(undefined),
  title,
  detail,
  ...nothing,
  fix: [{ text: remedy, safety: "check first", applicability: "maybe-incorrect" }],
})

/** Builds the problem details for input that cannot be read. */
export const unusable = (detail: string, remedy: string): ProblemDetails =>
  without("The input cannot be explained", detail, remedy)

/** Builds the problem details for an unknown code. */
export const unknown = (detail: string, remedy: string): ProblemDetails =>
  without("No rule identifies the cause", detail, remedy)

/**
 * Formats a problem as one line of JSON. Characters that could control a terminal are escaped, even if JSON does not require
 * escaping.
 */
export const encode = (problem: ProblemDetails): string => Printable.json(problem)
