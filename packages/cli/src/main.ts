/**
 * The entry: the plain forms of `explain` start at once, everything else takes the road with all its words.
 */
import * as ExplainFlags from "./explain/Flags.ts"

const [command, ...rest] = process.argv.slice(2)
const input = command === "explain" ? ExplainFlags.parse(rest) : undefined
if (input === undefined) (await import("./CliProcess.ts")).run(process.argv.slice(2))
else await (await import("./explain/Process.ts")).run(input)
