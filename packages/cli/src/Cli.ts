/**
 * The complete command, which accepts arguments, prints output and returns an exit code.
 */
import * as Command from "effect/cli/Command"
import type * as Effect from "effect/Effect"
import * as HelpCommand from "./commandLine/HelpCommand.ts"
import * as Program from "./commandLine/Program.ts"
import * as DoctorCommand from "./doctor/Command.ts"
import * as ExplainCommand from "./explain/Command.ts"
import * as PairCommand from "./pair/Command.ts"
import * as QueueCommand from "./queue/Command.ts"
import * as WatchCommand from "./watch/Command.ts"
import * as PolicyCommand from "./policy/Command.ts"
import * as SandboxCommand from "./sandbox/Command.ts"
import * as SignoutCommand from "./signout/Command.ts"
import * as StatusCommand from "./status/Command.ts"
import * as WorkerCommand from "./worker/Command.ts"
import type { Output } from "./terminal/Output.ts"
import * as UploadCommand from "./upload/Command.ts"

const commands = [
  UploadCommand.command,
  WatchCommand.command,
  QueueCommand.command,
  WorkerCommand.command,
  PairCommand.command,
  StatusCommand.command,
  SignoutCommand.command,
  DoctorCommand.command,
  ExplainCommand.command,
  PolicyCommand.command,
  SandboxCommand.command,
] as const

const root = Command.make("holdfast").pipe(
  Command.withDescription("Sends footage to Frame.io Camera to Cloud and verifies that the footage arrived."),
  Command.withSubcommands([...commands, HelpCommand.make(commands.map(({ name }) => name))]),
)

/**
 * Runs a command line and returns the exit code.
 *
 * **Details**
 *
 * For a user error, the command prints one line. For a defect, the command prints one line that explains how to report it.
 * Stack traces are printed only if `HOLDFAST_DEBUG` is set. An interruption is propagated, and the process exits with code
 * 130.
 */
export const run = (args: ReadonlyArray<string>): Effect.Effect<number, never, Output> =>
  Program.run(root, args, ExplainCommand.own)
