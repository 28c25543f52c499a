/**
 * How the rules of S3 are written.
 */
import type * as Diagnosis from "@holdfast/diagnosis/Diagnosis"
import type { Phase } from "./answer.ts"
import * as ProofWords from "./dialects/proofWords.ts"
import type { S3Facts } from "./facts.ts"

/** One rule of S3. */
export interface S3Rule<Name extends string = string> extends Diagnosis.Rule<S3Facts> {
  /** The defect as programs name it: `FieldAfterFile`. */
  readonly name: Name
  /** The step of the server that the defect fails. */
  readonly phase: Phase
  /** Looks at the request alone; these are the rules of the lint. */
  readonly inspect: ((facts: S3Facts) => Diagnosis.Finding | undefined) | undefined
}

/** What a rule is written from. */
export interface Definition<Name extends string> extends Omit<Diagnosis.About, "topic"> {
  readonly name: Name
  readonly phase: Phase
  /** Finds the defect in the request alone, before it is sent as well as afterwards. */
  readonly inspect?: (facts: S3Facts) => Diagnosis.Finding | undefined
  /** Knows the cause by the answer, with or without the request. Asked where `inspect` found no defect. */
  readonly recognise?: (facts: S3Facts) => Diagnosis.Finding | undefined
}

/**
 * Makes the rules of one topic.
 *
 * **Details**
 *
 * A defect that `inspect` found is the cause only of an answer that can come from its phase: a form that has expired does
 * not explain a bucket that is missing.
 */
export const topic =
  (name: string) =>
  <const Name extends string>(definition: Definition<Name>): S3Rule<Name> => {
    const { inspect, recognise, ...rest } = definition
    return {
      ...rest,
      topic: name,
      inspect,
      find: (facts) => {
        const inspected = inspect?.(facts)
        if (inspected?._tag === "Found" && facts.answer.phases.has(definition.phase)) return inspected
        const recognised = recognise?.(facts)
        if (recognised?._tag === "Found" && recognised.confidence !== "possible") return recognised
        // A sentence of the server that has one cause is as good as what the rule knows by itself.
        return (
          ProofWords.finding(facts, definition.code) ??
          recognised ??
          (inspected?._tag === "Found" ? undefined : inspected)
        )
      },
    }
  }
