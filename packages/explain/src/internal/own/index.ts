/**
 * Defines the rule set for Holdfast's own errors. These errors are not caused by an exchange; their names appear in events
 * and logs.
 */
import * as Verdict from "@holdfast/core/Verdict"
import * as Diagnosis from "@holdfast/diagnosis/Diagnosis"
import type { Exchange } from "@holdfast/diagnosis/Exchange"
import { file } from "./file.ts"
import { policy } from "./policy.ts"
import type { OwnFacts, OwnRule } from "./rule.ts"
import { session } from "./session.ts"
import { upload } from "./upload.ts"

const rules: ReadonlyArray<OwnRule> = [...file, ...upload, ...session, ...policy]

const byName = new Map(rules.flatMap((rule) => rule.names.map((name) => [name, rule] as const)))

const factsOf = ({ failure, response }: Exchange): OwnFacts | undefined => {
  const name = /^[A-Za-z0-9]{4,40}/.exec(failure ?? "")?.[0]
  return response === undefined && failure !== undefined && name !== undefined && byName.has(name)
    ? { name, text: failure }
    : undefined
}

/** Recognizes a Holdfast error by its name at the start of the failure. */
export const ruleSet: Diagnosis.RuleSet = Diagnosis.ruleSet<OwnFacts>({
  system: "own",
  vocabulary: {},
  rules,
  read: (exchange) => {
    const facts = factsOf(exchange)
    if (facts === undefined) return undefined
    return {
      facts,
      vendor: { system: "holdfast", status: 0, code: facts.name, message: facts.text, fields: {}, unanswered: true },
      answeredBy: "Holdfast itself",
      verdict: Verdict.never({ change: byName.get(facts.name)?.change ?? "nothing" }),
      succeeded: false,
    }
  },
})

/**
 * Returns a minimal exchange that contains the name of a Holdfast error. The name must be spelled exactly as programs write
 * it.
 */
export const ofCode = (word: string): Exchange | undefined => (byName.has(word) ? { failure: word } : undefined)
