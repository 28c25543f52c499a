/**
 * Defines the order of stages, which the type checker enforces. Stages in the wrong order cause a compile error that
 * identifies the two stages to swap.
 */

/** The stages, outermost first. */
export const order = [
  "fallback",
  "deadline",
  "retry",
  "gates",
  "hedge",
  "limits",
  "breaker",
  "timeout",
  "decode",
] as const

/** The name of a stage. */
export type StageName = (typeof order)[number]

/** The names of all stages, outermost first. */
export type Order = typeof order

/** The names of the stages that may be inside a given stage. */
export type Inside<Name extends StageName, Rest = Order> = Rest extends readonly [infer Head, ...infer Tail]
  ? Head extends Name
    ? Tail[number]
    : Inside<Name, Tail>
  : never

/** The compile error for an outer stage that cannot contain the inner stage. */
export type Misplaced<Outer extends StageName, Inner extends StageName> = Outer extends Inner
  ? `a pipeline can have only one "${Outer}", because the effects of two would multiply`
  : `"${Inner}" must come before "${Outer}"; the order is fallback, deadline, retry, gates, hedge, limits, breaker, timeout, decode`

/** A value that carries the name of a stage. */
export interface Named {
  readonly name: StageName
}

/** The stages unchanged if their order is correct; otherwise, an error message replaces the first misplaced stage. */
export type Ordered<Stages extends ReadonlyArray<Named>> = Stages extends readonly [
  infer Outer extends Named,
  infer Inner extends Named,
  ...infer Rest extends ReadonlyArray<Named>,
]
  ? Inner["name"] extends Inside<Outer["name"]>
    ? readonly [Outer, ...Ordered<readonly [Inner, ...Rest]>]
    : readonly [Outer, Misplaced<Outer["name"], Inner["name"]>, ...Rest]
  : Stages

declare const SurroundedBy: unique symbol

/**
 * Marks an effect as wrapped in a pipeline and records the names of that pipeline's stages, at the type level only.
 */
export interface Surrounded<Names extends StageName> {
  readonly [SurroundedBy]: Names
}

/**
 * The error message for the worst conflict between two pipelines. Two nested retries are reported first, because their
 * attempts multiply, which is worse than a wrong order.
 */
export type Clash<Outer extends StageName, Inner extends StageName> = "retry" extends Outer & Inner
  ? Misplaced<"retry", "retry">
  : Outer extends StageName
    ? Inner extends Inside<Outer>
      ? never
      : Misplaced<Outer, Exclude<Inner, Inside<Outer>>>
    : never

/** Accepts any effect except one that is already wrapped in a pipeline with a conflicting stage order. */
export type Surroundable<Names extends StageName, Inner> =
  Inner extends Surrounded<infer InnerNames>
    ? [Clash<Names, InnerNames>] extends [never]
      ? unknown
      : Clash<Names, InnerNames>
    : unknown
