/**
 * Explains the input that the command line names, and returns lines and an exit code; the caller prints them.
 */
import * as Explain from "@holdfast/explain/Explain"
import * as ExplainInput from "@holdfast/explain/Input"
import * as Source from "../process/Source.ts"
import * as Columns from "../terminal/Columns.ts"
import * as Printable from "../terminal/Printable.ts"
import * as Style from "../terminal/Style.ts"
import type { Arguments } from "./Flags.ts"
import * as ProblemDetails from "./ProblemDetails.ts"
import * as ExplainView from "./View.ts"

/** What is around the command. */
export interface Surroundings {
  /** `undefined` for a terminal: exchanges are not typed by hand. */
  readonly stdin: AsyncIterable<Uint8Array> | undefined
  /** Of standard output. */
  readonly columns: number
  /** Standard output is no terminal: nothing is shortened. */
  readonly whole?: boolean
  readonly color: boolean
  /** Of standard error. */
  readonly errorColor: boolean
}

/** What to print, and how to end. */
export interface Printout {
  readonly stdout: ReadonlyArray<string>
  readonly stderr: ReadonlyArray<string>
  readonly exitCode: number
}

/** How `explain` ends: its own meanings, since it sends nothing. */
export const exitCodes = {
  found: { code: 0, meaning: "a cause was found" },
  unknown: { code: 1, meaning: "no cause is known, or nothing failed" },
  unusable: { code: 2, meaning: "the input or the command line cannot be used" },
} as const

/** Answers one command line. The lines of the result are safe to print (`Printable`). */
export const answer = async (input: Arguments, around: Surroundings): Promise<Printout> => {
  const { exitCode, stderr, stdout } = await find(input, around)
  return {
    exitCode,
    stdout: stdout.map((line) => Printable.line(line, around.color)),
    stderr: stderr.map((line) => Printable.line(line, around.errorColor)),
  }
}

const find = async (input: Arguments, around: Surroundings): Promise<Printout> => {
  const { target } = input
  if (target === undefined || target === "-") {
    if (target === undefined && around.stdin === undefined) {
      return refuse("nothing to explain", "name a file, pipe one in, or give a code", input, around)
    }
    const source = await Source.standardInput(around.stdin ?? process.stdin)
    return exchanged(source, "standard input", input, around)
  }
  if (Source.exists(target)) return exchanged(await Source.file(target), target, input, around)
  return named(target, input, around) ?? exchanged(await Source.file(target), target, input, around)
}

const exchanged = (source: Source.Source, name: string, input: Arguments, around: Surroundings): Printout => {
  const recognized = source instanceof Uint8Array ? ExplainInput.recognize(source) : source
  if (recognized._tag === "Unusable" && source instanceof Uint8Array) {
    const page = documented(new TextDecoder().decode(source.subarray(0, longestCode)), input, around)
    if (page !== undefined) return page
  }
  if (recognized._tag === "Unusable") return refuse(`${name}: ${recognized.problem}`, recognized.remedy, input, around)
  return explained(Explain.explain(recognized.exchange), input, around, recognized)
}

/** More characters than a code of ours has. */
const longestCode = 100

/** The page of a code of ours. */
const documented = (word: string, input: Arguments, around: Surroundings): Printout | undefined => {
  const about = Explain.about(word)
  if (about === undefined) return undefined
  const lines = input.json
    ? [ProblemDetails.encode(ProblemDetails.page(about))]
    : ExplainView.page(about, shape(input, around))
  return { stdout: lines, stderr: [], exitCode: exitCodes.found.code }
}

/** A word that is no file: a code of ours, or one that a vendor says. */
const named = (word: string, input: Arguments, around: Surroundings): Printout | undefined => {
  const page = documented(word, input, around)
  if (page !== undefined) return page
  const explanation = Explain.explainCode(word)
  if (explanation !== undefined) return explained(explanation, input, around)
  // An error that was copied into the command line.
  const pasted = / /.test(word) ? ExplainInput.recognize(new TextEncoder().encode(word)) : undefined
  if (pasted?._tag === "Exchange") return explained(Explain.explain(pasted.exchange), input, around, pasted)
  // No table has it. In one piece and in small letters, or with the end of a file's name, it is a file that is not there.
  return /[/\\]|\.\w{1,5}$/.test(word) || !/[A-Z_ ]/.test(word) ? undefined : unheard(word, input, around)
}

/** A word that no rule and no table has. */
const unheard = (word: string, { json }: Arguments, { errorColor }: Surroundings): Printout => {
  const what = `no file or error code "${Columns.clean(word)}"`
  const remedy = "give the whole response of the server, or a saved exchange"
  return {
    stdout: json ? [ProblemDetails.encode(ProblemDetails.unknown(what, remedy))] : [],
    stderr: [`${Style.make(errorColor).bad("holdfast:")} ${what}; ${remedy}`],
    exitCode: exitCodes.unknown.code,
  }
}

const explained = (
  explanation: Explain.Explanation,
  input: Arguments,
  around: Surroundings,
  read?: Extract<ExplainInput.Input, { readonly _tag: "Exchange" }>,
): Printout => {
  const repair = input.repair ? ((read && Explain.repair(read.exchange)) ?? "none") : undefined
  return {
    stdout: input.json
      ? [ProblemDetails.encode(ProblemDetails.explanation(explanation, read?.recognized, repair))]
      : ExplainView.render(explanation, {
          ...shape(input, around),
          recognized: read?.isWhole === false || input.long ? read?.recognized : undefined,
          repair,
        }),
    stderr: [],
    exitCode: exitCodes[explanation.outcome === "explained" ? "found" : "unknown"].code,
  }
}

const shape = ({ long }: Arguments, { color, columns, whole }: Surroundings): ExplainView.Options => ({
  long,
  color,
  columns,
  whole,
})

const refuse = (problem: string, remedy: string, { json }: Arguments, { errorColor }: Surroundings): Printout => {
  const what = Columns.clean(problem)
  return {
    stdout: json ? [ProblemDetails.encode(ProblemDetails.unusable(what, remedy))] : [],
    stderr: [`${Style.make(errorColor).bad("holdfast:")} ${what}; ${remedy}`],
    exitCode: exitCodes.unusable.code,
  }
}
