/**
 * The schema that defines the keys and types of a backoff's settings.
 */
import * as Schema from "effect/Schema"
import { duration, key, number, words } from "../../pipeline/config/forms.ts"

export const backoff = Schema.Struct({
  base: key(duration),
  factor: key(number),
  cap: key(duration),
  jitter: key(words("none", "equal", "full", "proportional", "additive", "decorrelated")),
})
