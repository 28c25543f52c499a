/**
 * The command line of `holdfast explain`: its flags, and the one reader of its words, which needs no Effect.
 */
import type { CommandDescriptor } from "effect/cli/Completions"
import * as Scan from "../commandLine/Scan.ts"

/** The word that selects the command. */
export const name = "explain"

/** What the command is for, in one line. */
export const summary = "Find the true cause of a failure"

/** Every flag is a switch. */
export const flags = {
  long: "Show the full explanation, every cause and all evidence",
  repair: "Show what a corrected request would change; nothing is sent",
  json: "Print one object of problem details (RFC 9457)",
} as const

/** The operand. */
export const target = { name: "file", description: "An exchange, an answer's body, - or a code" } as const

/** What was asked for. */
export interface Arguments {
  /** A file, `-` for standard input, or a code. */
  readonly target: string | undefined
  readonly long: boolean
  readonly repair: boolean
  readonly json: boolean
}

/** `holdfast` with this command alone, for `Scan`. */
export const descriptor: CommandDescriptor = {
  name: "holdfast",
  description: undefined,
  flags: [],
  arguments: [],
  subcommands: [
    {
      name,
      description: summary,
      flags: Object.entries(flags).map(([flag, description]) => ({
        name: flag,
        aliases: [],
        description,
        type: { _tag: "Boolean" },
        optionalValue: false,
        negation: undefined,
      })),
      arguments: [{ ...target, required: false, variadic: false, type: { _tag: "String" } }],
      subcommands: [],
    },
  ],
}

/** Reads the words behind the command's name; `undefined` for a question (`--help`), which the help of all commands answers. */
export const parse = (args: ReadonlyArray<string>): Arguments | Scan.Refused | undefined => {
  const words = Scan.scan(descriptor, [name, ...args])
  return Scan.isRefused(words) ? words : read(words)
}

const see = `see holdfast ${name} --help`

/** Reads words that were scanned; `undefined` for those of another command and for questions. */
export const read = (words: ReadonlyArray<string>): Arguments | Scan.Refused | undefined => {
  const end = words.indexOf("--")
  const [command, ...switches] = end === -1 ? words : words.slice(0, end)
  const [operand, ...more] = end === -1 ? [] : words.slice(end + 1)
  if (command !== name || switches.includes("--help")) return undefined
  if (more.length > 0) return refuse(`unexpected argument: ${more.join(" ")}`, see)
  const given = { long: false, repair: false, json: false }
  for (const word of switches) {
    const [, no, flag, value] = /^--(no-)?(long|repair|json)(?:=(.*))?$/s.exec(word) ?? []
    const isOn = value === undefined ? no === undefined : meanings[value.toLowerCase()]
    if (flag !== "long" && flag !== "repair" && flag !== "json") return undefined
    if (isOn === undefined) return refuse(`"${value}" is not a value of --${flag}`, `expected true or false; ${see}`)
    given[flag] = isOn
  }
  return { target: operand, ...given }
}

const refuse = (problem: string, remedy: string): Scan.Refused => ({ _tag: "Refused", problem, remedy })

/** The values of a switch, as every other command reads them. */
const meanings: Readonly<Record<string, boolean | undefined>> = {
  true: true,
  1: true,
  y: true,
  yes: true,
  on: true,
  false: false,
  0: false,
  n: false,
  no: false,
  off: false,
}
