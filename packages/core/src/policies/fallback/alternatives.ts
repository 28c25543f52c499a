/**
 * The types of alternatives: which errors each takes, and what comes out of a list of them.
 */
import type * as Effect from "effect/Effect"

/**
 * One alternative: for which errors it is there, and what it does.
 *
 * **Details**
 *
 * In types: `For` are the errors that it looks at, of which it takes those of the type `In`; `Gone` are those that no
 * longer come out. For `to` that is every error; for tags and refinements what they name; a predicate may say no to any.
 */
export interface Alternative<out A, out E, out R, in In, out For, out Gone> {
  /** For `describe`: the errors, in words. */
  readonly errors: string
  readonly takes: (error: unknown) => boolean
  readonly run: (error: In) => Effect.Effect<A, E, R>
  readonly "~types"?: { readonly for: For; readonly gone: Gone }
}

/** An alternative whatever its types. */
// oxlint-disable-next-line typescript/no-explicit-any -- the list of alternatives is typed one by one
export type AnyAlternative = Alternative<any, any, any, any, any, any>

/** A list of alternatives, each of its own type. */
export type Alternatives = ReadonlyArray<AnyAlternative>

/** Alternatives in the order in which they are tried. */
export interface Fallback<out List extends Alternatives = Alternatives> {
  readonly alternatives: List
}

/** What an alternative answers with and what it needs. */
export type Each<One> =
  One extends Alternative<infer A, infer _E, infer R, never, infer _F, infer _G> ? { answer: A; needs: R } : never

/** What a fallback may answer with. */
export type Success<List extends Alternatives> = Each<List[number]>["answer"]

/** What a fallback needs. */
export type Services<List extends Alternatives> = Each<List[number]>["needs"]

/** What comes out with a fallback around what may fail with `E`: what it does not handle, and what it may fail with itself. */
export type Failure<List extends Alternatives, E> = List extends readonly [
  infer First,
  ...infer Rest extends Alternatives,
]
  ? First extends Alternative<infer _A, infer E2, infer _R, never, infer _F, infer Gone>
    ? Failure<Rest, Exclude<E, Gone> | E2>
    : never
  : E

/** Whether each alternative takes all the errors that may come to it; otherwise a sentence. */
export type Fits<List extends Alternatives, E> = List extends readonly [infer First, ...infer Rest extends Alternatives]
  ? First extends Alternative<infer _A, infer E2, infer _R, infer In, infer For, infer Gone>
    ? [Extract<E, For>] extends [In]
      ? Fits<Rest, Exclude<E, Gone> | E2>
      : "an alternative of the fallback does not take all the errors that may come to it"
    : never
  : unknown
