/**
 * The `holdfast` command as a library: the program, the table of exit codes, and the schemas of the `--json` output.
 */
export * as Cli from "./Cli.ts"
export * as Event from "./upload/Event.ts"
export * as ExitCode from "./process/ExitCode.ts"
export { Output } from "./terminal/Output.ts"
export * as Problem from "./explain/Problem.ts"
