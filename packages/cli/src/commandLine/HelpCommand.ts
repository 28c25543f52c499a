/**
 * The command `holdfast help [COMMAND]`, which is listed and completed like every other command. `Scan` rewrites this command
 * to `holdfast COMMAND --help`.
 */
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"

/** Creates the help command for a `holdfast` program with the given other commands. */
export const make = (names: ReadonlyArray<string>) =>
  Command.make(
    "help",
    {
      command: Argument.Literals("command", names).pipe(
        Argument.withDescription("The command to explain"),
        Argument.optional,
      ),
    },
    () => Effect.void,
  ).pipe(
    Command.withDescription("Shows help for a command, including its exit codes and environment variables."),
    Command.withShortDescription("Show help for a command"),
  )
