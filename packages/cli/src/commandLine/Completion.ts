/**
 * Generates the completion scripts of the command from the flags and operands of its tree.
 *
 * **Details**
 *
 * Effect's generator completes files only for operands of its own path type, whose parser makes every path absolute.
 * The command keeps paths as given, so this module marks files by the name of the operand or flag.
 */
import type { ArgumentDescriptor, CommandDescriptor, FlagDescriptor, Shell } from "effect/cli/Completions"
import * as Completions from "effect/cli/Completions"

/** The operands and flags whose value is a file. */
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

/** The flags that the parser itself adds to the tree. */
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

/** The completion script that a command line asks for; `undefined` if it asks for none or for an unknown shell. */
export const script = (root: CommandDescriptor, words: ReadonlyArray<string>): ReadonlyArray<string> | undefined => {
  const [, name = ""] = /^--completions=(.*)$/.exec(words.join(" ")) ?? []
  const shell = shells.get(name)
  return shell === undefined
    ? undefined
    : Completions.generate(root.name, shell, withPaths(withQuestions(root))).split("\n")
}
