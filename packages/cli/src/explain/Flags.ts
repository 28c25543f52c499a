/**
 * The flags of `holdfast explain`: one table for the road that starts at once and for the command with its help.
 */

/** Every flag is a switch. */
export const flags = {
  long: "Show the full explanation, every cause and all evidence",
  json: "Print one object of problem details (RFC 9457)",
} as const

/** What was asked for. */
export interface Arguments {
  /** A file, `-` for standard input, or a code. */
  readonly target: string | undefined
  readonly long: boolean
  readonly json: boolean
}

/**
 * Reads the plain forms of the command line; `undefined` for whatever asks for help, is wrong or is said in another way,
 * which the command with all its words answers.
 */
export const parse = (args: ReadonlyArray<string>): Arguments | undefined => {
  const rest = args.filter((arg) => !isSwitch(arg))
  const [target, ...more] = rest
  if (more.length > 0 || (target !== undefined && /^-./.test(target))) return undefined
  return { target, long: args.includes("--long"), json: args.includes("--json") }
}

const isSwitch = (arg: string): boolean => arg.startsWith("--") && Object.hasOwn(flags, arg.slice(2))
