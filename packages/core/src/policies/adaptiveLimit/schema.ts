/**
 * The schema of an adaptive limit's settings: their keys and types.
 */
import * as Schema from "effect/Schema"
import { duration, key, number, text, words } from "../../pipeline/config/forms.ts"

export const adaptiveLimit = Schema.Struct({
  name: key(text),
  algorithm: key(words("gradient", "aimd")),
  min: key(number),
  max: key(number),
  initial: key(number),
  maxHealthy: key(duration),
  maxDrift: key(number),
  queue: key(number),
  maxWait: key(duration),
})
