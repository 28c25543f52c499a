/**
 * The default retry options, with the source of each default.
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
      meaning: "the maximum number of attempts of a call, including the first; code may also use `Infinity`",
      source: frameio,
    },
    {
      path: "retry.hintCap",
      value: written(Options.defaultHintCap),
      unit: "duration",
      meaning: "the longest hint that a retry follows",
      source: ours,
    },
    {
      path: "retry.beyondHintCap",
      value: Options.defaultBeyondHintCap,
      unit: "word",
      meaning: "what happens if a hint is too long: the call fails, or the hint is reduced to `hintCap`",
      source: ours,
    },
  ],
}
