import { assert, describe, it } from "@effect/vitest"
import { Duration, Effect } from "effect"
import * as DurationFlag from "../../src/upload/DurationFlag.ts"

describe("durations on the command line", () => {
  it.effect("durations consist of a number with a unit", () =>
    Effect.gen(function* () {
      const cases = {
        "500ms": 500,
        "30s": 30_000,
        "30 s": 30_000,
        "1.5min": 90_000,
        "10m": 600_000,
        "2H": 7_200_000,
        "1d": 86_400_000,
        "0s": 0,
      }
      for (const [text, millis] of Object.entries(cases)) {
        assert.strictEqual(Duration.toMillis(yield* DurationFlag.parse("pair-wait", text)), millis, text)
      }
    }),
  )

  it.effect("durations are rejected if their unit is missing or unknown", () =>
    Effect.gen(function* () {
      for (const text of ["15", "", "s", "-1s", "1e3s", "10 years", "1h30", "Infinity", "NaNs", "1constructor"]) {
        const error = yield* Effect.flip(DurationFlag.parse("pair-wait", text))
        assert.strictEqual(
          error.message,
          `--pair-wait: "${text}" is not a duration with a unit; use a form such as 30s, 10min or 2h`,
        )
      }
    }),
  )
})
