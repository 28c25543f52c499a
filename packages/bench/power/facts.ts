/**
 * What the recorded process asked the journal to record, what the journal confirmed, and what an image contains.
 */
import type { Journal } from "@holdfast/durable"
import { Effect } from "effect"
import type { Operation } from "./trace.ts"

/** Facts, each as a line of text. */
export interface Facts {
  readonly asked: ReadonlySet<string>
  readonly confirmed: ReadonlySet<string>
}

/** Returns the facts that were noted before a point of a trace. */
export const noted = (operations: ReadonlyArray<Operation>, end: number): Facts =>
  fromLines(
    operations.slice(0, end).flatMap((operation) => (operation._tag === "note" ? operation.text.split("\n") : [])),
  )

/** Returns the facts of lines that begin with `?` (asked) or `!` (confirmed). */
export const fromLines = (lines: ReadonlyArray<string>): Facts => {
  const of = (mark: string) => new Set(lines.filter((line) => line.startsWith(mark)).map((line) => line.slice(1)))
  return { asked: of("?"), confirmed: of("!") }
}

/** Returns the facts that a journal contains. */
export const contained = (journal: Journal["Service"]) =>
  Effect.gen(function* () {
    const facts = new Set<string>()
    for (const { assetId, id, path, state } of yield* journal.list) {
      facts.add(`added ${path}`)
      if (state !== "queued") facts.add(`creating ${path}`)
      if (assetId !== undefined) facts.add(`created ${path} ${assetId}`)
      if (state === "sending" && (yield* journal.asset(id)) === undefined) facts.add(`without URLs ${path}`)
      if (state === "done") facts.add(`done ${path}`)
      for (const part of yield* journal.parts(id)) {
        facts.add(`begun ${path} ${part.index}`)
        if (part.state === "confirmed") facts.add(`part ${path} ${part.index} ${part.md5}`)
      }
    }
    return facts
  })

/** Returns what is wrong with an image. */
export const wrong = ({ asked, confirmed }: Facts, contains: ReadonlySet<string>): ReadonlyArray<string> => [
  ...[...confirmed].filter((fact) => !contains.has(fact)).map((fact) => `forgotten: ${fact}`),
  ...[...contains].filter((fact) => !asked.has(fact)).map((fact) => `never recorded: ${fact}`),
]
