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
      meaning: "the factor by which the delay grows with each retry",
      source: frameio,
    },
    {
      path: "retry.backoff.cap",
      value: written(Options.guide.cap),
      unit: "duration",
      meaning: "the maximum delay; at least `base`",
      source: frameio,
    },
    {
      path: "retry.backoff.jitter",
      value: Options.defaultJitter,
      unit: "word",
      meaning: "how jitter turns a delay into a wait: see [jitter](#jitter)",
      source: ours,
    },
  ],
}
