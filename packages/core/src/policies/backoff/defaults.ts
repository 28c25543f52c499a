/**
 * The defaults of a backoff, each with its source.
 */
import { frameio, ours, written, type Option } from "../defaults.ts"
import * as Options from "./options.ts"

/** The options below `retry.backoff`. */
export const options: ReadonlyArray<Option> = [
  {
    path: "retry.backoff.base",
    value: written(Options.guide.base),
    meaning: "the delay before the first retry",
    source: frameio,
  },
  {
    path: "retry.backoff.factor",
    value: Options.guide.factor,
    meaning: "how much longer each delay is",
    source: frameio,
  },
  { path: "retry.backoff.cap", value: written(Options.guide.cap), meaning: "the longest delay", source: frameio },
  {
    path: "retry.backoff.jitter",
    value: Options.defaultJitter,
    meaning: "how a delay becomes a wait",
    source: `${ours}: see [the jitters](#how-to-change-it)`,
  },
]
