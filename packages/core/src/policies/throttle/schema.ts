/**
 * The settings of a throttle: which keys there are, and of which type.
 */
import * as Schema from "effect/Schema"
import { duration, key, number, text } from "../../pipeline/config/forms.ts"

export const throttle = Schema.Struct({
  name: key(text),
  window: key(duration),
  k: key(number),
  minimum: key(number),
  maxRejection: key(number),
})
