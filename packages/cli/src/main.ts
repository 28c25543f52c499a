/**
 * The entry: `explain` starts at once, without Effect; its help and every other command need it.
 */
import * as ExplainFlags from "./explain/Flags.ts"

const [command, ...rest] = process.argv.slice(2)
const input = command === ExplainFlags.name ? ExplainFlags.parse(rest) : undefined
if (input === undefined) (await import("./CliProcess.ts")).run(process.argv.slice(2))
else await (await import("./explain/Process.ts")).run(input)
