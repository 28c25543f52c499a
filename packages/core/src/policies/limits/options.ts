/**
 * The options that several limits share.
 */
import type * as Duration from "effect/Duration"
import type { reader } from "../../pipeline/InvalidPolicy.ts"
import type { Room } from "./places.ts"

type Reader = ReturnType<typeof reader>

/** Checks that a name is a non-empty string. */
export const checkedName = (read: Reader, name: string | undefined, otherwise: string): string => {
  if (name === undefined) return otherwise
  return typeof name === "string" && name !== "" ? name : read.refuse("name", name, "a non-empty string")
}

/** Without a queue, a call is rejected if no permit is free. */
export const defaultQueue = 0

/** Checks the queue options. By default, a limit has no queue, and the wait in a queue is unbounded. */
export const checkedRoom = (
  read: Reader,
  {
    maxWait,
    queue = defaultQueue,
  }: { readonly queue?: number | undefined; readonly maxWait?: Duration.Input | undefined },
): Room => {
  read.integer("queue", queue, { min: 0 })
  if (maxWait === undefined) return { queue, maxWait: Infinity }
  if (queue === 0) read.refuse("maxWait", maxWait, "absent without a queue")
  return { queue, maxWait: read.millis("maxWait", maxWait, { min: 0, above: true }) }
}
