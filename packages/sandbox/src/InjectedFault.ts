/**
 * A fault that was injected, as the sandbox reports it.
 */
import * as Schema from "effect/Schema"

/**
 * One injected fault.
 *
 * **Details**
 *
 * `at` is epoch milliseconds. `resource` tells requests of one route apart: a file's name for `assets`, `parts` and
 * `chunk`, nothing elsewhere. `request` is the how-manieth request of that resource met it, counted from 1. `fault` is the
 * kind, or `unreachable` for the beginning of an outage, whose route is `*`. `message` is one line for people.
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
