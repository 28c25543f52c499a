/**
 * The options that several limits share.
 */
import type * as Duration from "effect/Duration"
import * as Option from "../../pipeline/options/option.ts"
import type { Room } from "./places.ts"

/** Checks that a name is a non-empty string. */
export const checkedName = (policy: string, name: string | undefined, otherwise: string): string => {
  if (name === undefined) return otherwise
  return typeof name === "string" && name !== "" ? name : Option.refuse(policy, "name", name, "a non-empty string")
}

/** Without a queue, a call is rejected if no permit is free. */
export const defaultQueue = 0

/** Checks the queue options. By default, a limit has no queue, and the wait in a queue is unbounded. */
export const checkedRoom = (
  policy: string,
  {
    maxWait,
    queue = defaultQueue,
  }: { readonly queue?: number | undefined; readonly maxWait?: Duration.Input | undefined },
): Room => {
  Option.integer(policy, "queue", queue, { min: 0 })
  if (maxWait === undefined) return { queue, maxWait: Infinity }
  if (queue === 0) Option.refuse(policy, "maxWait", maxWait, "absent without a queue")
  return { queue, maxWait: Option.millis(policy, "maxWait", maxWait, { min: 0, above: true }) }
}
