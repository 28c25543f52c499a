/**
 * Runs a command line for a tree of commands and returns the exit code.
 */
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Cause from "effect/Cause"
import * as CliConfig from "effect/cli/CliConfig"
import * as CliError from "effect/cli/CliError"
import * as CliOutput from "effect/cli/CliOutput"
import * as Command from "effect/cli/Command"
import * as Completions from "effect/cli/Completions"
import * as GlobalFlag from "effect/cli/GlobalFlag"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Layer from "effect/Layer"
import * as UserDirectories from "effect/persistence/UserDirectories"
import * as References from "effect/References"
import * as Defect from "../process/Defect.ts"
import type { Ended } from "../process/Ended.ts"
import * as ExitCode from "../process/ExitCode.ts"
import type { PersonError } from "../process/PersonError.ts"
import { isPersonError, UsageError } from "../process/PersonError.ts"
import { version } from "../process/Version.ts"
import * as Columns from "../terminal/Columns.ts"
import { Output } from "../terminal/Output.ts"
import * as Style from "../terminal/Style.ts"
import * as Completion from "./Completion.ts"
import * as HelpView from "./HelpView.ts"
import * as Scan from "./Scan.ts"

/** Formats the parser's error as one line. */
const said = (error: CliError.CliError): string => {
  switch (error._tag) {
    case "UnknownSubcommand": {
      const [meant] = error.suggestions
      return `there is no command "${error.subcommand}"${meant === undefined ? "" : ` (did you mean ${meant}?)`}`
    }
    case "UnexpectedArgument":
      return `unexpected argument: ${error.arguments.join(" ")}`
    case "InvalidValue":
      if (/^\d+ occurrences$/.test(error.value)) return `--${error.option} is given more than once`
      return `"${error.value}" is not a valid value for ${error.kind === "flag" ? `--${error.option}` : error.option}; ${expected(error.expected)}`
    default:
      return error.message.replace(/\s+/g, " ").trim()
  }
}

/**
 * The accepted values. For a boolean, the list contains only `true` and `false`, although other spellings are also accepted.
 */
const expected = (values: string): string => {
  if (values.includes('"true" |')) return "expected true or false"
  if (/number/.test(values)) return "expected an integer"
  return values
    .replace(/^Expected:? */, "expected ")
    .replaceAll('"', "")
    .replaceAll(" |", ",")
    .replace(/^(?!expected )/, "expected ")
}

/**
 * The help and the version are written to standard output. For an invalid command line, the presenter prints one error and a
 * pointer to the help.
 */
const presenter = Layer.effect(
  CliOutput.Presenter,
  Effect.map(Output, (output) => {
    const style = Style.make(output.stderr.canColor)
    return {
      present: (event) => {
        switch (event._tag) {
          case "Help": {
            const lines = HelpView.lines(event.helpDoc, event.commandPath, {
              columns: Math.min(output.columns("stdout"), Columns.widest),
              style: Style.make(output.stdout.canColor),
            })
            return print(lines).pipe(Effect.provideService(Output, output))
          }
          case "Version":
            return output.data(`${event.name} ${event.version}`)
          case "InvalidInvocation": {
            const problem = event.errors.map(said).join("; ")
            return output.message(`${style.bad("holdfast:")} ${problem}; see ${event.commandPath.join(" ")} --help`)
          }
        }
      },
    } satisfies CliOutput.Presenter
  }),
)

/** The `holdfast` command with its subcommands. */
export type Root<Input, Shared> = Command.Command<
  "holdfast",
  Input,
  Shared,
  Ended | PersonError,
  Command.Environment | Output | UserDirectories.UserDirectories
>

/** Runs a command that parses its scanned words itself, and returns `undefined` for every other command. */
export type Own = (words: ReadonlyArray<string>) => Effect.Effect<void, Ended | PersonError, Output> | undefined

/** Returns the words that begin with `-` and are also names of existing files. */
const present = (args: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    const fileSystem = yield* FileSystem.FileSystem
    const found = yield* Effect.filter(args.filter(Scan.looksLikeFlag), (word) =>
      Effect.orElseSucceed(fileSystem.exists(word), () => false),
    )
    return new Set(found)
  })

/**
 * Runs a command line and returns the exit code.
 *
 * **Details**
 *
 * For a user error, the command prints one line. For a defect, the command prints one line that explains how to report it.
 * Stack traces are printed only if `HOLDFAST_DEBUG` is set. An interruption is propagated, and the process exits with code
 * 130. The commands that `own` runs are in the tree only to provide their help and completions.
 */
export const run = <Input, Shared>(
  root: Root<Input, Shared>,
  args: ReadonlyArray<string>,
  own: Own = () => undefined,
): Effect.Effect<number, never, Output> =>
  present(args).pipe(
    Effect.flatMap((files) => {
      const tree = Completions.fromCommand(root)
      const words = Scan.scan(tree, args, files)
      if (Scan.isRefused(words)) return Effect.fail(new UsageError(words))
      const script = Completion.script(tree, words)
      if (script !== undefined) return print(script)
      return own(words) ?? Command.runWith(root, { version })(words)
    }),
    Effect.as(ExitCode.code("ok")),
    Effect.catch((error) => {
      if (error._tag === "Ended") return Effect.succeed(error.exitCode)
      if (isPersonError(error)) return Effect.as(say(error.message), ExitCode.code(error.outcome))
      // The presenter has printed the error. Help that was not requested answers a command line without a command.
      if (CliError.isCliError(error)) return Effect.succeed(ExitCode.code("usage"))
      return Effect.die(error)
    }),
    Effect.catchCauseIf((cause) => !Cause.hasInterruptsOnly(cause), defect),
    Effect.provide([
      presenter,
      CliConfig.layer({ builtIns: [GlobalFlag.Help, GlobalFlag.Version, GlobalFlag.Completions] }),
    ]),
    // The commands themselves report what a person has to do; a logged warning would be a second report, among the data.
    Effect.provideService(References.MinimumLogLevel, "Error"),
    Effect.provide(Layer.mergeAll(NodeServices.layer, UserDirectories.layer)),
    Effect.scoped,
  )

const print = (lines: ReadonlyArray<string>) =>
  Effect.flatMap(Output, (output) => Effect.forEach(lines, output.data, { discard: true }))

const say = (message: string) =>
  Effect.flatMap(Output, (output) =>
    output.message(`${Style.make(output.stderr.canColor).bad("holdfast:")} ${message}`),
  )

const defect = (cause: Cause.Cause<never>) =>
  Effect.gen(function* () {
    yield* say(Defect.line(Cause.squash(cause)))
    if (process.env["HOLDFAST_DEBUG"]) {
      const output = yield* Output
      yield* Effect.forEach(Cause.pretty(cause).split("\n"), output.message)
    }
    return ExitCode.code("defect")
  })
