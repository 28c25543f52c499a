/**
 * Checks whether the API accepts the health check.
 */
import * as Finding from "../Finding.ts"
import * as Health from "../Health.ts"
import type { Check } from "../Subject.ts"
import * as Subject from "../Subject.ts"

export const check: Check = {
  name: "api",
  timeoutMs: Subject.healthMs,
  late: Finding.skipped("the API did not answer"),
  run: (subject) =>
    Subject.withHealth(subject, (health) => {
      const { api } = subject.target.config
      const place = Health.failedAt(health)
      if (place === "api") return Subject.failureOf(subject, health)
      return place === undefined ? Finding.ok(`${api} is healthy`) : Finding.skipped("the API did not answer")
    }),
}
