/**
 * The sandbox's report of a fault that it injected.
 */
import * as Schema from "effect/Schema"

/**
 * One injected fault.
 *
 * **Details**
 *
 * `at` is epoch milliseconds. `resource` distinguishes requests of one route: it is the file's name for `assets`,
 * `parts` and `chunk`, and empty elsewhere. `request` is the number of the request for that resource, counted from 1.
 * `fault` is the kind, or `unreachable` for the beginning of an outage, whose route is `*`. `message` is one line for
 * people.
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
