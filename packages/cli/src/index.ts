/**
 * The `holdfast` command as a library: its program with its exit code, and the table of exit codes.
 */
export * as Cli from "./Cli.ts"
export * as Event from "./Event.ts"
export * as ExitCode from "./ExitCode.ts"
export { Output } from "./Output.ts"
