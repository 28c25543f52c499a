/**
 * The schema of a throttle's settings, which defines their keys and types.
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
