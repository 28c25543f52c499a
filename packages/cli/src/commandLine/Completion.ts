/**
 * Generates the command's completion scripts from the flags and operands in its command tree.
 *
 * **Details**
 *
 * Effect's generator completes file names only for operands of its own path type, and the parser of that type makes every
 * path absolute. The command preserves paths as given, so this module identifies file operands and file flags by their names.
 */
import type { ArgumentDescriptor, CommandDescriptor, FlagDescriptor, Shell } from "effect/cli/Completions"
import * as Completions from "effect/cli/Completions"

/** The operands and flags that accept a file. */
const files: ReadonlySet<string> = new Set(["file", "sample", "svg", "faults"])

const withPath = <A extends ArgumentDescriptor | FlagDescriptor>(parameter: A): A =>
  files.has(parameter.name) && parameter.type._tag === "String"
    ? { ...parameter, type: { _tag: "Path", pathType: "file" } }
    : parameter

const withPaths = (command: CommandDescriptor): CommandDescriptor => ({
  ...command,
  // The negated form of a switch is its default. Listing it would double every list.
  flags: command.flags.map((flag) => ({ ...withPath(flag), negation: false })),
  arguments: command.arguments.map(withPath),
  subcommands: command.subcommands.map(withPaths),
})

const shells: ReadonlyMap<string, Shell> = new Map([
  ["bash", "bash"],
  ["sh", "bash"],
  ["zsh", "zsh"],
  ["fish", "fish"],
  ["powershell", "powershell"],
  ["pwsh", "powershell"],
])

const question = (name: string, aliases: ReadonlyArray<string>, description: string): FlagDescriptor => ({
  name,
  aliases,
  description,
  type: { _tag: "Boolean" },
  negation: false,
})

const help = question("help", ["h"], "Show the help")

/** Adds the flags that the parser itself provides. */
const withQuestions = (root: CommandDescriptor): CommandDescriptor => ({
  ...root,
  flags: [
    ...root.flags,
    help,
    question("version", ["v"], "Show the version"),
    {
      name: "completions",
      aliases: [],
      description: "Print a completion script",
      type: { _tag: "Choice", values: [...shells.keys()] },
    },
  ],
  subcommands: root.subcommands.map((command) => ({ ...command, flags: [...command.flags, help] })),
})

/**
 * Returns the completion script that a command line requests, or `undefined` if the command line does not request a script or
 * specifies an unknown shell.
 */
export const script = (root: CommandDescriptor, words: ReadonlyArray<string>): ReadonlyArray<string> | undefined => {
  const [, name = ""] = /^--completions=(.*)$/.exec(words.join(" ")) ?? []
  const shell = shells.get(name)
  return shell === undefined
    ? undefined
    : Completions.generate(root.name, shell, withPaths(withQuestions(root))).split("\n")
}
