/**
 * The types of alternatives: which errors each handles, and the result of a list of them.
 */
import type * as Effect from "effect/Effect"

/**
 * One alternative: which errors it handles, and how.
 *
 * **Details**
 *
 * In types only: `For` is the type of the errors that it examines, `In` that of the errors it handles, and `Gone` that of the
 * errors it removes. `to` removes every error, tags and refinements remove the errors they name, and a predicate removes none,
 * because it may reject any error.
 */
export interface Alternative<out A, out E, out R, in In, out For, out Gone> {
  /** The errors in words, for `describe`. */
  readonly errors: string
  readonly takes: (error: unknown) => boolean
  readonly run: (error: In) => Effect.Effect<A, E, R>
  readonly "~types"?: { readonly for: For; readonly gone: Gone }
}

/** An alternative of any types. */
// oxlint-disable-next-line typescript/no-explicit-any -- the list of alternatives is typed one by one
export type AnyAlternative = Alternative<any, any, any, any, any, any>

/** A list of alternatives, each with its own types. */
export type Alternatives = ReadonlyArray<AnyAlternative>

/** Alternatives in the order in which they are tried. */
export interface Fallback<out List extends Alternatives = Alternatives> {
  readonly alternatives: List
}

/** The success type and the services of an alternative. */
export type Each<One> =
  One extends Alternative<infer A, infer _E, infer R, never, infer _F, infer _G> ? { answer: A; needs: R } : never

/** The success types of a fallback. */
export type Success<List extends Alternatives> = Each<List[number]>["answer"]

/** The services of a fallback. */
export type Services<List extends Alternatives> = Each<List[number]>["needs"]

/** The errors of a fallback around an effect with errors `E`: those that it does not handle, and its own. */
export type Failure<List extends Alternatives, E> = List extends readonly [
  infer First,
  ...infer Rest extends Alternatives,
]
  ? First extends Alternative<infer _A, infer E2, infer _R, never, infer _F, infer Gone>
    ? Failure<Rest, Exclude<E, Gone> | E2>
    : never
  : E

/** Whether each alternative accepts all the errors that may reach it; otherwise a compile error. */
export type Fits<List extends Alternatives, E> = List extends readonly [infer First, ...infer Rest extends Alternatives]
  ? First extends Alternative<infer _A, infer E2, infer _R, infer In, infer For, infer Gone>
    ? [Extract<E, For>] extends [In]
      ? Fits<Rest, Exclude<E, Gone> | E2>
      : "an alternative of the fallback does not accept all the errors that it may receive"
    : never
  : unknown
