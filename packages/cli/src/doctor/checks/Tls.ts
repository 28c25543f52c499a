/**
 * Checks the TLS connection to the API.
 */
import * as Finding from "../Finding.ts"
import * as Health from "../Health.ts"
import type { Check } from "../Subject.ts"
import * as Subject from "../Subject.ts"

export const check: Check = {
  name: "tls",
  timeoutMs: Subject.healthMs,
  late: Finding.skipped("the API did not answer"),
  run: (subject) =>
    Subject.withHealth(subject, (health) => {
      if (subject.target.config.api.startsWith("http:")) return Finding.skipped("this API uses plain HTTP")
      const place = Health.failedAt(health)
      if (place === "tls") return Subject.failureOf(subject, health)
      return place === undefined || place === "api"
        ? Finding.ok("the certificate of the API is trusted")
        : Finding.skipped("the API did not answer")
    }),
}
