/**
 * How the rules about Holdfast's own errors are written: they know their cause by its name.
 */
import * as Diagnosis from "@holdfast/diagnosis/Diagnosis"

/** What a rule reads: the name of the error, and the words that came with it. */
export interface OwnFacts {
  readonly name: string
  readonly text: string
}

/** What a rule is written from. */
export interface Definition extends Omit<Diagnosis.About, "links" | "topic"> {
  /** The tags of the errors, as programs and events have them. */
  readonly names: readonly [string, ...ReadonlyArray<string>]
}

/** One rule with the names that it explains. */
export interface OwnRule extends Diagnosis.Rule<OwnFacts> {
  readonly names: ReadonlyArray<string>
}

/** Makes the rules of one topic. A name has one cause, so that it excludes every other. */
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
