/**
 * The error for a policy that cannot be built from its options. The error contains the option, the given value and a
 * description of the allowed values.
 */
import * as Data from "effect/Data"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { nearest } from "./nearest.ts"

/**
 * An option of a policy is unknown, has the wrong type, is out of range, or contradicts another option.
 *
 * **Details**
 *
 * `policy` is the name of the module (`CircuitBreaker`), and `option` is the path within its options (`window.size`). `value`
 * is the given value as text, and `allowed` describes the accepted values (`an integer >= 1`).
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

/** The `value` of an `InvalidPolicy` that reports an unknown option. */
export const unknownOption = "an unknown option"

/** Runs a builder and returns the `InvalidPolicy` that it throws, or `undefined` if it does not throw. */
export const problem = (make: () => unknown): InvalidPolicy | undefined => {
  try {
    make()
    return undefined
  } catch (error) {
    if (error instanceof InvalidPolicy) return error
    throw error
  }
}

/** Runs a builder. If the builder throws an `InvalidPolicy`, the effect fails with that error. */
export const build = <A>(make: () => A): Effect.Effect<A, InvalidPolicy> =>
  Effect.suspend(() => {
    try {
      return Effect.succeed(make())
    } catch (error) {
      if (error instanceof InvalidPolicy) return Effect.fail(error)
      throw error
    }
  })

/** A numeric range that includes its bounds. */
export interface Range {
  readonly min?: number
  readonly max?: number
  /** Excludes `min` itself from the range. */
  readonly above?: boolean
}

/**
 * Returns a reader for the options of one policy. The methods of the reader return the checked value or throw an
 * `InvalidPolicy`.
 */
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
     * Rejects unknown options, because a misspelled option would otherwise silently leave the default in effect. `known`
     * lists every option, and `path` is the prefix for nested options (`window.`).
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
    /**
     * Requires a policy that has already been created. Rejects plain options and Effects that would create the policy,
     * because either would fail only when it is used.
     */
    made: (option: string, value: unknown, maker: string): void => {
      if (isMade(value)) return
      const allowed = `the result of ${maker}: yield its Effect first, or use the variant whose name ends in Unsafe`
      throw new InvalidPolicy({ policy, option, value: kindOf(value), allowed })
    },
    /**
     * Requires a plain object or `undefined`. Rejects a `Map`, `Headers` and any other object without properties of its own,
     * because all its entries would be ignored.
     */
    plain: (option: string, value: unknown): void => {
      const foreign = foreignOptions(value)
      if (foreign !== undefined) throw new InvalidPolicy({ policy, option, ...foreign })
    },
    /** Reads a string that is not blank. */
    text: (option: string, value: string): string =>
      typeof value === "string" && value.trim() !== "" ? value : refuse(option, value, "a string that is not blank"),
    /** Reads an absolute HTTP or HTTPS address. */
    address: (option: string, value: string): string =>
      typeof value === "string" && /^https?:\/\//i.test(value) && URL.canParse(value)
        ? value
        : refuse(option, value, "an address that begins with https:// or http://"),
    /**
     * Requires a secret to be `Redacted`. If the value is not `Redacted`, the error describes the value without quoting it.
     */
    secret: (option: string, value: unknown): void => {
      if (Redacted.isRedacted(value)) return
      throw new InvalidPolicy({ policy, option, value: unquoted(value), allowed: "Redacted: use Redacted.make" })
    },
    /** Reads a finite number within the range. */
    number,
    /** Reads an integer within the range. */
    integer: (option: string, value: number, range: Range = {}): number =>
      Number.isSafeInteger(value) && within(value, range) ? value : refuse(option, value, `an integer${bounds(range)}`),
    /** Reads a string that must be one of the given values. */
    oneOf: <const Word extends string>(option: string, value: Word, words: ReadonlyArray<Word>): Word =>
      words.includes(value) ? value : refuse(option, value, words.map((word) => `"${word}"`).join(" or ")),
    /** Reads a finite duration; both the result and the range are in milliseconds. The default range starts at 0. */
    millis: (option: string, value: Duration.Input, range: Range = { min: 0 }): number => {
      // Numbers are checked first, because `Duration` turns NaN into 0.
      const millis = typeof value === "number" ? value : Duration.toMillis(parsed(value) ?? Duration.infinity)
      return Number.isFinite(millis) && within(millis, range)
        ? millis
        : refuse(option, value, `a duration${bounds(range, " ms")}`)
    },
  }
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

/**
 * Returns whether a value is a policy that has already been created, rather than options or an Effect for creating one.
 */
const isMade = (value: unknown): boolean =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !Effect.isEffect(value) && !isPlain(value)

const isPlain = (value: object): boolean => {
  const prototype: unknown = Object.getPrototypeOf(value)
  // An object literal of another realm has its own root prototype, which is the last of its chain.
  return prototype === null || Object.getPrototypeOf(prototype) === null
}

/** Describes a value for error messages. */
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

/** Describes a value that may be a secret, without quoting it. */
export const unquoted = (value: unknown): string =>
  typeof value === "object" || typeof value === "function" || value === undefined ? kindOf(value) : `a ${typeof value}`

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

/** Quotes a string, and describes an object or a function. */
export const shown = (value: unknown): string => {
  if (Duration.isDuration(value)) return Duration.format(value)
  if (typeof value === "string") return `"${value}"`
  return (typeof value === "object" && value !== null) || typeof value === "function" ? kindOf(value) : String(value)
}
