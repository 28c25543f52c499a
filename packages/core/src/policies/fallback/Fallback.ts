/**
 * Recovers from a failed call by calling another service, or by returning an older response or a fixed value.
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
 * Handles every error by running another effect.
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

/** Handles every error by returning a fixed value. */
export const value = <A>(value: A): Fallback<readonly [Alternative<A, never, never, unknown, unknown, unknown>]> =>
  to(() => Effect.succeed(value))

/** One or more error tags. */
export type Tags<Tag extends string> = Tag | readonly [Tag, ...ReadonlyArray<Tag>]

/**
 * Handles the errors that have one of the given tags, or that a predicate accepts, by running another effect.
 *
 * **Details**
 *
 * Errors that the tags or the refinement match are removed from the error type. A plain predicate does not remove any errors
 * from the error type, because the predicate can reject any error.
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
 * Combines alternatives. Each alternative is tried if the previous one failed or did not handle the error.
 *
 * **Details**
 *
 * The first alternative receives the error from the call, and each later alternative receives the error from the one before
 * it. The last error carries the attempts of the call and of all alternatives. To read the attempts, use: `Timeline.of`.
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
 * Runs an effect with a fallback, outside a pipeline.
 *
 * **Details**
 *
 * Interruptions and defects never trigger a fallback. In a pipeline, the fallback is the outermost stage. The fallback runs
 * after the last attempt has failed or the deadline has passed. Retries and the deadline do not apply to the fallback.
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

/**
 * Returns the effect without counting it as an attempt. Inner pipelines report their own attempts, and errors from the effect
 * do not need a verdict.
 */
const given: Step = ({ source }) => source as Effected
