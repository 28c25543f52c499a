/**
 * The codec for verdicts, which is separate from `Verdict` so that policies do not load `Schema`.
 */
import * as Schema from "effect/Schema"
import type { Verdict } from "./Verdict.ts"

/** The schema of a verdict, for use as a field of an error class. `retryAfter` and `probeAfter` are encoded as milliseconds. */
export const VerdictSchema = Schema.Struct({
  retry: Schema.Literals(["always", "once", "never"]),
  pace: Schema.Literals(["transient", "throttled"]),
  change: Schema.Literals(["nothing", "url", "token", "plan", "clock", "human"]),
  closes: Schema.optionalKey(Schema.Literals(["connectivity", "authorization"])),
  outcome: Schema.optionalKey(Schema.Literals(["failure", "overload", "ignored"])),
  applied: Schema.optionalKey(Schema.Literals(["no", "maybe"])),
  overdue: Schema.optionalKey(Schema.Boolean),
  retryAfter: Schema.optionalKey(Schema.DurationFromMillis),
  probeAfter: Schema.optionalKey(Schema.DurationFromMillis),
})

// Fails to compile if the schema and the type drift apart.
const _same: (verdict: typeof VerdictSchema.Type) => Verdict = (verdict) => verdict
void _same
