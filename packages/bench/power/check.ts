/**
 * Opens the journal of an image, and compares it with what was noted.
 */
import { Journal } from "@holdfast/durable"
import { Cause, Effect, Exit } from "effect"
import * as Facts from "./facts.ts"

/** Where a journal is, and whether it was damaged before the power failed. */
export interface Place {
  readonly directory: string
  readonly marks: string
  readonly damaged?: boolean
}

/** Returns what is wrong with the journal in a folder. The journal must also have an owner again. */
export const check = async (
  { damaged: expected = false, directory, marks }: Place,
  facts: Facts.Facts,
): Promise<ReadonlyArray<string>> => {
  const exit = await Effect.runPromiseExit(
    Effect.gen(function* () {
      const journal = yield* Journal
      const { damaged, damagedParts } = journal.opening
      const found = Facts.wrong(facts, yield* Facts.contained(journal))
      yield* journal.own
      const broken = [
        ...(damaged === undefined || expected ? [] : ["the journal is damaged"]),
        ...(damagedParts === 0 ? [] : [`${damagedParts} damaged parts`]),
      ]
      return [...broken, ...found]
    }).pipe(Effect.scoped, Effect.provide(Journal.layer({ directory, marks }))),
  )
  return Exit.isSuccess(exit) ? exit.value : [`the journal cannot be opened: ${Cause.pretty(exit.cause)}`]
}
