/**
 * Tables of the established causes: an `expected.tsv` beside the folders of the captures.
 *
 * A line has six cells. `file`: the path from the folder of the table. `codes`: the accepted first codes, joined by
 * `|`; or `succeeded`, `unrecognised`, or `-` if the words alone decide. `words`: words that the title, explanation or
 * detail of the first cause must contain, in any case: groups joined by ` & `, each with alternatives joined by `|`;
 * `-` for none. `certain`: `no` if the capture cannot distinguish the cause from others. `cause`: the established
 * cause. `source`: its origin.
 */
import type { Cause, Explanation } from "@holdfast/diagnosis/Diagnosis"
import { readdirSync, readFileSync } from "node:fs"
import { explainBytes } from "./explained.ts"

/** One line of a table. */
export interface Expectation {
  readonly file: string
  readonly codes: ReadonlyArray<string>
  readonly words: ReadonlyArray<ReadonlyArray<string>>
  readonly certain: string
  readonly cause: string
  readonly source: string
}

const header = ["file", "codes", "words", "certain", "cause", "source"]

const list = (cell: string, by: string): ReadonlyArray<string> => (cell === "-" || cell === "" ? [] : cell.split(by))

/** Reads a table. Throws at a line without six cells. */
export const parse = (text: string): ReadonlyArray<Expectation> => {
  const [first, ...lines] = text.trimEnd().split("\n")
  if (first !== header.join("\t")) throw new Error(`the table does not begin with ${header.join(", ")}`)
  return lines.map((line) => {
    const [file = "", codes = "", words = "", certain = "", cause = "", source, ...rest] = line.split("\t")
    if (source === undefined || rest.length > 0) throw new Error(`not ${header.length} cells: ${file}`)
    return {
      file,
      codes: list(codes, "|"),
      words: list(words, " & ").map((group) => group.toLowerCase().split("|")),
      certain,
      cause,
      source,
    }
  })
}

/** The comparison of an explanation with the established cause. */
export interface Judgement {
  readonly expected: Expectation
  /** `undefined` if the input was not recognized. */
  readonly explanation: Explanation | undefined
  /** The rank of the true cause: 0 is first, -1 is absent. */
  readonly place: number
}

const holds = (words: Expectation["words"], { detail, explanation, title }: Cause): boolean => {
  const text = `${title}\n${explanation}\n${detail}`.toLowerCase()
  return words.every((group) => group.some((word) => text.includes(word)))
}

/** Compares an explanation with the expected one. */
export const judge = (expected: Expectation, explanation: Explanation | undefined): Judgement => {
  const { codes, words } = expected
  const outcome = explanation?.outcome ?? "unrecognised"
  if (outcome !== "explained" || explanation === undefined) {
    return { expected, explanation, place: codes.includes(outcome) ? 0 : -1 }
  }
  const isTrue = (cause: Cause) => (codes.length === 0 || codes.includes(cause.code)) && holds(words, cause)
  return { expected, explanation, place: explanation.causes.findIndex(isTrue) }
}

/** Whether the explanation was certain of a wrong cause. */
export const isCertainlyWrong = ({ explanation, place }: Judgement): boolean =>
  place !== 0 && explanation?.confidence === "certain"

/** Compares the explanations of all captures that a folder's table names. */
export const judgeFolder = (folder: URL): ReadonlyArray<Judgement> =>
  parse(readFileSync(new URL("expected.tsv", folder), "utf8")).map((expected) =>
    judge(expected, explainBytes(readFileSync(new URL(expected.file, folder)))),
  )

/** Every capture below a folder, by the path that a table would use. */
export const capturesIn = (folder: URL): ReadonlyArray<string> =>
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }) => readdirSync(new URL(`${name}/`, folder)).map((file) => `${name}/${file}`))
