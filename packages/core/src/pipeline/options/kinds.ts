/**
 * Describes values for error messages, and tells plain objects, policies and effects apart.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"

/**
 * Returns whether a value is a policy that has already been created, rather than options or an Effect for creating one.
 */
export const isMade = (value: unknown): boolean =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !Effect.isEffect(value) && !isPlain(value)

export const isPlain = (value: object): boolean => {
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

/** Quotes a string, and describes an object or a function. */
export const shown = (value: unknown): string => {
  if (Duration.isDuration(value)) return Duration.format(value)
  if (typeof value === "string") return `"${value}"`
  return (typeof value === "object" && value !== null) || typeof value === "function" ? kindOf(value) : String(value)
}
