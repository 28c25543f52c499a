/**
 * Checks a request before it is sent, and reports why S3 would reject it.
 *
 * The lint does not define its own rules. The lint runs the diagnosis rules that read only the request. The lint therefore
 * reports, before the request is sent, what `Diagnosis.explain` would report afterward.
 */
import * as Diagnosis from "@holdfast/diagnosis/Diagnosis"
import { type Request, requestOf } from "@holdfast/diagnosis/Exchange"
import * as Redaction from "@holdfast/diagnosis/Redaction"
import * as Verdict from "@holdfast/core/Verdict"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Facts from "./internal/diagnosis/facts.ts"
import type { DefectName } from "./internal/diagnosis/rules/index.ts"
import { inspecting } from "./internal/diagnosis/rules/inspecting.ts"
import { vocabulary } from "./internal/diagnosis/vocabulary.ts"

export type { Request } from "@holdfast/diagnosis/Exchange"
export type { PartOfPlan, Plan } from "./internal/diagnosis/facts.ts"
export type { DefectName } from "./internal/diagnosis/rules/index.ts"

/** A defect that causes S3 to reject the request. `_tag` identifies the defect. */
export interface LintFinding {
  readonly _tag: DefectName
  /** The diagnosis code of the defect: `HF-S3-POST-011`. */
  readonly code: string
  readonly title: string
  readonly detail: string
  readonly evidence: ReadonlyArray<Diagnosis.Evidence>
  readonly fix: ReadonlyArray<Diagnosis.Fix>
  readonly links: ReadonlyArray<string>
}

/** Information that only the sender has. */
export interface Context extends Facts.Plan {
  /**
   * The local time in epoch milliseconds. If the time is absent, the lint does not check whether the request has expired.
   */
  readonly at?: number | undefined
}

/** The error for a request that was not sent because S3 would have rejected it. */
export class LintError extends Data.TaggedError("LintError")<{
  readonly findings: readonly [LintFinding, ...ReadonlyArray<LintFinding>]
  readonly verdict: Verdict.Verdict
}> {
  override get message(): string {
    const [first, ...more] = this.findings
    return `not sent: ${first.title} (${first.code}). ${first.detail}${more.length === 0 ? "" : ` And ${more.length} more.`}`
  }
}

/**
 * Returns the findings for a request, in the order in which S3 would detect the defects. The list is empty for a valid
 * request.
 *
 * **Details**
 *
 * Pure and total. Reports only defects that are certain. Findings are based on the redacted request. Redaction takes longer
 * than running the rules. Redaction therefore runs only if the rules find a defect in the original request.
 */
export const check = (given: Request, context: Context = {}): ReadonlyArray<LintFinding> => {
  const { at, ...plan } = context ?? {}
  const request = Redaction.unmarked(requestOf(given))
  const held = { request, at }
  const known = { ...plan, boundary: plan.boundary ?? boundaryIn(request.body) }
  const suspect = Facts.read(held, known)
  if (!inspecting.some(({ inspect }) => isCertain(inspect(suspect)))) return []
  const facts = Facts.read(redact(held), known)
  return inspecting.flatMap((rule) => {
    const finding = rule.inspect(facts)
    if (!isCertain(finding)) return []
    const { code, links, name, title } = rule
    const { detail, evidence, fix = rule.fix } = finding
    return [
      {
        _tag: name,
        code,
        title,
        detail: Redaction.shown(detail),
        evidence: evidence.map(Diagnosis.readable),
        fix,
        links,
      },
    ]
  })
}

const isCertain = (finding: Diagnosis.Finding | undefined): finding is Diagnosis.Found =>
  finding?._tag === "Found" && finding.confidence === "certain"

/** Fails with the findings for a request, if there are any. */
export const refuse = (request: Request, context: Context = {}): Effect.Effect<void, LintError> =>
  Effect.suspend(() => {
    const [first, ...more] = check(request, context)
    if (first === undefined) return Effect.void
    const change = inspecting.find(({ code }) => code === first.code)?.change ?? "plan"
    return Effect.fail(new LintError({ findings: [first, ...more], verdict: Verdict.never({ change }) }))
  })

/** HTTP transport headers, which are not secret. The rules read the host from the URL rather than from the `host` header. */
const transport: Redaction.Vocabulary = { headers: new Set(["connection", "host", "transfer-encoding", "user-agent"]) }

const redact = Redaction.make([vocabulary, transport])

/**
 * Returns the multipart boundary of a body that is available as text. The boundary is not secret, and the rules cannot access
 * the body.
 */
const boundaryIn = (body: string | undefined): string | undefined =>
  /^--([^\r\n]{1,70}?)[ \t]*\r?\n(?:content-|\r?\n)/i.exec(body ?? "")?.[1]
