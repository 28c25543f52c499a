/**
 * Checks whether a connection to the API is established.
 */
import * as Finding from "../Finding.ts"
import * as Health from "../Health.ts"
import type { Check } from "../Subject.ts"
import * as Subject from "../Subject.ts"

export const check: Check = {
  name: "network",
  timeoutMs: Subject.healthMs,
  late: Finding.problem("temporary", "the API did not answer in 20 s", "check the network, then run the command again"),
  run: (subject) =>
    Subject.withHealth(subject, (health) => {
      const place = Health.failedAt(health)
      if (place === "dns") return Finding.skipped("a name cannot be resolved")
      if (place === "network") return Subject.failureOf(subject, health)
      const tookMs = Math.round(health.tookMs)
      return Finding.ok(`an answer after ${tookMs} ms`, { tookMs })
    }),
}
