/**
 * Something else instead, when everything has failed: another service, an older answer, a value.
 */
import * as Effect from "effect/Effect"
import { dual } from "effect/Function"
import type { Step } from "../../pipeline/engine/call.ts"
import { through } from "../../pipeline/engine/send.ts"
import type { Alternative, Alternatives, Failure, Fallback, Fits, Services, Success } from "./alternatives.ts"
import { fallenBack } from "./stage.ts"

export { describe } from "./describe.ts"
export type {
  Alternative,
  Alternatives,
  AnyAlternative,
  Each,
  Failure,
  Fallback,
  Fits,
  Services,
  Success,
} from "./alternatives.ts"

type Effected = Effect.Effect<unknown, unknown, unknown>

const one = <A, E, R, In, For, Gone>(
  alternative: Alternative<A, E, R, In, For, Gone>,
): Fallback<readonly [Alternative<A, E, R, In, For, Gone>]> => ({ alternatives: [alternative] })

/**
 * Another effect for every error.
 *
 * **Example**
 *
 * ```ts
 * const mirror = Fallback.to((error: Classified) => Effect.logWarning(error._tag).pipe(Effect.andThen(fromMirror)))
 * ```
 */
export const to = <A, E, R, In = unknown>(
  run: (error: In) => Effect.Effect<A, E, R>,
): Fallback<readonly [Alternative<A, E, R, In, unknown, unknown>]> =>
  one({ errors: "any error", takes: () => true, run })

/** A value for every error. */
export const value = <A>(value: A): Fallback<readonly [Alternative<A, never, never, unknown, unknown, unknown>]> =>
  to(() => Effect.succeed(value))

/** The tags of errors, one or several. */
export type Tags<Tag extends string> = Tag | readonly [Tag, ...ReadonlyArray<Tag>]

/**
 * Another effect for some errors: those with one of the tags, or those of which a function says so.
 *
 * **Details**
 *
 * Errors named by tags or by a refinement disappear from the type of what comes out. After a plain predicate all of them
 * stay, since it may say no.
 */
export const when: {
  <const Tag extends string, A, E, R, In extends { readonly _tag: Tag }>(
    tags: Tags<Tag>,
    run: (error: In) => Effect.Effect<A, E, R>,
  ): Fallback<readonly [Alternative<A, E, R, In, { readonly _tag: Tag }, { readonly _tag: Tag }>]>
  <From, In extends From, A, E, R>(
    refinement: (error: From) => error is In,
    run: (error: In) => Effect.Effect<A, E, R>,
  ): Fallback<readonly [Alternative<A, E, R, From, unknown, In>]>
  <In, A, E, R>(
    predicate: (error: In) => boolean,
    run: (error: In) => Effect.Effect<A, E, R>,
  ): Fallback<readonly [Alternative<A, E, R, In, unknown, never>]>
} = (chosen: Tags<string> | ((error: never) => boolean), run: (error: never) => Effected): Fallback<never> => {
  if (typeof chosen === "function") {
    return one({ errors: "some errors", takes: chosen as (error: unknown) => boolean, run }) as never
  }
  const tags: ReadonlyArray<string> = typeof chosen === "string" ? [chosen] : chosen
  const takes = (error: unknown) =>
    typeof error === "object" && error !== null && "_tag" in error && tags.includes(error._tag as string)
  return one({ errors: tags.join(" or "), takes, run }) as never
}

/**
 * One alternative after the other: the next has its turn when the one before has failed, or was not there for the error.
 *
 * **Details**
 *
 * Each gets the error of the one before it. The last error carries the attempts of all: `Timeline.of`.
 *
 * **Example**
 *
 * ```ts
 * const failover = Fallback.chain(Fallback.when("CircuitOpen", () => fromMirror), Fallback.value(empty))
 * ```
 */
export const chain: {
  <A extends Alternatives>(a: Fallback<A>): Fallback<A>
  <A extends Alternatives, B extends Alternatives>(a: Fallback<A>, b: Fallback<B>): Fallback<readonly [...A, ...B]>
  <A extends Alternatives, B extends Alternatives, C extends Alternatives>(
    a: Fallback<A>,
    b: Fallback<B>,
    c: Fallback<C>,
  ): Fallback<readonly [...A, ...B, ...C]>
  <A extends Alternatives, B extends Alternatives, C extends Alternatives, D extends Alternatives>(
    a: Fallback<A>,
    b: Fallback<B>,
    c: Fallback<C>,
    d: Fallback<D>,
  ): Fallback<readonly [...A, ...B, ...C, ...D]>
} = (...fallbacks: ReadonlyArray<Fallback>): Fallback<never> =>
  ({ alternatives: fallbacks.flatMap(({ alternatives }) => alternatives) }) as never

/**
 * Puts a fallback around an effect that stands alone, outside of a pipeline.
 *
 * **Details**
 *
 * An interruption never falls back, and neither does a defect. In a pipeline the fallback is outermost: it has its turn
 * when the retries are spent or the deadline has passed, and is itself under neither.
 */
export const protect: {
  <List extends Alternatives>(
    fallback: Fallback<List>,
  ): <A, E, R>(
    effect: Effect.Effect<A, E, R> & Fits<List, E>,
  ) => Effect.Effect<A | Success<List>, Failure<List, E>, R | Services<List>>
  <A, E, R, List extends Alternatives>(
    effect: Effect.Effect<A, E, R> & Fits<List, E>,
    fallback: Fallback<List>,
  ): Effect.Effect<A | Success<List>, Failure<List, E>, R | Services<List>>
} = /* @__PURE__ */ dual(2, (effect: Effected, fallback: Fallback) => through(fallenBack(fallback, given), effect))

/** Not sent as an attempt: what stands inside tells of its own, and its errors need no verdict. */
const given: Step = ({ source }) => source as Effected
