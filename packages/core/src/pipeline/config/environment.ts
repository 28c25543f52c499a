/**
 * Maps settings to environment variables: `breaker.window.failureRate` becomes `HOLDFAST_BREAKER_WINDOW_FAILURE_RATE`.
 */
import type { Problem } from "../PipelineConfigError.ts"
import { durationForm, durationWithUnit } from "./durationForm.ts"
import { dotted, type Path } from "./shape.ts"

/** Maps `["breaker", "window", "failureRate"]` to `HOLDFAST_BREAKER_WINDOW_FAILURE_RATE`. */
export const nameOf = (prefix: string, path: Path): string =>
  [prefix, ...path.map((key) => key.replace(/[A-Z]/g, "_$&").toUpperCase())].filter((part) => part !== "").join("_")

/**
 * Converts text to a boolean if the setting is a boolean, or to a number if the text is numeric and the setting is not a
 * string. Returns any other text, such as a duration, unchanged. The result is validated later, together with the other
 * settings.
 */
const valueOf = (text: string, expected: string): unknown => {
  if (expected.startsWith("true")) return truths[text.toLowerCase()] ?? text
  return isNumber(text) && !expected.startsWith("a string") ? Number(text) : text
}

const isNumber = (text: string): boolean => text.trim() !== "" && !Number.isNaN(Number(text))

/** Returns the description of the allowed values for environment variables, in which a duration requires a unit. */
export const allowedHere = (allowed: string): string => allowed.replace(durationForm, durationWithUnit)

const truths: Readonly<Record<string, boolean>> = {
  true: true,
  yes: true,
  on: true,
  "1": true,
  false: false,
  no: false,
  off: false,
  "0": false,
}

type Tree = { [key: string]: unknown }

/** The settings that were read from the variables, and the problems found in them. */
export interface Read {
  readonly settings: Tree
  readonly problems: ReadonlyArray<Problem>
}

/** An environment variable that is set. */
export interface Variable {
  readonly name: string
  readonly path: Path
  readonly value: string
  readonly expected: string
}

/** Sets a value in the tree. If a non-object value blocks the path, returns the path of that value. */
const put = (tree: Tree, path: Path, value: unknown): Path | undefined => {
  const [key = "", ...rest] = path
  if (rest.length === 0) {
    tree[key] = value
    return undefined
  }
  const inner = (tree[key] ??= {})
  if (typeof inner !== "object" || inner === null) return [key]
  const taken = put(inner as Tree, rest, value)
  return taken && [key, ...taken]
}

/**
 * Builds a tree of settings from variables.
 *
 * **Details**
 *
 * `switches` are the variables that enable or disable whole policies: `on` enables the policy and uses the defaults for all
 * options that are not set; `off` removes the policy even if other variables configure it.
 */
export const read = (variables: ReadonlyArray<Variable>, switches: ReadonlyArray<Variable>): Read => {
  const settings: Tree = {}
  const problems: Array<Problem> = []
  for (const { expected, name, path, value } of variables) {
    if (expected.startsWith("a duration") && isNumber(value)) {
      problems.push({ path: name, was: `${JSON.stringify(value)}, which has no unit`, allowed: allowedHere(expected) })
      continue
    }
    const taken = put(settings, path, valueOf(value, expected))
    if (taken !== undefined) {
      problems.push({ path: name, was: "a value", allowed: `none beside ${dotted(taken)}` })
    }
  }
  for (const { name, path, value } of switches) {
    const [key = ""] = path
    const on = truths[value.toLowerCase()]
    if (on === undefined) problems.push({ path: name, was: JSON.stringify(value), allowed: '"on" or "off"' })
    else if (!on) delete settings[key]
    else settings[key] ??= {}
  }
  return { settings, problems }
}
