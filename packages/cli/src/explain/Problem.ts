/**
 * The schema of `ProblemDetails`, in a separate module because `explain` starts without loading schemas.
 */
import * as Schema from "effect/Schema"

const Confidence = Schema.Literals(["certain", "likely", "possible"])

const Evidence = Schema.Array(
  Schema.Struct({
    at: Schema.String,
    name: Schema.String,
    observed: Schema.String,
    expected: Schema.optionalKey(Schema.String),
  }),
)

const Fix = Schema.Array(
  Schema.Struct({
    text: Schema.String,
    safety: Schema.Literals(["safe to apply", "check first"]),
    applicability: Schema.Literals(["machine-applicable", "maybe-incorrect"]),
  }),
)

const Retry = Schema.Struct({
  verdict: Schema.Literals(["always", "once", "never"]),
  change: Schema.Literals(["nothing", "url", "token", "plan", "clock", "human"]),
  afterMs: Schema.NullOr(Schema.Finite),
  attempt: Schema.NullOr(Schema.Int),
  advice: Schema.String,
})

const Vendor = Schema.Struct({
  system: Schema.String,
  status: Schema.Int,
  code: Schema.String,
  message: Schema.String,
  requestId: Schema.optionalKey(Schema.String),
  hostId: Schema.optionalKey(Schema.String),
  unanswered: Schema.optionalKey(Schema.Boolean),
  fields: Schema.Record(Schema.String, Schema.String),
})

const Repair = Schema.Struct({
  code: Schema.String,
  fix: Schema.String,
  changes: Schema.Array(
    Schema.Struct({
      at: Schema.String,
      name: Schema.String,
      before: Schema.optionalKey(Schema.String),
      after: Schema.optionalKey(Schema.String),
    }),
  ),
  needs: Schema.NullOr(Schema.Literals(["signature", "token"])),
  afterMs: Schema.NullOr(Schema.Finite),
})

const Cause = Schema.Struct({
  type: Schema.String,
  code: Schema.String,
  title: Schema.String,
  confidence: Confidence,
  detail: Schema.String,
  explanation: Schema.String,
  evidence: Evidence,
  fix: Fix,
  links: Schema.Array(Schema.String),
})

/** One problem, as `explain --json` prints it. */
export const Problem = Schema.Struct({
  type: Schema.String,
  title: Schema.String,
  status: Schema.optionalKey(Schema.Int),
  detail: Schema.String,
  code: Schema.NullOr(Schema.String),
  confidence: Schema.NullOr(Confidence),
  evidence: Evidence,
  ruledOut: Schema.Array(Schema.Struct({ check: Schema.String, value: Schema.String })),
  fix: Fix,
  retry: Schema.NullOr(Retry),
  vendor: Schema.NullOr(Vendor),
  answeredBy: Schema.NullOr(Schema.String),
  recognized: Schema.NullOr(Schema.String),
  repair: Schema.optionalKey(Schema.NullOr(Repair)),
  causes: Schema.Array(Cause),
  alternatives: Schema.Array(Schema.Struct({ code: Schema.String, title: Schema.String, confidence: Confidence })),
  unseen: Schema.Array(Schema.String),
  links: Schema.Array(Schema.String),
})
export type Problem = (typeof Problem)["Type"]
