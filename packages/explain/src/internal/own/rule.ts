/**
 * Builds the rules for Holdfast's own errors. Each rule recognizes its cause by the name of the error.
 */
import * as Diagnosis from "@holdfast/diagnosis/Diagnosis"

/** The input of a rule: the error's name and message. */
export interface OwnFacts {
  readonly name: string
  readonly text: string
}

/** The definition of a rule for Holdfast's own errors. */
export interface Definition extends Omit<Diagnosis.About, "links" | "topic"> {
  /** The tags of the errors, in the form that programs and events use. */
  readonly names: readonly [string, ...ReadonlyArray<string>]
}

/** A rule, together with the names of the errors that it explains. */
export interface OwnRule extends Diagnosis.Rule<OwnFacts> {
  readonly names: ReadonlyArray<string>
}

/** Builds the rules for one topic. Each error name has only one cause, so a matching name excludes every other cause. */
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
