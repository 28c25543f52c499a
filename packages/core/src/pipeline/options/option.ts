/**
 * Checks single options of a policy. Each function returns the checked value or throws an `InvalidPolicy` for the given policy
 * and option.
 *
 * **Details**
 *
 * The checks are separate functions, so that a bundle contains only the checks that its policies use.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { InvalidPolicy, unknownOption } from "./invalid.ts"
import { isMade, isPlain, kindOf, shown, unquoted } from "./kinds.ts"
import { nearest } from "./nearest.ts"

/** A numeric range that includes its bounds. */
export interface Range {
  readonly min?: number
  readonly max?: number
  /** Excludes `min` itself from the range. */
  readonly above?: boolean
}

/** Rejects a value. */
export const refuse = (policy: string, option: string, value: unknown, allowed: string): never => {
  throw new InvalidPolicy({ policy, option, value: shown(value), allowed })
}

/**
 * Rejects unknown options, because a misspelled option would otherwise silently leave the default in effect. `names` lists
 * every option, and `path` is the prefix for nested options (`window.`).
 */
export const known = <Options extends object>(
  policy: string,
  options: Options,
  names: { readonly [Key in keyof Options]-?: true },
  path = "",
): void => {
  if (path === "") plain(policy, "options", options)
  if (typeof options !== "object" || options === null) return
  for (const [key, value] of Object.entries(options)) {
    if (value === undefined || Object.hasOwn(names, key)) continue
    const all = Object.keys(names)
    const allowed = nearest(key, all) ?? all.join(", ")
    throw new InvalidPolicy({ policy, option: `${path}${key}`, value: unknownOption, allowed })
  }
}

/**
 * Requires a policy that has already been created. Rejects plain options and Effects that would create the policy, because
 * either would fail only when it is used.
 */
export const made = (policy: string, option: string, value: unknown, maker: string): void => {
  if (isMade(value)) return
  const allowed = `the result of ${maker}: yield its Effect first, or use the variant whose name ends in Unsafe`
  throw new InvalidPolicy({ policy, option, value: kindOf(value), allowed })
}

/**
 * Requires a plain object or `undefined`. Rejects a `Map`, `Headers` and any other object without properties of its own,
 * because all its entries would be ignored.
 */
export const plain = (policy: string, option: string, value: unknown): void => {
  const foreign = foreignOptions(value)
  if (foreign !== undefined) throw new InvalidPolicy({ policy, option, ...foreign })
}

/**
 * Returns a description of the given value and of the allowed values, or `undefined` if the value can be used as options.
 */
const foreignOptions = (options: unknown): { readonly value: string; readonly allowed: string } | undefined => {
  if (Effect.isEffect(options)) return { value: kindOf(options), allowed: "a plain object: yield the Effect first" }
  const isPolicy = isMade(options) && typeof (options as { readonly kind?: unknown }).kind === "string"
  const isObject = typeof options === "object" && options !== null && !Array.isArray(options)
  // An instance of a program's own class has its options as properties; a Map, Headers or a Promise has none.
  const hasOptions = isObject && (isPlain(options) || Object.keys(options).length > 0)
  if (options === undefined || (hasOptions && !isPolicy)) return undefined
  return { value: kindOf(options), allowed: "a plain object" }
}

/** Reads a string that is not blank. */
export const text = (policy: string, option: string, value: string): string =>
  typeof value === "string" && value.trim() !== "" ? value : refuse(policy, option, value, "a string that is not blank")

/** Reads an absolute HTTP or HTTPS address. */
export const address = (policy: string, option: string, value: string): string =>
  typeof value === "string" && /^https?:\/\//i.test(value) && URL.canParse(value)
    ? value
    : refuse(policy, option, value, "an address that begins with https:// or http://")

/** Requires a secret to be `Redacted`. If the value is not `Redacted`, the error describes the value without quoting it. */
export const secret = (policy: string, option: string, value: unknown): void => {
  if (Redacted.isRedacted(value)) return
  throw new InvalidPolicy({ policy, option, value: unquoted(value), allowed: "Redacted: use Redacted.make" })
}

/** Reads a finite number within the range. */
export const number = (policy: string, option: string, value: number, range: Range = {}): number =>
  within(value, range) ? value : refuse(policy, option, value, `a number${bounds(range)}`)

/** Reads an integer within the range. */
export const integer = (policy: string, option: string, value: number, range: Range = {}): number =>
  Number.isSafeInteger(value) && within(value, range)
    ? value
    : refuse(policy, option, value, `an integer${bounds(range)}`)

/** Reads a string that must be one of the given values. */
export const oneOf = <const Word extends string>(
  policy: string,
  option: string,
  value: Word,
  words: ReadonlyArray<Word>,
): Word =>
  words.includes(value) ? value : refuse(policy, option, value, words.map((word) => `"${word}"`).join(" or "))

/** Reads a finite duration; both the result and the range are in milliseconds. The default range starts at 0. */
export const millis = (policy: string, option: string, value: Duration.Input, range: Range = { min: 0 }): number => {
  // Numbers are checked first, because `Duration` turns NaN into 0.
  const millis = typeof value === "number" ? value : Duration.toMillis(parsed(value) ?? Duration.infinity)
  return within(millis, range) ? millis : refuse(policy, option, value, `a duration${bounds(range, " ms")}`)
}

const parsed = (value: Duration.Input): Duration.Duration | undefined => {
  try {
    return Duration.fromInputUnsafe(value)
  } catch {
    return undefined
  }
}

const within = (value: number, { above = false, max = Infinity, min = -Infinity }: Range): boolean =>
  Number.isFinite(value) && (above ? value > min : value >= min) && value <= max

const bounds = ({ above = false, max, min }: Range, unit = ""): string => {
  if (min !== undefined && max !== undefined && !above) return ` from ${min}${unit} to ${max}${unit}`
  const least = min === undefined ? "" : ` ${above ? ">" : ">="} ${min}${unit}`
  const most = max === undefined ? "" : ` <= ${max}${unit}`
  return least !== "" && most !== "" ? `${least} and${most}` : least + most
}
