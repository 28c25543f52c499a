/**
 * The schema of a hedge's settings, which defines their keys and types.
 */
import * as Schema from "effect/Schema"
import { durationForm } from "../../pipeline/config/durationForm.ts"
import { boolean, duration, key, number } from "../../pipeline/config/forms.ts"

export const hedge = Schema.Struct({
  delay: Schema.Union([
    duration,
    Schema.Struct({
      percentile: number,
      min: key(duration),
      max: key(duration),
      initial: key(duration),
      window: key(duration),
    }),
  ]).annotate({ expected: `a duration, ${durationForm}, or an object with a percentile` }),
  max: key(number),
  afterFailure: key(boolean),
})
