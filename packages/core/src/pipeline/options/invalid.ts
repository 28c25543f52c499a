/**
 * The error for a policy that cannot be built from its options. The error contains the option, the given value and a
 * description of the allowed values.
 */
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"

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
