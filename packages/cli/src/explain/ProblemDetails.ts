/**
 * An explanation for programs: problem details of RFC 9457 with members of their own.
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

/** A fix, with the word that other tools have for how safe it is. */
export interface DetailedFix extends Fix {
  readonly applicability: "machine-applicable" | "maybe-incorrect"
}

/** A cause without the fields that are shown elsewhere. */
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
 * One problem.
 *
 * **Details**
 *
 * `code` and `confidence` are null where no cause is known; `status` is absent where no answer came, or its status is not
 * known. `retry`, `vendor` and `answeredBy` are null where there was no exchange to look at, `recognized` where there was no input. `causes` are all of them,
 * `alternatives` those after the first in short.
 */
export interface ProblemDetails {
  /** The page of the code, as a path below the documentation. */
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
  /** What the input was read as, in words. */
  readonly recognized: string | null
  /** What a corrected request would change, if it was asked for and the first fix is safe to apply. Redacted. */
  readonly repair?: DetailedRepair | null
  readonly causes: ReadonlyArray<DetailedCause>
  readonly alternatives: ReadonlyArray<Alternative>
  readonly unseen: ReadonlyArray<string>
  readonly links: ReadonlyArray<string>
}

/** A repair without the request itself, which has secrets in it. */
export type DetailedRepair = Pick<Repair, "code" | "fix" | "changes"> & {
  readonly needs: NonNullable<Repair["needs"]> | null
  readonly afterMs: number | null
}

/** The page of a code; `about:blank` is RFC 9457's word for none. */
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

/** The problem that an explanation is about. */
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

/** A rule by itself. */
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

/** An input that could not be looked at. */
export const unusable = (detail: string, remedy: string): ProblemDetails =>
  without("The input cannot be explained", detail, remedy)

/** An unknown code. */
export const unknown = (detail: string, remedy: string): ProblemDetails =>
  without("No rule knows the cause", detail, remedy)

/** One line of JSON that steers no terminal: what JSON need not escape but a terminal may obey is escaped. */
export const encode = (problem: ProblemDetails): string => Printable.json(problem)
