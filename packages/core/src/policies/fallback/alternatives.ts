/**
 * Types that describe which errors each alternative handles and what a list of alternatives returns.
 */
import type * as Effect from "effect/Effect"

/**
 * An alternative, which defines the errors that it handles and how it handles them.
 *
 * **Details**
 *
 * In types only: `For` is the type of the errors that the alternative examines, `In` is the type of the errors that it
 * handles, and `Gone` is the type of the errors that it removes. `to` removes every error from the error type. Tags and
 * refinements remove the errors that they match. A predicate does not remove any errors, because it can reject any error.
 */
export interface Alternative<out A, out E, out R, in In, out For, out Gone> {
  /** The list of errors handled by the alternative, as text for `describe`. */
  readonly errors: string
  readonly takes: (error: unknown) => boolean
  readonly run: (error: In) => Effect.Effect<A, E, R>
  readonly "~types"?: { readonly for: For; readonly gone: Gone }
}

/** An alternative with arbitrary type parameters. */
// oxlint-disable-next-line typescript/no-explicit-any -- the list of alternatives is typed one by one
export type AnyAlternative = Alternative<any, any, any, any, any, any>

/** A list of alternatives, each with its own types. */
export type Alternatives = ReadonlyArray<AnyAlternative>

/** Alternatives in the order in which they are tried. */
export interface Fallback<out List extends Alternatives = Alternatives> {
  readonly alternatives: List
}

/** The success type of an alternative and the services that it requires. */
export type Each<One> =
  One extends Alternative<infer A, infer _E, infer R, never, infer _F, infer _G> ? { answer: A; needs: R } : never

/** The success types of a fallback's alternatives. */
export type Success<List extends Alternatives> = Each<List[number]>["answer"]

/** The services that a fallback's alternatives require. */
export type Services<List extends Alternatives> = Each<List[number]>["needs"]

/**
 * The error type of an effect with errors `E` after a fallback is applied. The type consists of the errors that the fallback
 * does not handle and the fallback's own errors.
 */
export type Failure<List extends Alternatives, E> = List extends readonly [
  infer First,
  ...infer Rest extends Alternatives,
]
  ? First extends Alternative<infer _A, infer E2, infer _R, never, infer _F, infer Gone>
    ? Failure<Rest, Exclude<E, Gone> | E2>
    : never
  : E

/** Causes a compile error unless each alternative accepts all errors that can reach it. */
export type Fits<List extends Alternatives, E> = List extends readonly [infer First, ...infer Rest extends Alternatives]
  ? First extends Alternative<infer _A, infer E2, infer _R, infer In, infer For, infer Gone>
    ? [Extract<E, For>] extends [In]
      ? Fits<Rest, Exclude<E, Gone> | E2>
      : "an alternative of the fallback does not accept all the errors that it may receive"
    : never
  : unknown
