/**
 * How the rules of S3 are written.
 */
import * as Diagnosis from "@holdfast/diagnosis/Diagnosis"
import type { Phase } from "./answer.ts"
import { textOf } from "./dialects/text.ts"
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
        if (inspected?._tag === "Found" && facts.answer.phases.has(definition.phase))
          return withMeaning(inspected, facts, rest)
        const own = recognise?.(facts)
        const told = stated(facts, rest)
        if (own?._tag === "Found" && (told !== undefined || own.confidence !== "possible"))
          return withMeaning(own, facts, rest)
        // A sentence of the server that has one cause is as good as what the rule knows by itself.
        return (
          told ?? sufficient(facts, definition.code) ?? own ?? (inspected?._tag === "Found" ? undefined : inspected)
        )
      },
    }
  }

/** What of a rule counts here. */
type Rests = Pick<Diagnosis.About, "code" | "rivals">

/** What the vendor's own table says of the answer, where it is about this rule. */
const toldOf = ({ words }: S3Facts, { code }: Rests) =>
  words.told !== undefined && code === `HF-S3-${words.told.allows[0]}` ? words.told : undefined

/** What the answer says by itself of a cause; forms have rules of their own. */
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

/** A finding, with what the vendor's table adds to it. */
const withMeaning = (finding: Diagnosis.Found, facts: S3Facts, about: Rests): Diagnosis.Found => {
  const told = toldOf(facts, about)
  return told === undefined
    ? finding
    : { ...finding, detail: `${told.means} ${finding.detail}`.trim().slice(0, longestDetail) }
}

/** The finding that rests on the vendor's table alone. */
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

/** The vendor's own words, as far as there is room for them. */
const quoted = (name: string, code: string, text: string, room: number): string => {
  const start = ` ${name} says ${code}`
  const left = room - start.length - 5
  if (left < 0) return ""
  return text === "" || left < 30 ? `${start}.` : `${start}${code === "" ? "" : ": "}"${text.slice(0, left)}".`
}

/** How long a detail may be, in characters. */
const longestDetail = 400
