/**
 * Parses durations on the command line. A duration consists of a number and a unit.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { UsageError } from "../process/PersonError.ts"

const units: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  sec: 1000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
}

/**
 * Parses the value of a flag as a duration. A number without a unit is rejected, because the unit would have to be guessed.
 */
export const parse = (flag: string, text: string): Effect.Effect<Duration.Duration, UsageError> => {
  const [, number = "", unit = ""] = /^(\d{1,9}(?:\.\d{1,3})?) ?([a-z]+)$/.exec(text.trim().toLowerCase()) ?? []
  const factor = Object.hasOwn(units, unit) ? units[unit] : undefined
  const millis = Number(number) * (factor ?? Number.NaN)
  return Number.isFinite(millis) && number !== ""
    ? Effect.succeed(Duration.millis(millis))
    : Effect.fail(
        new UsageError({
          problem: `--${flag}: "${text}" is not a duration with a unit`,
          remedy: "use a form such as 30s, 10min or 2h",
        }),
      )
}
