/**
 * `holdfast explain [FILE|-|CODE]` as a command among the others: its help, its completions, and every way of writing its
 * flags. The plain ways do not come here (`main.ts`).
 */
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Ended from "../process/Ended.ts"
import * as Columns from "../terminal/Columns.ts"
import { Output } from "../terminal/Output.ts"
import * as Style from "../terminal/Style.ts"
import { flags } from "./Flags.ts"
import * as ExplainRun from "./Run.ts"

/** The word that selects the command. */
export const name = "explain"

const flag = (of: keyof typeof flags) => Flag.Boolean(of).pipe(Flag.withDescription(flags[of]), Flag.withDefault(false))

const config = {
  target: Argument.String("file").pipe(
    Argument.withDescription("An exchange, an answer's body, - or a code"),
    Argument.optional,
  ),
  long: flag("long"),
  json: flag("json"),
}

type Input = Command.Command.Config.Infer<typeof config>

const handler = Effect.fnUntraced(function* ({ target, ...input }: Input) {
  const output = yield* Output
  const { exitCode, stderr, stdout } = yield* Effect.promise(() =>
    ExplainRun.answer(
      { ...input, target: Option.getOrUndefined(target) },
      {
        stdin: process.stdin.isTTY ? undefined : process.stdin,
        columns: Math.min(output.columns("stdout"), Columns.widest),
        whole: !output.stdout.isTerminal,
        color: output.stdout.canColor,
        errorColor: output.stderr.canColor,
      },
    ),
  )
  for (const line of stdout) yield* output.data(Style.trust(line))
  for (const line of stderr) yield* output.message(Style.trust(line))
  yield* Ended.endWith(exitCode)
})

/** The command. */
export const command = Command.make(name, config, handler).pipe(
  Command.withDescription("Finds the true cause of a failed request, with evidence and the fix."),
  Command.withShortDescription("Find the true cause of a failure"),
  Command.withExamples([
    { command: "holdfast explain failure.http", description: "A request and its answer, as text" },
    { command: "curl -sv URL 2>&1 | holdfast explain", description: "The output of curl" },
    { command: "holdfast explain InvalidAccessKeyId", description: "The causes of a vendor's error code" },
    { command: "holdfast explain HF-S3-POST-011", description: "The page of a code" },
  ]),
)
