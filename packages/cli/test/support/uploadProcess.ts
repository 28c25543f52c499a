/**
 * Processes of `holdfast upload`, which a test can kill.
 */
import { assert } from "@effect/vitest"
import type * as Event from "holdfast/Event"
import * as Killable from "./killable.ts"

/** Starts `holdfast upload` with the tokens and the queue in `state` below a folder. */
export const start = (folder: string, args: ReadonlyArray<string>) =>
  Killable.start(folder, ["upload", "--quiet", ...args])

/** The assets that a process created. */
export const created = (run: ReturnType<typeof start>) =>
  run.events().flatMap((event) => (event.type === "created" ? event : []))

export const summaryOf = (run: ReturnType<typeof start>): Event.Summary => {
  const last = run.events().at(-1)
  return last?.type === "summary" ? last : assert.fail(`no summary: ${run.stderr()}`)
}
