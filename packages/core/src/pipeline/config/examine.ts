/**
 * Validates settings: the schema checks keys and types, and the policies check everything else.
 */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { nearest } from "../options/nearest.ts"
import type { Problem } from "../PipelineConfigError.ts"
import type { Settings } from "../settings.ts"
import * as Checks from "./checks.ts"
import { durationForm } from "./durationForm.ts"
import { settings } from "./schema.ts"
import * as Shape from "./shape.ts"

const parser = Schema.decodeUnknownResult(settings, { errors: "all", onExcessProperty: "error" })

/** Returns the settings, or every problem found in them. */
export const examined = (input: unknown): Result.Result<Settings, ReadonlyArray<Problem>> => {
  const decoded = parser(input)
  const found = Result.isFailure(decoded) ? Shape.findings(decoded.failure.issue) : []
  const problems = found.map((problem) => described(problem, input, found))
  if (isObject(input)) {
    // An unknown key does not affect the others. A policy checks only values of the right type.
    const readable = without(
      input,
      found.filter(({ what }) => what === "unknown").map(({ path }) => path),
    )
    for (const key of Checks.keys) {
      const wrong = found.some(({ path, what }) => what !== "unknown" && path[0] === key)
      const settings = valueAt(readable, [key])
      const refused = wrong || settings === undefined ? undefined : Checks.check(key, settings)
      if (refused !== undefined) problems.push(refused)
    }
  }
  problems.sort((a, b) => place(a) - place(b))
  return problems.length === 0 && Result.isSuccess(decoded)
    ? Result.succeed(decoded.success as never)
    : Result.fail(problems)
}

export const isObject = (u: unknown): u is { readonly [key: string]: unknown } =>
  typeof u === "object" && u !== null && !Array.isArray(u)

/** Returns the position of the problem's policy among the keys of the settings. Problems outside any policy come first. */
const place = ({ path }: Problem): number => Checks.keys.findIndex((key) => key === path.split(".")[0])

const valueAt = (input: unknown, path: Shape.Path): unknown =>
  path.reduce<unknown>((inside, key) => (isObject(inside) ? inside[key] : undefined), input)

/**
 * Uses the policy's message to describe a problem, as if it were the only problem. If the policy does not report the problem,
 * the description uses the message from the schema.
 */
const described = ({ path, what }: Shape.Found, input: unknown, found: ReadonlyArray<Shape.Found>): Problem => {
  const at = Shape.dotted(path)
  if (what === "unknown") {
    const known = Shape.keysAt(settings.ast, path.slice(0, -1), valueAt(input, path.slice(0, -1)))
    const name = path.at(-1) ?? ""
    if (known.includes(name)) {
      // While no kind is given, a union lists the keys of all its kinds.
      const kinds = Shape.kindsWith(settings.ast, path).map((kind) => `"${kind}"`)
      return { path: at, was: "a key of another kind", allowed: `this key only with kind ${kinds.join(" or ")}` }
    }
    return { path: at, was: "an unknown key", allowed: nearest(name, known) ?? known.join(", ") }
  }
  const value = valueAt(input, path)
  const [key = ""] = path
  const others = found.map(({ path }) => path).filter((other) => Shape.dotted(other) !== at)
  const asked = Checks.isKey(key) ? Checks.check(key, valueAt(without(input, others), [key])) : undefined
  const expected = Shape.expectedAt(settings.ast, path) ?? "an object"
  const isRefused = asked?.path === at && !/^(?:an? (?:object|string)|true)/.test(expected)
  const allowed = isRefused ? withForm(asked.allowed) : expected
  return { path: at, was: what === "absent" ? "nothing" : shown(value), allowed }
}

/** Appends the accepted forms to the description of a duration, and returns any other description unchanged. */
const withForm = (allowed: string): string =>
  allowed.startsWith("a duration") ? `${allowed}, ${durationForm}` : allowed

const without = (input: unknown, paths: ReadonlyArray<Shape.Path>): unknown => {
  if (!isObject(input)) return input
  const gone = new Set(paths.filter(({ length }) => length === 1).map(([key]) => key))
  const inner = (key: string) => paths.filter(([head]) => head === key).map((path) => path.slice(1))
  return Object.fromEntries(
    Object.entries(input)
      .filter(([key]) => !gone.has(key))
      .map(([key, value]) => [key, without(value, inner(key))]),
  )
}

const shown = (value: unknown): string => {
  if (typeof value === "function") return "a function"
  if (Array.isArray(value)) return "a list"
  if (typeof value === "object" && value !== null) return "an object"
  if (typeof value !== "string") return String(value)
  return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value)
}
