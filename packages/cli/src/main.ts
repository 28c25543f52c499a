/**
 * The entry point. `explain` starts without Effect; its help and every other command load Effect.
 */
import * as ExplainFlags from "./explain/Flags.ts"

/**
 * Runs a command line. When the promise resolves, `explain` has finished, but the fiber of any other command is still
 * running.
 */
export const run = async (args: ReadonlyArray<string>): Promise<void> => {
  const [command, ...rest] = args
  const input = command === ExplainFlags.name ? ExplainFlags.parse(rest) : undefined
  if (input === undefined) (await import("./CliProcess.ts")).run(args)
  else await (await import("./explain/Process.ts")).run(input)
}

if (import.meta.main) await run(process.argv.slice(2))
