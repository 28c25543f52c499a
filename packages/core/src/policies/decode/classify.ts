/**
 * This decode stage is for a program's existing errors. The stage adds a verdict to each error, based on the error's tag, and
 * does not otherwise change the error.
 */
import * as Effect from "effect/Effect"
import { type Classified, isClassified, type Verdict } from "../../errors/Verdict.ts"
import { reader } from "../../pipeline/InvalidPolicy.ts"
import type { Stage } from "../../pipeline/stage.ts"

/** The verdict for each tag, or a function that derives the verdict from the error. */
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

/** The tags of the errors in `E` that have neither their own verdict nor a verdict in `V`. */
export type Untold<E, V> =
  Exclude<E, Classified> extends infer Other
    ? Other extends { readonly _tag: infer Tag extends string }
      ? Tag extends keyof V
        ? never
        : Tag
      : never
    : never

/**
 * Adds a verdict to each error, based on the error's tag. The errors keep their class and tag, and they remain the same
 * objects unless they are frozen, so `catchTag` works as before.
 *
 * **When to use**
 *
 * Use this stage for existing tagged errors that do not have a `verdict`. To convert errors to other errors, use `decode`.
 *
 * **Details**
 *
 * A function can be given in place of a verdict. The function derives the verdict from the error. An error that already has a
 * verdict keeps it. The added `verdict` property is not enumerable, so logs and comparisons ignore it. An error whose tag has
 * no verdict causes a compile-time error. In untyped code, such an error causes a defect that contains the tag.
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
  build: () => {
    reader("Classify").plain("verdicts", verdicts)
    return {
      around: (inner) => (call) => Effect.mapError(inner(call), (error: unknown) => classified(verdicts, error)),
      data: () => ({ kind: "decode", data: undefined }),
    }
  },
})

/**
 * The errors whose verdict was added by a stage. Another stage can replace the verdict of these errors, because all calls may
 * share one error object.
 */
const marked = new WeakSet<object>()

/** If this function throws, the call fails with a defect. */
const classified = (verdicts: Verdicts, error: unknown): Classified => {
  if (isClassified(error) && !marked.has(error)) return error
  const tag = typeof error === "object" && error !== null && "_tag" in error ? String(error._tag) : undefined
  const found = tag !== undefined && Object.hasOwn(verdicts, tag) ? verdicts[tag] : undefined
  if (found === undefined) throw new TypeError(withoutVerdict(error, tag))
  return withVerdict(error as object, typeof found === "function" ? found(error as never) : found)
}

const withoutVerdict = (error: unknown, tag: string | undefined): string =>
  tag === undefined
    ? `Pipeline.classify requires errors with a _tag, got ${error === null ? "null" : typeof error}`
    : `Pipeline.classify has no verdict for the error "${tag}"`

const withVerdict = (error: object, value: Verdict): Classified => {
  const verdict = { value, configurable: true, writable: true, enumerable: false }
  // A frozen error becomes the prototype of its copy, so that class and tag are kept.
  const carrier = Object.isExtensible(error) || marked.has(error) ? error : (Object.create(error) as object)
  Object.defineProperty(carrier, "verdict", verdict)
  marked.add(carrier)
  return carrier as Classified
}
