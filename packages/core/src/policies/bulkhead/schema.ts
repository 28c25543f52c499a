/**
 * The schema that defines the keys and types of a bulkhead's settings.
 */
import * as Schema from "effect/Schema"
import { duration, key, number, text } from "../../pipeline/config/forms.ts"

export const bulkhead = Schema.Struct({ name: key(text), permits: number, queue: key(number), maxWait: key(duration) })
