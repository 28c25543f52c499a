/**
 * The command as a whole: arguments in, exit code out, everything a person must read said on the way.
 */
import * as Command from "effect/cli/Command"
import type * as Effect from "effect/Effect"
import * as HelpCommand from "./commandLine/HelpCommand.ts"
import * as Program from "./commandLine/Program.ts"
import * as ExplainCommand from "./explain/Command.ts"
import * as PairCommand from "./pair/Command.ts"
import * as PolicyCommand from "./policy/Command.ts"
import * as SandboxCommand from "./sandbox/Command.ts"
import * as SignoutCommand from "./signout/Command.ts"
import * as StatusCommand from "./status/Command.ts"
import type { Output } from "./terminal/Output.ts"
import * as UploadCommand from "./upload/Command.ts"

const commands = [
  UploadCommand.command,
  PairCommand.command,
  StatusCommand.command,
  SignoutCommand.command,
  ExplainCommand.command,
  PolicyCommand.command,
  SandboxCommand.command,
] as const

const root = Command.make("holdfast").pipe(
  Command.withDescription("Sends footage to Frame.io Camera to Cloud and lets you trust that it arrived."),
  Command.withSubcommands([...commands, HelpCommand.make(commands.map(({ name }) => name))]),
)

/**
 * Runs a command line; succeeds with the exit code.
 *
 * **Details**
 *
 * The errors of the person's own are one line, a defect is one line and how to report it; neither shows a stack, unless
 * `HOLDFAST_DEBUG` is set. An interruption stays one: the process answers it with 130.
 */
export const run = (args: ReadonlyArray<string>): Effect.Effect<number, never, Output> =>
  Program.run(root, args, ExplainCommand.own)
