/**
 * The document that `doctor --json` prints. `docs/generated/doctor.schema.json` is generated from the schema.
 */
import * as DateTime from "effect/DateTime"
import * as Schema from "effect/Schema"
import * as ExitCode from "../process/ExitCode.ts"
import { version } from "../process/Version.ts"
import * as Finding from "./Finding.ts"
import type { Named } from "./Run.ts"

const Check = Schema.Struct({
  name: Schema.String,
  level: Schema.Literals(["ok", "warning", "problem", "skipped"]).annotate({
    description:
      "ok: nothing to do. warning: uploads work, but may fail later. problem: uploads fail, or their state is at " +
      "risk. skipped: the check could not be performed; the text states the reason",
  }),
  text: Schema.String,
  remedy: Schema.NullOr(Schema.String),
  exitCode: Schema.Int.annotate({ description: "The exit code of a problem; 0 for every other level" }),
  details: Schema.Record(
    Schema.String,
    Schema.Union([Schema.String, Schema.Finite, Schema.Boolean, Schema.Null]),
  ).annotate({ description: "Measured values, which depend on the check. Names that end in Ms are milliseconds" }),
})

/** The document. It never contains a token, a credential or the password of a proxy. */
export const Report = Schema.Struct({
  type: Schema.tag("doctor"),
  time: Schema.String.annotate({ description: "The date and time in UTC, such as 2026-11-21T17:24:01.123Z" }),
  version: Schema.String.annotate({ description: "The version of holdfast" }),
  api: Schema.String,
  checks: Schema.Array(Check),
  /** The number of checks with each level. */
  counts: Schema.Struct({ ok: Schema.Int, warning: Schema.Int, problem: Schema.Int, skipped: Schema.Int }),
  exitCode: Schema.Int,
})
export type Report = (typeof Report)["Type"]

/** Counts the results with each level. */
export const countsOf = (all: ReadonlyArray<Named>): Report["counts"] => {
  const count = (level: Finding.Level) => all.filter(({ finding }) => finding.level === level).length
  return { ok: count("ok"), warning: count("warning"), problem: count("problem"), skipped: count("skipped") }
}

/** Creates the document at a time in epoch milliseconds. */
export const make = (api: string, now: number, all: ReadonlyArray<Named>): Report => ({
  type: "doctor",
  time: DateTime.formatIso(DateTime.makeUnsafe(now)),
  version,
  api,
  checks: all.map(({ finding: { details, level, outcome, remedy, text }, name }) => ({
    name,
    level,
    text,
    remedy: remedy ?? null,
    exitCode: ExitCode.code(outcome),
    details,
  })),
  counts: countsOf(all),
  exitCode: ExitCode.code(Finding.worst(all.map(({ finding }) => finding))),
})
