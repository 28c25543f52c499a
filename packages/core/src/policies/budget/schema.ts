/**
 * The schema that defines the keys and types of a budget's settings.
 */
import * as Schema from "effect/Schema"
import { duration, key, number, text } from "../../pipeline/config/forms.ts"

const kinds = { expected: '"tokenBucket" or "ratio" or "unlimited"' }

export const budget = Schema.Union([
  Schema.Struct({
    kind: key(Schema.Literal("tokenBucket").annotate(kinds)),
    name: key(text),
    capacity: key(number),
    cost: key(number),
    throttledCost: key(number),
    reward: key(number),
  }),
  Schema.Struct({
    kind: Schema.Literal("ratio").annotate(kinds),
    name: key(text),
    percent: key(number),
    window: key(duration),
    floor: key(number),
  }),
  Schema.Struct({ kind: Schema.Literal("unlimited").annotate(kinds) }),
])
