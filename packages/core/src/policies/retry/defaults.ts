/**
 * The defaults of retries, each with its source.
 */
import * as Backoff from "../backoff/defaults.ts"
import { frameio, ours, written, type Table } from "../defaults.ts"
import * as Options from "./options.ts"

export const table: Table = {
  least: { retry: {} },
  options: [
    {
      path: "retry.attempts",
      value: Options.defaultAttempts,
      meaning: "how often a call is sent in all",
      source: frameio,
    },
    ...Backoff.options,
    {
      path: "retry.hintCap",
      value: written(Options.defaultHintCap),
      meaning: "the longest wait that a server can ask for",
      source: ours,
    },
    {
      path: "retry.beyondHintCap",
      value: Options.defaultBeyondHintCap,
      meaning: "what a longer hint does: `fail`, or `clamp` to the cap",
      source: ours,
    },
  ],
}
