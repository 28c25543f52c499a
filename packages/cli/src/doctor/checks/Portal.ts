/**
 * Checks whether a captive portal answers instead of the API.
 */
import * as Finding from "../Finding.ts"
import * as Health from "../Health.ts"
import type { Check } from "../Subject.ts"
import * as Subject from "../Subject.ts"

export const check: Check = {
  name: "portal",
  timeoutMs: Subject.healthMs,
  late: Finding.skipped("the API did not answer"),
  run: (subject) =>
    Subject.withHealth(subject, (health) => {
      const place = Health.failedAt(health)
      if (place === "portal") return Subject.failureOf(subject, health)
      return place === undefined || place === "api"
        ? Finding.ok("no captive portal")
        : Finding.skipped("the API did not answer")
    }),
}
