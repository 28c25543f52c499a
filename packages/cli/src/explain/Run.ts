/**
 * Explains the input that the command line specifies. This module returns lines and an exit code, and the caller prints the
 * lines.
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

/** The environment in which the command runs. */
export interface Surroundings {
  /** Standard input, or `undefined` if it is a terminal, because users do not type an exchange by hand. */
  readonly stdin: AsyncIterable<Uint8Array> | undefined
  /** The width of standard output, in columns. */
  readonly columns: number
  /** Whether standard output is not a terminal. Output that does not go to a terminal is not shortened. */
  readonly whole?: boolean
  readonly color: boolean
  /** Whether standard error supports color. */
  readonly errorColor: boolean
}

/** The lines to print, and the exit code. */
export interface Printout {
  readonly stdout: ReadonlyArray<string>
  readonly stderr: ReadonlyArray<string>
  readonly exitCode: number
}

/** The exit codes of `explain`. These exit codes have their own meanings, because `explain` does not send anything. */
export const exitCodes = {
  found: { code: 0, meaning: "a cause was found" },
  unknown: { code: 1, meaning: "the cause is unknown, or nothing failed" },
  unusable: { code: 2, meaning: "the input or the command line cannot be used" },
} as const

/** Runs one command line. `Printable` makes the returned lines safe to print. */
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
      return refuse(
        "nothing to explain",
        "specify a file, pipe one to standard input, or specify a code",
        input,
        around,
      )
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

/** The number of input bytes that are checked for a Holdfast code, which is more than the length of any code. */
const longestCode = 100

/** Explains a Holdfast code by showing its page. */
const documented = (word: string, input: Arguments, around: Surroundings): Printout | undefined => {
  const about = Explain.about(word)
  if (about === undefined) return undefined
  const lines = input.json
    ? [ProblemDetails.encode(ProblemDetails.page(about))]
    : ExplainView.page(about, shape(input, around))
  return { stdout: lines, stderr: [], exitCode: exitCodes.found.code }
}

/** Explains a word that is not the name of a file: a Holdfast code or an error code from a vendor. */
const named = (word: string, input: Arguments, around: Surroundings): Printout | undefined => {
  const page = documented(word, input, around)
  if (page !== undefined) return page
  const explanation = Explain.explainCode(word)
  if (explanation !== undefined) return explained(explanation, input, around)
  // The argument may be a pasted error.
  const pasted = / /.test(word) ? ExplainInput.recognize(new TextEncoder().encode(word)) : undefined
  if (pasted?._tag === "Exchange") return explained(Explain.explain(pasted.exchange), input, around, pasted)
  // No table has the word. A single lower-case word, or one with a file extension, is reported as a missing file.
  return /[/\\]|\.\w{1,5}$/.test(word) || !/[A-Z_ ]/.test(word) ? undefined : unheard(word, input, around)
}

/** The result for a word that is not in any rule or table. */
const unheard = (word: string, { json }: Arguments, { errorColor }: Surroundings): Printout => {
  const what = `"${Columns.clean(word)}" is neither a file nor a known error code`
  const remedy = "provide the complete response from the server, or a saved exchange"
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
