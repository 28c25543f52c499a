/**
 * The `holdfast` command as a library: its program with its exit code, and the table of exit codes.
 */
export * as Cli from "./Cli.ts"
export * as Event from "./upload/Event.ts"
export * as ExitCode from "./process/ExitCode.ts"
export { Output } from "./terminal/Output.ts"
