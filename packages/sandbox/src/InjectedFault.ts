/**
 * Describes a fault that the sandbox injected.
 */
import * as Schema from "effect/Schema"

/**
 * One injected fault.
 *
 * **Details**
 *
 * `at` is the time in milliseconds since the epoch. `resource` distinguishes requests on the same route. It is the file name
 * for `assets`, `parts` and `chunk`, and empty for other routes. `request` is the number of the request for this resource,
 * counted from
 * 1. `fault` is the kind, or `unreachable` for the start of an outage, whose route is `*`. `message` is a human-readable
 * line.
 */
export const InjectedFault = Schema.Struct({
  at: Schema.Int,
  route: Schema.String,
  resource: Schema.String,
  chunk: Schema.optionalKey(Schema.Int),
  request: Schema.Int,
  fault: Schema.String,
  message: Schema.String,
})
export type InjectedFault = typeof InjectedFault.Type
