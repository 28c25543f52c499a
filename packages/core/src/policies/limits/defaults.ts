/**
 * The defaults that limits share, each with its source.
 */
import type { Option } from "../defaults.ts"
import { defaultQueue } from "./options.ts"

/** The options of a queue; `policy` is the key of the limit among the settings. */
export const queue = (policy: string): ReadonlyArray<Option> => [
  { path: `${policy}.queue`, value: defaultQueue, meaning: "how many more may wait", source: "Polly, resilience4j" },
  { path: `${policy}.maxWait`, meaning: "how long they may wait", source: "the deadline is the bound" },
]
