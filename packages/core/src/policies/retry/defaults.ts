/**
 * The defaults of retries, each with its source.
 */
import { frameio, ours, written, type Table } from "../defaults.ts"
import * as Options from "./options.ts"

export const table: Table = {
  least: { retry: {} },
  options: [
    {
      path: "retry.attempts",
      value: Options.defaultAttempts,
      unit: "attempts",
      meaning: "attempts of a call, including the first; code may also use `Infinity`",
      source: frameio,
    },
    {
      path: "retry.hintCap",
      value: written(Options.defaultHintCap),
      unit: "duration",
      meaning: "the longest hint that is obeyed",
      source: ours,
    },
    {
      path: "retry.beyondHintCap",
      value: Options.defaultBeyondHintCap,
      unit: "word",
      meaning: "what a longer hint does: end the call, or wait for `hintCap`",
      source: ours,
    },
  ],
}
