/**
 * The schema of a bulkhead's settings: their keys and types.
 */
import * as Schema from "effect/Schema"
import { duration, key, number, text } from "../../pipeline/config/forms.ts"

export const bulkhead = Schema.Struct({ name: key(text), permits: number, queue: key(number), maxWait: key(duration) })
