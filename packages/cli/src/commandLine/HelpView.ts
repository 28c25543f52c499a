/**
 * Formats the help of a command, wrapped to the width of the terminal.
 */
import type { FlagDoc, HelpDoc } from "effect/cli/HelpDoc"
import * as Option from "effect/Option"
import * as Columns from "../terminal/Columns.ts"
import type { Style } from "../terminal/Style.ts"
import * as Reference from "./Reference.ts"

/** The formatting options for the help. */
export interface Options {
  readonly columns: number
  readonly style: Pick<Style, "bold">
}

type Pair = readonly [name: string, meaning: string]

/**
 * The minimum width of the meanings column, in terminal columns. If the column would be narrower than this, meanings start on
 * their own line.
 */
const narrowest = 30

/** Formats a table of names and their meanings. */
const table = (pairs: ReadonlyArray<Pair>, columns: number, most = 30): ReadonlyArray<string> => {
  const left = Math.max(0, ...pairs.map(([name]) => Columns.width(name)).filter((width) => width <= most))
  const room = columns - 2 - left - 2
  const isNarrow = room < narrowest
  const indent = " ".repeat(isNarrow ? 6 : left + 4)
  return pairs.flatMap(([name, meaning]) => {
    if (meaning === "") return [`  ${name}`]
    const isAlone = isNarrow || Columns.width(name) > left
    const [first = "", ...rest] = Columns.wrap(meaning, columns - indent.length)
    return isAlone
      ? [
          ...Columns.wrap(name, columns - 2).map((line) => `  ${line}`),
          `${indent}${first}`,
          ...rest.map((line) => indent + line),
        ]
      : [`  ${name}${" ".repeat(left - Columns.width(name))}  ${first}`, ...rest.map((line) => indent + line)]
  })
}

const flag = ({ aliases, description, name, type }: FlagDoc): Pair => [
  `${[`--${name}`, ...aliases].join(", ")}${type === "boolean" ? "" : ` ${type}`}`,
  Option.getOrElse(description, () => "").replace(/ \(choices: .*\)$/, ""),
]

/** Formats the help of a command. */
export const lines = (
  doc: HelpDoc,
  path: ReadonlyArray<string>,
  { columns, style }: Options,
): ReadonlyArray<string> => {
  const text = (words: string) =>
    Columns.wrap(words, columns - 2, columns - 4).map((line, n) => `${n === 0 ? "  " : "    "}${line}`)
  const section = (heading: string, content: ReadonlyArray<string>): ReadonlyArray<string> =>
    content.length === 0 ? [] : ["", style.bold(heading), ...content]
  const isRoot = path.length < 2
  const name = path.at(-1) ?? ""
  const examples = (doc.examples ?? []).flatMap(({ command, description }, at) => [
    ...(at === 0 ? [] : [""]),
    ...text(`# ${description ?? ""}`),
    // An example command is never wrapped, so that it can be copied.
    `  ${command}`,
  ])
  return [
    ...section("DESCRIPTION", text(doc.description)),
    ...section("USAGE", text(doc.usage)),
    ...section(
      "ARGUMENTS",
      table(
        (doc.args ?? []).map(({ description, name: argument, variadic }): Pair => [
          `${argument}${variadic ? "..." : ""}`,
          Option.getOrElse(description, () => ""),
        ]),
        columns,
      ),
    ),
    ...section("FLAGS", table([...doc.flags, ...(isRoot ? (doc.globalFlags ?? []) : [])].map(flag), columns)),
    ...section(
      "COMMANDS",
      table(
        (doc.subcommands ?? []).flatMap(({ commands }) =>
          commands.map((sub): Pair => [sub.name, sub.shortDescription ?? sub.description]),
        ),
        columns,
      ),
    ),
    ...section("EXAMPLES", examples),
    ...section(
      "EXIT CODES",
      table(
        Reference.exitsOf(name).map(({ code, meaning }): Pair => [String(code).padStart(3), meaning]),
        columns,
      ),
    ),
    ...section(
      "ENVIRONMENT",
      table(
        Reference.environmentOf(name).map(({ meaning, names }): Pair => [names, meaning]),
        columns,
        20,
      ),
    ),
    ...(isRoot
      ? ["", ...Columns.wrap("holdfast help COMMAND shows the flags, exit codes and variables of a command.", columns)]
      : []),
  ].slice(1)
}
