/**
 * Helper functions that build S3 rules.
 */
import * as Diagnosis from "@holdfast/diagnosis/Diagnosis"
import type { Phase } from "./answer.ts"
import { textOf } from "./dialects/text.ts"
import type { S3Facts } from "./facts.ts"

export interface S3Rule<Name extends string = string> extends Diagnosis.Rule<S3Facts> {
  /** The name that programs use for the defect: `FieldAfterFile`. */
  readonly name: Name
  /** The phase in which the server detects the defect. */
  readonly phase: Phase
  /** Checks only the request. The lint runs these checks. */
  readonly inspect: ((facts: S3Facts) => Diagnosis.Finding | undefined) | undefined
}

export interface Definition<Name extends string> extends Omit<Diagnosis.About, "topic"> {
  readonly name: Name
  readonly phase: Phase
  /** Finds the defect by inspecting only the request, before or after it is sent. */
  readonly inspect?: (facts: S3Facts) => Diagnosis.Finding | undefined
  /** Recognizes the cause from the response, with or without the request. Runs only if `inspect` does not find a defect. */
  readonly recognise?: (facts: S3Facts) => Diagnosis.Finding | undefined
}

/**
 * Builds the rules for one topic.
 *
 * **Details**
 *
 * A defect found by `inspect` explains a response only if the response can come from the phase that detects the defect. For
 * example, an expired form does not explain a missing bucket.
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
        if (inspected?._tag === "Found" && facts.answer.phases.has(definition.phase))
          return withMeaning(inspected, facts, rest)
        const own = recognise?.(facts)
        const told = stated(facts, rest)
        if (own?._tag === "Found" && (told !== undefined || own.confidence !== "possible"))
          return withMeaning(own, facts, rest)
        // A server's message with a single cause counts as much as the rule's own finding.
        return (
          told ?? sufficient(facts, definition.code) ?? own ?? (inspected?._tag === "Found" ? undefined : inspected)
        )
      },
    }
  }

/** The parts of a rule that this module uses. */
type Rests = Pick<Diagnosis.About, "code" | "rivals">

/** The meaning according to the vendor's own table, if that row belongs to this rule. */
const toldOf = ({ words }: S3Facts, { code }: Rests) =>
  words.told !== undefined && code === `HF-S3-${words.told.allows[0]}` ? words.told : undefined

/** The cause that is stated in the response itself. Forms have separate rules. */
const sufficient = (facts: S3Facts, code: string): Diagnosis.Finding | undefined => {
  const { answer, form, words } = facts
  if (form !== undefined || answer.isForeign || answer.status < 400) return undefined
  const row = words.stated()
  if (row === undefined || code !== `HF-S3-${row.allows?.[0]}`) return undefined
  return Diagnosis.found({
    confidence: "likely",
    detail: row.means,
    evidence:
      answer.message === ""
        ? [{ at: "response.body.Code", name: "Code", observed: answer.code }]
        : [{ at: "response.body.Message", name: "Message", observed: answer.message }],
  })
}

/** Adds the vendor's documented meaning to a finding. */
const withMeaning = (finding: Diagnosis.Found, facts: S3Facts, about: Rests): Diagnosis.Found => {
  const told = toldOf(facts, about)
  return told === undefined
    ? finding
    : { ...finding, detail: `${told.means} ${finding.detail}`.trim().slice(0, longestDetail) }
}

/** Returns a finding that is based only on the vendor's table. */
const stated = (facts: S3Facts, about: Rests): Diagnosis.Found | undefined => {
  const told = toldOf(facts, about)
  if (told === undefined) return undefined
  const { code } = facts.answer
  const text = textOf(facts)
    .replace(/\sRequestId:.*$/s, "")
    .trim()
  const isSure = told.isUnsure !== true && about.rivals !== undefined
  return Diagnosis.found({
    confidence: isSure ? "certain" : "likely",
    detail: told.means + quoted(facts.dialect.name, code, text === code ? "" : text, longestDetail - told.means.length),
    evidence: [
      ...(code === "" ? [] : [{ at: "response.body.Code", name: "Code", observed: code }]),
      ...(text === "" ? [] : [{ at: "response.body.Message", name: "Message", observed: text.slice(0, 240) }]),
    ],
  })
}

/** The vendor's message, truncated to the available space. */
const quoted = (name: string, code: string, text: string, room: number): string => {
  const start = ` ${name} says ${code}`
  const left = room - start.length - 5
  if (left < 0) return ""
  return text === "" || left < 30 ? `${start}.` : `${start}${code === "" ? "" : ": "}"${text.slice(0, left)}".`
}

/** The maximum length of a detail, in characters. */
const longestDetail = 400
