/**
 * The defaults of a backoff, each with its source.
 */
import { frameio, ours, written, type Table } from "../defaults.ts"
import * as Options from "./options.ts"

export const table: Table = {
  least: { retry: {} },
  options: [
    {
      path: "retry.backoff.base",
      value: written(Options.guide.base),
      unit: "duration",
      meaning: "the delay before the first retry",
      source: frameio,
    },
    {
      path: "retry.backoff.factor",
      value: Options.guide.factor,
      unit: "factor",
      meaning: "the factor by which each delay grows",
      source: frameio,
    },
    {
      path: "retry.backoff.cap",
      value: written(Options.guide.cap),
      unit: "duration",
      meaning: "the longest delay; at least `base`",
      source: frameio,
    },
    {
      path: "retry.backoff.jitter",
      value: Options.defaultJitter,
      unit: "word",
      meaning: "how a delay becomes a wait: see [jitter](#jitter)",
      source: ours,
    },
  ],
}
