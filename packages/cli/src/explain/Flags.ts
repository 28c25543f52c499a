/**
 * The flags of `holdfast explain` and the only parser of its command line. This module does not depend on Effect.
 */
import type { CommandDescriptor } from "effect/cli/Completions"
import * as Scan from "../commandLine/Scan.ts"

/** The word that selects the command. */
export const name = "explain"

/** The purpose of the command in one line. */
export const summary = "Find the true cause of a failure"

/** Every flag of the command is a boolean switch. */
export const flags = {
  long: "Show the full explanation, every cause and all evidence",
  repair: "Show the changes in a corrected request without sending it",
  json: "Print a problem details object (RFC 9457)",
} as const

/** The operand. */
export const target = { name: "file", description: "An exchange, a response body, - or a code" } as const

/** The parsed command line. */
export interface Arguments {
  /** The path of a file, `-` for standard input, or a code. */
  readonly target: string | undefined
  readonly long: boolean
  readonly repair: boolean
  readonly json: boolean
}

/** Describes a `holdfast` program that has only this command. `Scan` uses this description. */
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

/**
 * Parses the words after the command's name, and returns `undefined` for a help request (`--help`), which is handled by the
 * help code that all commands share.
 */
export const parse = (args: ReadonlyArray<string>): Arguments | Scan.Refused | undefined => {
  const words = Scan.scan(descriptor, [name, ...args])
  return Scan.isRefused(words) ? words : read(words)
}

const see = `see holdfast ${name} --help`

/** Parses scanned words, and returns `undefined` for other commands and for help requests. */
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
    if (isOn === undefined)
      return refuse(`"${value}" is not a valid value for --${flag}`, `expected true or false; ${see}`)
    given[flag] = isOn
  }
  return { target: operand, ...given }
}

const refuse = (problem: string, remedy: string): Scan.Refused => ({ _tag: "Refused", problem, remedy })

/** The accepted values of a switch, which are the same for every command. */
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
