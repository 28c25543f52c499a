/**
 * Checks the words of a command line strictly, before `effect/cli` parses them.
 *
 * **Details**
 *
 * `effect/cli` reads `-verbose` as seven short flags, one of which prints the version. In `--json on`, `effect/cli` parses
 * `on` as the value of `--json`. If a shell pattern expanded to a file name that looks like a flag or its value, the file
 * would not be sent, and the command would still exit with 0. `scan` accepts a word that begins with `-` only if the word
 * matches a flag of the command exactly. The result is an unambiguous command line: the flags with their values, then `--`,
 * then the operands. The scanner does not depend on Effect, so `explain`, which starts without Effect, can use it too.
 */
import type { CommandDescriptor, FlagDescriptor } from "effect/cli/Completions"

/** Whether the parser could read the word as a flag. */
export const looksLikeFlag = (word: string): boolean => word.startsWith("-") && word !== "-"

/** Describes an invalid command line: the problem and its remedy. */
export interface Refused {
  readonly _tag: "Refused"
  readonly problem: string
  readonly remedy: string
}

/** The words of an unambiguous command line, or the reason why the command line was rejected. */
export type Scanned = ReadonlyArray<string> | Refused

/** Whether a command line was rejected. */
export const isRefused = (scanned: Scanned): scanned is Refused => "_tag" in scanned

const refuse = (problem: string, remedy: string): Refused => ({ _tag: "Refused", problem, remedy })

/**
 * Returns the unambiguous form of a command line, or the reason why the command line is invalid.
 *
 * **Details**
 *
 * The set `present` contains the words that are also names of existing files. A flag that is also the name of an existing
 * file is rejected if the command accepts several files, because a shell pattern may have produced the flag.
 */
export const scan = (
  root: CommandDescriptor,
  words: ReadonlyArray<string>,
  present: ReadonlySet<string> = new Set(),
): Scanned => {
  const end = words.indexOf("--")
  const before = end === -1 ? words : words.slice(0, end)
  const after = end === -1 ? [] : words.slice(end + 1)

  let command = root
  const path: Array<string> = []
  const flags: Array<string> = []
  const operands: Array<string> = []
  const asked: Array<string> = []
  for (let at = 0; at < before.length; at++) {
    const word = before[at] ?? ""
    if (!looksLikeFlag(word)) {
      const sub = operands.length === 0 ? command.subcommands.find(({ name }) => name === word) : undefined
      if (sub === undefined) operands.push(word)
      else {
        command = sub
        path.push(word)
      }
      continue
    }
    const isQuestion = questions.has(word) || word.startsWith("--completions=")
    const flag = recognize(word, command)
    if (!isQuestion && flag === undefined) return unknown(word, command)
    if (takesFiles(command) && present.has(word)) return ambiguous(word, command)
    if (flag === undefined) {
      asked.push(word)
      continue
    }
    if (flag.type._tag === "Boolean" || word.includes("=")) {
      const written = canonical(word, flag)
      if (!flags.includes(written)) flags.push(written)
      continue
    }
    const value = before[at + 1]
    if (value === undefined || (looksLikeFlag(value) && !isNumber(value, flag))) {
      return refuse(`${word} needs a value`, `write it as --${flag.name}=VALUE`)
    }
    flags.push(`--${flag.name}=${value}`)
    at++
  }
  if (end !== -1 && takesFiles(command) && present.has("--")) return ambiguous("--", command)

  const given = [...operands, ...after]
  if (asked.length > 0) return answer(asked, { command, path, given, flags })
  if (command.name === "help") return helpOf(root, given)
  // A word in place of a command stays before `--`, so that the parser can suggest a similar one.
  if (command.subcommands.length > 0) return [...operands, ...(after.length === 0 ? [] : ["--", ...after])]
  return [...path, ...flags, ...(given.length === 0 ? [] : ["--", ...given])]
}

/** The global flags that show information (help, version or completions) and end the command. */
const questions: ReadonlySet<string> = new Set(["--help", "-h", "--version", "-v", "--completions"])

/** Whether a shell pattern can produce the operands of this command. */
const takesFiles = ({ arguments: operands }: CommandDescriptor): boolean => operands.some(({ variadic }) => variadic)

const forms = ({ aliases, name }: FlagDescriptor): ReadonlyArray<string> => [
  `--${name}`,
  ...aliases.map((alias) => (alias.length === 1 ? `-${alias}` : `--${alias}`)),
]

