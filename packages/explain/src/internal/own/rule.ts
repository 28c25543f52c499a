/**
 * Builds the rules for Holdfast's own errors. They recognize their cause by the error's name.
 */
import * as Diagnosis from "@holdfast/diagnosis/Diagnosis"

/** The input of a rule: the name of the error and its message. */
export interface OwnFacts {
  readonly name: string
  readonly text: string
}

/** The definition of a rule. */
export interface Definition extends Omit<Diagnosis.About, "links" | "topic"> {
  /** The tags of the errors, as programs and events name them. */
  readonly names: readonly [string, ...ReadonlyArray<string>]
}

/** One rule with the names that it explains. */
export interface OwnRule extends Diagnosis.Rule<OwnFacts> {
  readonly names: ReadonlyArray<string>
}

/** Builds the rules of one topic. Each name has one cause, so it excludes every other cause. */
export const topic =
  (name: string, link: string) =>
  ({ names, ...about }: Definition): OwnRule => ({
    ...about,
    names,
    topic: name,
    links: [link],
    rivals: [],
    soleCause: link,
    find: (facts) =>
      names.includes(facts.name)
        ? Diagnosis.found({
            confidence: "certain",
            detail: `Holdfast reported ${facts.name}.`,
            evidence: [{ at: "failure", name: "error", observed: facts.text }],
          })
        : undefined,
  })
