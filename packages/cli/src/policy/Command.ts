/**
 * `holdfast policy [FILE|-]`
 */
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as CommonFlags from "../commandLine/CommonFlags.ts"
import { UsageError } from "../process/PersonError.ts"
import * as Columns from "../terminal/Columns.ts"
import { Output } from "../terminal/Output.ts"
import * as Style from "../terminal/Style.ts"
import * as PolicyDefault from "./Default.ts"
import * as PolicyFile from "./File.ts"
import * as PolicyInput from "./Input.ts"
import * as PolicyReport from "./Report.ts"
import * as PolicySvg from "./Svg.ts"
import * as PolicyView from "./View.ts"

const config = {
  file: Argument.String("file").pipe(
    Argument.withDescription(
      "JSON file with a pipeline, or - for standard input; default: the pipeline of the C2C client",
    ),
    Argument.optional,
  ),
  json: CommonFlags.json("Print one JSON object"),
  svg: Flag.String("svg").pipe(
    Flag.withMetavar("file"),
    Flag.withDescription("Write the chart to an SVG file; - prints the SVG instead of the text"),
    Flag.optional,
  ),
}

type Input = Command.Command.Config.Infer<typeof config>

const report = (target: string | undefined) =>
  target === undefined
    ? Effect.succeed(PolicyReport.make(PolicyDefault.source, PolicyDefault.settings, PolicyDefault.gates))
    : Effect.map(PolicyInput.read(target, process.stdin), ({ settings, source }) => PolicyReport.make(source, settings))

const handler = Effect.fnUntraced(function* (input: Input) {
  const output = yield* Output
  const svg = Option.getOrUndefined(input.svg)
  if (svg === "-" && input.json) {
    return yield* new UsageError({
      problem: "--json and --svg - both print to standard output",
      remedy: "remove one of them",
    })
  }
  const found = yield* report(Option.getOrUndefined(input.file))
  if (svg === "-") {
    for (const line of PolicySvg.make(found).trimEnd().split("\n")) yield* output.data(line)
    return
  }
  if (svg !== undefined) yield* PolicyFile.write(svg, PolicySvg.make(found))
  if (input.json) yield* output.json(PolicyReport.toJson(found))
  else {
    const lines = PolicyView.lines(found, {
      columns: Math.min(output.columns("stdout"), Columns.widest),
      color: output.stdout.canColor,
      unicode: PolicyView.showsUnicode(yield* Effect.orDie(variables)),
    })
    for (const line of lines) yield* output.data(line)
  }
  if (svg !== undefined) yield* output.message(Style.make(output.stderr.canColor).dim(`drawn to ${svg}`))
})

const variable = (name: string) => Config.String(name).pipe(Config.withDefault(""))

const variables = Config.all({
  term: variable("TERM"),
  locales: Config.all([variable("LC_ALL"), variable("LC_CTYPE"), variable("LANG")]),
})

/** The command. */
export const command = Command.make("policy", config, handler).pipe(
  Command.withDescription("Shows a policy: its stages on one line, its worst case, and its waits as a chart."),
  Command.withShortDescription("Show the worst case of a policy"),
  Command.withExamples([
    { command: "holdfast policy", description: "The policy of the C2C client" },
    { command: "holdfast policy policy.json --svg policy.svg", description: "Your own policy, with a picture" },
    { command: "echo '{\"retry\":{}}' | holdfast policy -", description: "From standard input" },
  ]),
)
