/**
 * Checks the version of Node.
 */
import * as Effect from "effect/Effect"
import * as Finding from "../Finding.ts"
import { Machine } from "../Machine.ts"
import type { Check } from "../Subject.ts"
import * as Subject from "../Subject.ts"

/** The oldest version that Effect supports, as `engines` of the manifest states. */
const oldest = [22, 19] as const

export const check: Check = {
  name: "node",
  timeoutMs: Subject.localMs,
  late: Finding.skipped("the version is unknown"),
  run: () =>
    Effect.map(Machine, ({ nodeVersion }) => {
      const [major = 0, minor = 0] = nodeVersion.split(".").map(Number)
      const isSupported = major > oldest[0] || (major === oldest[0] && minor >= oldest[1])
      const needed = oldest.join(".")
      return isSupported
        ? Finding.ok(`Node ${nodeVersion}`, { version: nodeVersion })
        : Finding.problem("local", `Node ${nodeVersion} is older than ${needed}`, `install Node ${needed} or newer`, {
            version: nodeVersion,
          })
    }),
}
