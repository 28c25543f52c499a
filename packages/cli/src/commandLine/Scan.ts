/**
 * Reads the words of a command line strictly, before `effect/cli` parses them.
 *
 * **Details**
 *
 * `effect/cli` reads `-verbose` as seven short flags, one of which prints the version, and takes `on` in `--json on` for the
 * value of `--json`. A file that a shell pattern matched would then not be sent, and the command would still end with 0.
 * `scan` accepts a word that begins with `-` only if it is a flag of the command, letter by letter. It returns a command line
 * that has one meaning: the flags with their values, then `--`, then the operands. It needs no Effect, so that `explain`,
 * which starts without one, reads its words the same way.
 */
import type { CommandDescriptor, FlagDescriptor } from "effect/cli/Completions"

/** Whether the parser could take the word for a flag. */
export const looksLikeFlag = (word: string): boolean => word.startsWith("-") && word !== "-"

/** A command line that cannot be used, and what to do about it. */
export interface Refused {
  readonly _tag: "Refused"
  readonly problem: string
  readonly remedy: string
}

/** The words of a command line with one meaning. */
export type Scanned = ReadonlyArray<string> | Refused

/** Whether a command line was refused. */
export const isRefused = (scanned: Scanned): scanned is Refused => "_tag" in scanned

const refuse = (problem: string, remedy: string): Refused => ({ _tag: "Refused", problem, remedy })

/**
 * The same command line with one meaning, or what is wrong with it.
 *
 * **Details**
 *
 * `present` has those of the words that are also names of files here. A flag among them is refused where the command takes
 * several files: the shell may have found it with a pattern.
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
  // A word that should have been a command stays in front of `--`: the parser suggests one that is spelled alike.
  if (command.subcommands.length > 0) return [...operands, ...(after.length === 0 ? [] : ["--", ...after])]
  return [...path, ...flags, ...(given.length === 0 ? [] : ["--", ...given])]
}

/** The flags of the command as a whole, which answer a question and end. */
const questions: ReadonlySet<string> = new Set(["--help", "-h", "--version", "-v", "--completions"])

/** A shell pattern can stand for the operands of this command. */
const takesFiles = ({ arguments: operands }: CommandDescriptor): boolean => operands.some(({ variadic }) => variadic)

const forms = ({ aliases, name }: FlagDescriptor): ReadonlyArray<string> => [
  `--${name}`,
  ...aliases.map((alias) => (alias.length === 1 ? `-${alias}` : `--${alias}`)),
]

const negated = ({ name, negation, type }: FlagDescriptor): string | undefined =>
  type._tag !== "Boolean" || negation === false ? undefined : `--${negation ?? `no-${name}`}`

/** The flag that a word names in full: `--name`, `--name=value`, `-n` or `--no-name`. */
const recognize = (word: string, { flags }: CommandDescriptor): FlagDescriptor | undefined => {
  const name = word.startsWith("--") ? word.replace(/=.*$/s, "") : word
  return (
    flags.find((flag) => forms(flag).includes(name)) ??
    (name === word ? flags.find((flag) => negated(flag) === word) : undefined)
  )
}

/** The word with the flag's long name. */
const canonical = (word: string, flag: FlagDescriptor): string => (word.startsWith("--") ? word : `--${flag.name}`)

const isNumber = (word: string, { type }: FlagDescriptor): boolean =>
  (type._tag === "Int" || type._tag === "Finite") && /^-[\d.]/.test(word)

/** The question that is answered, if the words leave no doubt that it is one. */
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
          "-h takes no other argument",
          `for help write holdfast ${[...path, "--help"].join(" ")}, for a file of this name ./-h`,
        )
  }
  if (word === "-v") {
    return isAlone && path.length === 0 && given.length === 0 ? ["--version"] : unknown(word, command)
  }
  const [, inline] = /^--completions=(.*)$/s.exec(word) ?? []
  const shells = inline === undefined ? given : [inline, ...given]
  return isAlone && path.length === 0 && shells.length === 1
    ? [`--completions=${shells[0]}`]
    : refuse("--completions takes the name of a shell and no other argument", "write: holdfast --completions bash")
}

const helpOf = (root: CommandDescriptor, given: ReadonlyArray<string>): Scanned => {
  const [name, ...more] = given
  if (name === undefined) return ["--help"]
  const known = root.subcommands.map((sub) => sub.name).filter((other) => other !== "help")
  return more.length === 0 && known.includes(name)
    ? [name, "--help"]
    : refuse(`there is no command "${given.join(" ")}"`, `holdfast help takes one of ${known.join(", ")}`)
}

const unknown = (word: string, command: CommandDescriptor): Refused => {
  const meant = resembling(word, command.flags.flatMap(forms))
  const problem = `${command.name} has no flag ${word}${meant === undefined ? "" : ` (did you mean ${meant}?)`}`
  const see = `see holdfast ${command.subcommands.length > 0 ? "" : `${command.name} `}--help`
  return refuse(
    problem,
    command.arguments.some(({ name }) => name === "file")
      ? `for a file of this name write ./${word} or put -- before it; ${see}`
      : see,
  )
}

/** The flag that has the longest beginning in common with the word, of at least two letters. */
const resembling = (word: string, names: ReadonlyArray<string>): string | undefined => {
  let best: string | undefined
  let most = "--".length + 1
  for (const name of names) {
    let shared = 0
    while (shared < name.length && name[shared] === word[shared]) shared++
    // That both are negations says nothing about what was meant.
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
      ? "else run it in another directory"
      : `for the flag write --${flag.name}=${flag.type._tag === "Boolean" ? "true" : "VALUE"}`
  return refuse(`${word} is both an option and the name of a file here`, `for the file write ./${word}, ${other}`)
}
