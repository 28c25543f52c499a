/**
 * The one order of stages, checked by types: what stands in the wrong place does not compile, and the error says which
 * two have to change places.
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

/** The names that may stand inside of a name. */
export type Inside<Name extends StageName, Rest = Order> = Rest extends readonly [infer Head, ...infer Tail]
  ? Head extends Name
    ? Tail[number]
    : Inside<Name, Tail>
  : never

/** What is said of two stages that cannot stand one inside of the other. */
export type Misplaced<Outer extends StageName, Inner extends StageName> = Outer extends Inner
  ? `a pipeline has one "${Outer}": two of them multiply`
  : `"${Inner}" has to stand before "${Outer}"; the order is fallback, deadline, retry, gates, hedge, limits, breaker, timeout, decode`

/** Anything with the name of a stage. */
export interface Named {
  readonly name: StageName
}

/** The stages as they are where their order is right; else the first wrong one is a sentence. */
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

/** Marks what a pipeline surrounds already, in types only, with the names of the pipeline's stages. */
export interface Surrounded<Names extends StageName> {
  readonly [SurroundedBy]: Names
}

/** One sentence about the worst of the clashes: two retries multiply, which is worse than any wrong order. */
export type Clash<Outer extends StageName, Inner extends StageName> = "retry" extends Outer & Inner
  ? Misplaced<"retry", "retry">
  : Outer extends StageName
    ? Inner extends Inside<Outer>
      ? never
      : Misplaced<Outer, Exclude<Inner, Inside<Outer>>>
    : never

/** Anything may be surrounded that no pipeline surrounds whose stages would then stand in the wrong place. */
export type Surroundable<Names extends StageName, Inner> =
  Inner extends Surrounded<infer InnerNames>
    ? [Clash<Names, InnerNames>] extends [never]
      ? unknown
      : Clash<Names, InnerNames>
    : unknown
