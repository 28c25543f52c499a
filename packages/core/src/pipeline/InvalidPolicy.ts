/**
 * A policy that cannot be built from its options: which option, what it was, and what is allowed.
 */
import * as Data from "effect/Data"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { nearest } from "./nearest.ts"

/**
 * An option of a policy is not a number, negative, out of its range, or contradicts another.
 *
 * **Details**
 *
 * `policy` is the module's name (`CircuitBreaker`), `option` the path within its options (`window.size`), `value` what
 * was given, as text, and `allowed` what is accepted (`an integer >= 1`).
 */
export class InvalidPolicy
  extends /* @__PURE__ */ Data.TaggedError("InvalidPolicy")<{
    readonly policy: string
    readonly option: string
    readonly value: string
    readonly allowed: string
  }>
{
  override get message(): string {
    return this.value === unknownOption
      ? `${this.policy}: unknown option ${this.option} (expected ${this.allowed})`
      : `${this.policy}: ${this.option} must be ${this.allowed} (got ${this.value})`
  }
}

/** The value of an option that the policy does not have. */
export const unknownOption = "an unknown option"

/** What is wrong with what a builder is given, if anything is. */
export const problem = (make: () => unknown): InvalidPolicy | undefined => {
  try {
    make()
    return undefined
  } catch (error) {
    if (error instanceof InvalidPolicy) return error
    throw error
  }
}

/** Runs a builder, and fails with the `InvalidPolicy` that it throws. */
export const build = <A>(make: () => A): Effect.Effect<A, InvalidPolicy> =>
  Effect.suspend(() => {
    try {
      return Effect.succeed(make())
    } catch (error) {
      if (error instanceof InvalidPolicy) return Effect.fail(error)
      throw error
    }
  })

/** The range of a number, both ends included. */
export interface Range {
  readonly min?: number
  readonly max?: number
  /** Whether `min` itself is too small. */
  readonly above?: boolean
}

/** Reads the options of one policy; each method returns the checked value or throws an `InvalidPolicy`. */
export const reader = (policy: string) => {
  const refuse = (option: string, value: unknown, allowed: string): never => {
    throw new InvalidPolicy({ policy, option, value: shown(value), allowed })
  }
  const within = (value: number, { above = false, max = Infinity, min = -Infinity }: Range): boolean =>
    (above ? value > min : value >= min) && value <= max

  const number = (option: string, value: number, range: Range = {}): number =>
    typeof value === "number" && Number.isFinite(value) && within(value, range)
      ? value
      : refuse(option, value, `a number${bounds(range)}`)

  return {
    refuse,
    /**
     * Rejects an unknown option, because a misspelled one would silently leave the default in force. `known` lists every
     * option, and `path` is where the options stand among those of the policy (`window.`).
     */
    known: <Options extends object>(
      options: Options,
      known: { readonly [Key in keyof Options]-?: true },
      path = "",
    ): void => {
      const foreign = path === "" ? foreignOptions(options) : undefined
      if (foreign !== undefined) throw new InvalidPolicy({ policy, option: "options", ...foreign })
      if (typeof options !== "object" || options === null) return
      for (const [key, value] of Object.entries(options)) {
        if (value === undefined || Object.hasOwn(known, key)) continue
        const names = Object.keys(known)
        throw new InvalidPolicy({
          policy,
          option: `${path}${key}`,
          value: unknownOption,
          allowed: nearest(key, names) ?? names.join(", "),
        })
      }
    },
    /** A policy that was made before. Refuses options in its place, and an Effect that would make it: both only fail when used. */
    made: (option: string, value: unknown, maker: string): void => {
      if (isMade(value)) return
      const allowed = `the result of ${maker}: yield its Effect first, or use the variant that ends in Unsafe`
      throw new InvalidPolicy({ policy, option, value: kindOf(value), allowed })
    },
    /** A finite number in the range. */
    number,
    /** A whole number in the range. */
    integer: (option: string, value: number, range: Range = {}): number =>
      Number.isSafeInteger(value) && within(value, range) ? value : refuse(option, value, `an integer${bounds(range)}`),
    /** One of the words. */
    oneOf: <const Word extends string>(option: string, value: Word, words: ReadonlyArray<Word>): Word =>
      words.includes(value) ? value : refuse(option, value, words.map((word) => `"${word}"`).join(" or ")),
    /** A finite duration, in milliseconds; the range is in milliseconds too. Default range: from 0. */
    millis: (option: string, value: Duration.Input, range: Range = { min: 0 }): number => {
      // A number is checked before it is a duration, because `Duration` turns what is no number into 0.
      const millis = typeof value === "number" ? value : Duration.toMillis(parsed(value) ?? Duration.infinity)
      return Number.isFinite(millis) && within(millis, range)
        ? millis
        : refuse(option, value, `a duration${bounds(range, " ms")}`)
    },
  }
}

/** What is given in place of a plain object of options. */
const foreignOptions = (options: unknown): { readonly value: string; readonly allowed: string } | undefined => {
  if (Effect.isEffect(options)) return { value: kindOf(options), allowed: "a plain object: yield the Effect first" }
  const isPolicy = isMade(options) && typeof (options as { readonly kind?: unknown }).kind === "string"
  const isObject = typeof options === "object" && options !== null && !Array.isArray(options)
  if (options === undefined || (isObject && !isPolicy)) return undefined
  return { value: kindOf(options), allowed: "a plain object" }
}

/** Whether a value is a policy that was made before, and neither its options nor the Effect that makes it. */
const isMade = (value: unknown): boolean =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !Effect.isEffect(value) && !isPlain(value)

const isPlain = (value: object): boolean => {
  const prototype: unknown = Object.getPrototypeOf(value)
  // An object literal of another realm has a prototype of its own, which is also the last of its chain.
  return prototype === null || Object.getPrototypeOf(prototype) === null
}

/** What a value is, for messages about mistakes. */
export const kindOf = (value: unknown): string => {
  if (Effect.isEffect(value)) return "an Effect"
  if (typeof value === "function") return "a function"
  if (typeof value !== "object" || value === null) return shown(value)
  return Array.isArray(value)
    ? "a list"
    : isPlain(value)
      ? "a plain object"
      : `an instance of ${value.constructor.name}`
}

const parsed = (value: Duration.Input): Duration.Duration | undefined => {
  try {
    return Duration.fromInputUnsafe(value)
  } catch {
    return undefined
  }
}

const bounds = ({ above = false, max, min }: Range, unit = ""): string => {
  if (min !== undefined && max !== undefined && !above) return ` from ${min}${unit} to ${max}${unit}`
  const least = min === undefined ? "" : ` ${above ? ">" : ">="} ${min}${unit}`
  const most = max === undefined ? "" : ` <= ${max}${unit}`
  return least !== "" && most !== "" ? `${least} and${most}` : least + most
}

const shown = (value: unknown): string =>
  Duration.isDuration(value) ? Duration.format(value) : typeof value === "string" ? `"${value}"` : String(value)
