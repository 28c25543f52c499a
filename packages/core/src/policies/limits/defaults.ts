/**
 * The default options that limits share, with the source of each default.
 */
import type { Option } from "../defaults.ts"
import { defaultQueue } from "./options.ts"

/** The options of a queue. `policy` is the limit's key in the settings. */
export const queue = (policy: string): ReadonlyArray<Option> => [
  {
    path: `${policy}.queue`,
    value: defaultQueue,
    unit: "calls",
    meaning: "how many calls may queue for a permit",
    source: "Polly, resilience4j",
  },
  {
    path: `${policy}.maxWait`,
    unit: "duration",
    meaning: "how long a call may queue; requires `queue`",
    source: "limited by the deadline",
  },
]
