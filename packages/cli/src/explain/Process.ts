/**
 * Runs `holdfast explain` as a separate process. The process starts quickly because it loads neither Effect nor schemas.
 */
import * as BrokenOutput from "../process/BrokenOutput.ts"
import * as Defect from "../process/Defect.ts"
import * as ExitCode from "../process/ExitCode.ts"
import * as Capabilities from "../terminal/Capabilities.ts"
import * as Columns from "../terminal/Columns.ts"
import * as Printable from "../terminal/Printable.ts"
import * as Style from "../terminal/Style.ts"
import type { Refused } from "../commandLine/Scan.ts"
import type { Arguments } from "./Flags.ts"
import * as ExplainRun from "./Run.ts"

/**
 * Runs the command line and sets the exit code. Signals and failed writes end this command just as they end every other
 * command.
 */
export const run = async (input: Arguments | Refused): Promise<void> => {
  const end = () => process.exit(ExitCode.code("interrupted"))
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, end)
  const exitCode = BrokenOutput.watch(process.stdout, process.stderr, {
    continues: false,
    // Flush the error message on standard error first.
    interrupt: () => setImmediate(() => process.exit(exitCode(ExitCode.code("interrupted")))),
  })

  const { COLUMNS = "", FORCE_COLOR = "", NO_COLOR = "", TERM = "" } = process.env
  const environment = { forceColor: FORCE_COLOR, noColor: NO_COLOR, term: TERM }
  const errorColor = Capabilities.make(environment, process.stderr).canColor
  const say = (line: string) => process.stderr.write(`${Printable.line(line, errorColor)}\n`)
  if ("_tag" in input) {
    say(`${Style.make(errorColor).bad("holdfast:")} ${Columns.clean(`${input.problem}; ${input.remedy}`)}`)
    process.exitCode = ExitCode.code("usage")
    return
  }
  try {
    const {
      exitCode: found,
      stderr,
      stdout,
    } = await ExplainRun.answer(input, {
      stdin: process.stdin.isTTY ? undefined : process.stdin,
      columns: Math.min(Columns.ofStream(process.stdout, COLUMNS), Columns.widest),
      whole: process.stdout.isTTY !== true,
      color: Capabilities.make(environment, process.stdout).canColor,
      errorColor,
    })
    for (const line of stdout) process.stdout.write(`${line}\n`)
    for (const line of stderr) process.stderr.write(`${line}\n`)
    process.exitCode = found
  } catch (error) {
    say(`${Style.make(errorColor).bad("holdfast:")} ${Defect.line(error)}`)
    if (process.env["HOLDFAST_DEBUG"] && error instanceof Error) (error.stack ?? "").split("\n").forEach(say)
    process.exitCode = ExitCode.code("defect")
  }
}
