/**
 * `holdfast help [COMMAND]`, listed and completed like every command. `Scan` rewrites it to `holdfast COMMAND --help`.
 */
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"

/** Creates the command for a `holdfast` with these other commands. */
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
    Command.withDescription("Shows the help of a command, with its exit codes and environment variables."),
    Command.withShortDescription("Show the help of a command"),
  )
