/**
 * The settings of a bulkhead: which keys there are, and of which type.
 */
import * as Schema from "effect/Schema"
import { duration, key, number, text } from "../../pipeline/config/forms.ts"

export const bulkhead = Schema.Struct({ name: key(text), permits: number, queue: key(number), maxWait: key(duration) })
