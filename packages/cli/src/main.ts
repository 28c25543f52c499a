/**
 * The entry point. `explain` starts without Effect; its help and every other command load Effect.
 */
import * as ExplainFlags from "./explain/Flags.ts"

/** Runs a command line. `explain` has ended when the promise resolves; the fiber of another command still runs then. */
export const run = async (args: ReadonlyArray<string>): Promise<void> => {
  const [command, ...rest] = args
  const input = command === ExplainFlags.name ? ExplainFlags.parse(rest) : undefined
  if (input === undefined) (await import("./CliProcess.ts")).run(args)
  else await (await import("./explain/Process.ts")).run(input)
}

if (import.meta.main) await run(process.argv.slice(2))
