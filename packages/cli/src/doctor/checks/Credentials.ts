/**
 * Checks whether the credentials of the integration are set. The check does not print them.
 */
import * as Effect from "effect/Effect"
import * as Finding from "../Finding.ts"
import type { Check } from "../Subject.ts"
import * as Subject from "../Subject.ts"

export const check: Check = {
  name: "credentials",
  timeoutMs: Subject.localMs,
  late: Finding.skipped("the environment cannot be read"),
  run: ({ missing, target }) =>
    Effect.succeed(
      missing === undefined
        ? Finding.ok(`the credentials for ${target.host} are known`)
        : Finding.problem(
            missing.outcome,
            missing.problem,
            "set HOLDFAST_CLIENT_ID and HOLDFAST_CLIENT_SECRET to the credentials of your integration",
          ),
    ),
}