const negated = ({ name, negation, type }: FlagDescriptor): string | undefined =>
  type._tag !== "Boolean" || negation === false ? undefined : `--${negation ?? `no-${name}`}`

/** Returns the flag that a word spells out completely: `--name`, `--name=value`, `-n` or `--no-name`. */
const recognize = (word: string, { flags }: CommandDescriptor): FlagDescriptor | undefined => {
  const name = word.startsWith("--") ? word.replace(/=.*$/s, "") : word
  return (
    flags.find((flag) => forms(flag).includes(name)) ??
    (name === word ? flags.find((flag) => negated(flag) === word) : undefined)
  )
}

/** Returns the word with the flag's long name in place of its short name. */
const canonical = (word: string, flag: FlagDescriptor): string => (word.startsWith("--") ? word : `--${flag.name}`)

const isNumber = (word: string, { type }: FlagDescriptor): boolean =>
  (type._tag === "Int" || type._tag === "Finite") && /^-[\d.]/.test(word)

/**
 * Returns the command line that shows the help, the version or the completions if the words request one of them
 * unambiguously, and otherwise rejects the words.
 */
const answer = (
  asked: ReadonlyArray<string>,
  {
    command,
    flags,
    given,
    path,
  }: {
    readonly command: CommandDescriptor
    readonly path: ReadonlyArray<string>
    readonly given: ReadonlyArray<string>
    readonly flags: ReadonlyArray<string>
  },
): Scanned => {
  if (asked.includes("--help")) return [...path, "--help"]
  if (asked.includes("--version")) return ["--version"]
  const [word = ""] = asked
  const isAlone = asked.length === 1 && flags.length === 0
  if (word === "-h") {
    return isAlone && given.length === 0
      ? [...path, "--help"]
      : refuse(
          "-h accepts no other argument",
          `to show help, write holdfast ${[...path, "--help"].join(" ")}; for a file named -h, write ./-h`,
        )
  }
  if (word === "-v") {
    return isAlone && path.length === 0 && given.length === 0 ? ["--version"] : unknown(word, command)
  }
  const [, inline] = /^--completions=(.*)$/s.exec(word) ?? []
  const shells = inline === undefined ? given : [inline, ...given]
  return isAlone && path.length === 0 && shells.length === 1
    ? [`--completions=${shells[0]}`]
    : refuse("--completions accepts only the name of a shell", "write: holdfast --completions bash")
}

const helpOf = (root: CommandDescriptor, given: ReadonlyArray<string>): Scanned => {
  const [name, ...more] = given
  if (name === undefined) return ["--help"]
  const known = root.subcommands.map((sub) => sub.name).filter((other) => other !== "help")
  return more.length === 0 && known.includes(name)
    ? [name, "--help"]
    : refuse(`there is no command "${given.join(" ")}"`, `holdfast help accepts one of ${known.join(", ")}`)
}

const unknown = (word: string, command: CommandDescriptor): Refused => {
  const meant = resembling(word, command.flags.flatMap(forms))
  const problem = `${command.name} has no flag ${word}${meant === undefined ? "" : ` (did you mean ${meant}?)`}`
  const see = `see holdfast ${command.subcommands.length > 0 ? "" : `${command.name} `}--help`
  return refuse(
    problem,
    command.arguments.some(({ name }) => name === "file")
      ? `for a file with this name, write ./${word} or put -- before the name; ${see}`
      : see,
  )
}

/** Returns the flag that shares the longest prefix with the word, if the shared prefix has at least two letters. */
const resembling = (word: string, names: ReadonlyArray<string>): string | undefined => {
  let best: string | undefined
  let most = "--".length + 1
  for (const name of names) {
    let shared = 0
    while (shared < name.length && name[shared] === word[shared]) shared++
    // A shared `--no-` prefix is no evidence for what was meant.
    if (shared > most && !"--no-".startsWith(name.slice(0, shared))) {
      best = name
      most = shared
    }
  }
  return best
}

const ambiguous = (word: string, command: CommandDescriptor): Refused => {
  const flag = recognize(word, command)
  const other =
    flag === undefined || word.includes("=")
      ? "or run the command in another directory"
      : `for the flag, write --${flag.name}=${flag.type._tag === "Boolean" ? "true" : "VALUE"}`
  return refuse(
    `${word} is both a flag and the name of a file in this directory`,
    `for the file, write ./${word}; ${other}`,
  )
}
