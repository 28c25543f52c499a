/**
 * Tables of what is true of captures: `expected.tsv` beside the folders of the captures.
 *
 * A line has six cells. `file`: from the folder of the table. `codes`: what may come first, joined by `|`; `succeeded`,
 * `unrecognised`, or `-` where the words alone decide. `words`: what the first cause has to contain in its title,
 * explanation or detail, in any case, as groups joined by ` & ` of alternatives joined by `|`; `-` for nothing. `certain`:
 * `no` where the capture cannot tell the cause from others. `cause`: what was established. `source`: where.
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

/** Reads a table; throws at a line that does not have its six cells. */
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

/** How an explanation compares with what is true. */
export interface Judgement {
  readonly expected: Expectation
  /** `undefined` where the input was not recognised. */
  readonly explanation: Explanation | undefined
  /** Where the true cause stands: 0 is first, -1 nowhere. */
  readonly place: number
}

const holds = (words: Expectation["words"], { detail, explanation, title }: Cause): boolean => {
  const text = `${title}\n${explanation}\n${detail}`.toLowerCase()
  return words.every((group) => group.some((word) => text.includes(word)))
}

/** Judges an explanation. */
export const judge = (expected: Expectation, explanation: Explanation | undefined): Judgement => {
  const { codes, words } = expected
  const outcome = explanation?.outcome ?? "unrecognised"
  if (outcome !== "explained" || explanation === undefined) {
    return { expected, explanation, place: codes.includes(outcome) ? 0 : -1 }
  }
  const isTrue = (cause: Cause) => (codes.length === 0 || codes.includes(cause.code)) && holds(words, cause)
  return { expected, explanation, place: explanation.causes.findIndex(isTrue) }
}

/** Whether a judgement says that an explanation was certain of something else. */
export const isCertainlyWrong = ({ explanation, place }: Judgement): boolean =>
  place !== 0 && explanation?.confidence === "certain"

/** Judges every capture that a folder's table names. */
export const judgeFolder = (folder: URL): ReadonlyArray<Judgement> =>
  parse(readFileSync(new URL("expected.tsv", folder), "utf8")).map((expected) =>
    judge(expected, explainBytes(readFileSync(new URL(expected.file, folder)))),
  )

/** Every capture below a folder, as a table would name it. */
export const capturesIn = (folder: URL): ReadonlyArray<string> =>
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }) => readdirSync(new URL(`${name}/`, folder)).map((file) => `${name}/${file}`))
