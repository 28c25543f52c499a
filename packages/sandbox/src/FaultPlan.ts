/**
 * A plan of faults: which faults can happen, on which routes, and for which requests. A plan is a value or a JSON file.
 *
 * **Details**
 *
 * A plan states which faults are possible; the seed determines which ones happen. With the same seed, each request for a
 * resource receives the same fault in every run, regardless of the order in which requests for different resources arrive.
 */
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"
import * as NamedPlans from "./internal/faults/namedPlans.ts"
import { FaultPlan } from "./internal/faults/plan.ts"
import { InvalidPlan, type PlanError, StorageError, UnknownPlan } from "./SandboxError.ts"

export type { Name } from "./internal/faults/namedPlans.ts"
export { Deal, FaultPlan, Outage, Rule } from "./internal/faults/plan.ts"

/** The predefined plans. */
export const named: Readonly<Record<NamedPlans.Name, FaultPlan>> = NamedPlans

/** The names of the predefined plans, from mildest to most severe. */
export const names = ["calm", "storm", "outage", "reauth", "paused"] as const satisfies ReadonlyArray<NamedPlans.Name>

/** Parses a plan from JSON. Errors identify the plan by `source`. */
export const parse = (json: string, source = "plan"): Effect.Effect<FaultPlan, InvalidPlan> =>
  decode(json).pipe(Effect.mapError((error) => invalid(source, error.issue)))

/** Returns the predefined plan with this name, or reads the plan file at this path. */
export const load = Effect.fnUntraced(function* (
  nameOrPath: string,
): Effect.fn.Return<FaultPlan, PlanError, FileSystem.FileSystem> {
  const name = names.find((name) => name === nameOrPath)
  if (name !== undefined) return named[name]
  const fs = yield* FileSystem.FileSystem
  const text = yield* fs
    .readFileString(nameOrPath)
    .pipe(
      Effect.mapError((error) =>
        error.reason._tag === "NotFound"
          ? new UnknownPlan({ plan: nameOrPath, names: [...names] })
          : new StorageError({ operation: "read", path: nameOrPath, cause: error }),
      ),
    )
  return yield* parse(text, nameOrPath)
})

const decode = Schema.decodeUnknownEffect(Schema.fromJsonString(FaultPlan), {
  errors: "all",
  onExcessProperty: "error",
})

const format = SchemaIssue.makeFormatterStandardSchemaV1()

// A union reports an issue for each of its members. The deepest issue concerns the member that the author meant.
const invalid = (plan: string, issue: SchemaIssue.Issue): InvalidPlan => {
  const { issues } = format(issue)
  const deepest = issues.reduce(
    (a, b) => ((b.path?.length ?? 0) > (a.path?.length ?? 0) ? b : a),
    issues[0] ?? { message: "" },
  )
  const field = (deepest.path ?? []).reduce<string>((path, step) => {
    const key = typeof step === "object" ? step.key : step
    return typeof key === "number" ? `${path}[${key}]` : path === "" ? String(key) : `${path}.${String(key)}`
  }, "")
  return new InvalidPlan({ plan, field, problem: deepest.message })
}
