/**
 * Adds `holdfast explain [FILE|-|CODE]` to the command tree, for its help and completions. `Flags.ts` parses the command's
 * words and `Run.ts` runs the command, both here and in a process that starts without Effect (`Process.ts`).
 */
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import type { Refused } from "../commandLine/Scan.ts"
import * as Ended from "../process/Ended.ts"
import { UsageError } from "../process/PersonError.ts"
import * as Columns from "../terminal/Columns.ts"
import { Output } from "../terminal/Output.ts"
import * as Style from "../terminal/Style.ts"
import * as ExplainFlags from "./Flags.ts"
import * as ExplainRun from "./Run.ts"

/** The word that selects the command. */
export const name = ExplainFlags.name

const flag = (of: keyof typeof ExplainFlags.flags) =>
  Flag.Boolean(of).pipe(Flag.withDescription(ExplainFlags.flags[of]), Flag.withDefault(false))

const config = {
  target: Argument.String(ExplainFlags.target.name).pipe(
    Argument.withDescription(ExplainFlags.target.description),
    Argument.optional,
  ),
  long: flag("long"),
  repair: flag("repair"),
  json: flag("json"),
}

const answer = Effect.fnUntraced(function* (input: ExplainFlags.Arguments | Refused) {
  if ("_tag" in input) return yield* Effect.fail(new UsageError(input))
  const output = yield* Output
  const { exitCode, stderr, stdout } = yield* Effect.promise(() =>
    ExplainRun.answer(input, {
      stdin: process.stdin.isTTY ? undefined : process.stdin,
      columns: Math.min(output.columns("stdout"), Columns.widest),
      whole: !output.stdout.isTerminal,
      color: output.stdout.canColor,
      errorColor: output.stderr.canColor,
    }),
  )
  for (const line of stdout) yield* output.data(Style.trust(line))
  for (const line of stderr) yield* output.message(Style.trust(line))
  return yield* Ended.endWith(exitCode)
})

/** Runs this command on scanned words, and returns `undefined` for other commands and for help requests. */
export const own = (words: ReadonlyArray<string>) => {
  const input = ExplainFlags.read(words)
  return input === undefined ? undefined : answer(input)
}

/** The command. */
export const command = Command.make(name, config).pipe(
  Command.withDescription("Finds the true cause of a failed request, and shows the evidence and the fix."),
  Command.withShortDescription(ExplainFlags.summary),
  Command.withExamples([
    { command: "holdfast explain failure.http", description: "A request and its response, as text" },
    { command: "curl -sv URL 2>&1 | holdfast explain", description: "The output of curl" },
    { command: "holdfast explain InvalidAccessKeyId", description: "The causes of a vendor's error code" },
    { command: "holdfast explain HF-S3-POST-011", description: "The page of a code" },
  ]),
)
