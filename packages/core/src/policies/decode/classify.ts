/**
 * The decode stage for errors that a program has already: gives each a verdict by its tag, and leaves it the error it was.
 */
import * as Effect from "effect/Effect"
import { type Classified, isClassified, type Verdict } from "../../errors/Verdict.ts"
import type { Stage } from "../../pipeline/stage.ts"

/** The verdict of each tag, or a function that derives it from the error. */
export interface Verdicts {
  readonly [tag: string]: Verdict | ((error: never) => Verdict)
}

/** A stage that adds verdicts to errors. */
export interface Classify<out V extends Verdicts> extends Stage<"decode", never> {
  readonly verdicts: V
}

/** The errors that have a verdict in `V`. */
export type Tagged<V extends Verdicts> = {
  [Tag in keyof V & string]: { readonly _tag: Tag } & (V[Tag] extends (error: infer E) => Verdict ? E : unknown)
}[keyof V & string]

/** The tags of `E` that have no verdict: not their own, and not in `V`. */
export type Untold<E, V> =
  Exclude<E, Classified> extends infer Other
    ? Other extends { readonly _tag: infer Tag extends string }
      ? Tag extends keyof V
        ? never
        : Tag
      : never
    : never

/**
 * Gives errors a verdict by their tag. They stay the same objects of the same classes, so `catchTag` works as before.
 *
 * **When to use**
 *
 * Use it for tagged errors that were written before the pipeline and have no `verdict`. To turn errors into others, use `decode`.
 *
 * **Details**
 *
 * A function in place of a verdict derives it from the error. An error that brings a verdict of its own keeps it. The verdict
 * is a property that logs and comparisons do not see (`verdict`, not enumerable). An error whose tag has no verdict does not
 * compile; from untyped code it is a defect that names the tag.
 *
 * **Example**
 *
 * ```ts
 * Pipeline.classify({
 *   ConnectionLost: Verdict.always(),
 *   HttpError: (error: HttpError) => Verdict.withStatus(Verdict.always(), error.status),
 *   InvalidInput: Verdict.never(),
 * })
 * ```
 */
export const classify = <const V extends Verdicts>(verdicts: V): Classify<V> => ({
  name: "decode",
  verdicts,
  build: () => ({
    around: (inner) => (call) => Effect.mapError(inner(call), (error: unknown) => classified(verdicts, error)),
    data: () => ({ kind: "decode", data: undefined }),
    parts: {},
  }),
})

/** The errors whose verdict comes from a stage, which another stage may replace: an error may be one object for all calls. */
const marked = new WeakSet<object>()

/** What this throws is a defect of the call. */
const classified = (verdicts: Verdicts, error: unknown): Classified => {
  if (isClassified(error) && !marked.has(error)) return error
  const tag = typeof error === "object" && error !== null && "_tag" in error ? String(error._tag) : undefined
  const found = tag !== undefined && Object.hasOwn(verdicts, tag) ? verdicts[tag] : undefined
  if (found === undefined) throw new TypeError(withoutVerdict(error, tag))
  return withVerdict(error as object, typeof found === "function" ? found(error as never) : found)
}

const withoutVerdict = (error: unknown, tag: string | undefined): string =>
  tag === undefined
    ? `Pipeline.classify needs errors with a _tag, got ${error === null ? "null" : typeof error}`
    : `Pipeline.classify has no verdict for the error "${tag}"`

const withVerdict = (error: object, value: Verdict): Classified => {
  const verdict = { value, configurable: true, writable: true, enumerable: false }
  // A frozen error is its own copy's prototype, so that its class and its tag stay.
  const carrier = Object.isExtensible(error) || marked.has(error) ? error : (Object.create(error) as object)
  Object.defineProperty(carrier, "verdict", verdict)
  marked.add(carrier)
  return carrier as Classified
}
