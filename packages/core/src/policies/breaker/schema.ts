/**
 * The schema that defines the keys and types of a breaker's settings.
 */
import * as Schema from "effect/Schema"
import { durationForm } from "../../pipeline/config/durationForm.ts"
import { boolean, duration, key, number, text } from "../../pipeline/config/forms.ts"

export const breaker = Schema.Struct({
  name: key(text),
  consecutive: key(number),
  window: key(
    Schema.Struct({
      calls: key(number),
      duration: key(duration),
      failureRate: key(number),
      minimumCalls: key(number),
      slowCall: key(Schema.Struct({ over: duration, rate: number })),
    }),
  ),
  open: key(
    Schema.Union([duration, Schema.Struct({ base: duration, factor: key(number), cap: key(duration) })]).annotate({
      expected: `a duration, ${durationForm}, or an object with base, factor and cap`,
    }),
  ),
  maxOpen: key(duration),
  probes: key(number),
  successThreshold: key(number),
  probeLease: key(duration),
  ramp: key(Schema.Struct({ over: duration, from: number })),
  dryRun: key(boolean),
})
