/**
 * The schema of the retry settings, which defines their keys and types.
 */
import * as Schema from "effect/Schema"
import { duration, key, number, words } from "../../pipeline/config/forms.ts"
import { backoff } from "../backoff/schema.ts"

export const retry = Schema.Struct({
  attempts: key(number),
  backoff: key(backoff),
  hintCap: key(duration),
  beyondHintCap: key(words("fail", "clamp")),
})
