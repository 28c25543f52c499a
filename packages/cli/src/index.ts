/**
 * The `holdfast` command as a library: its program with its exit code, the table of exit codes, and the schemas of what
 * `--json` prints.
 */
export * as Cli from "./Cli.ts"
export * as Event from "./upload/Event.ts"
export * as ExitCode from "./process/ExitCode.ts"
export { Output } from "./terminal/Output.ts"
export * as Problem from "./explain/Problem.ts"
