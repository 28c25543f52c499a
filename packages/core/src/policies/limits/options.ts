/**
 * The options that limits share.
 */
import type * as Duration from "effect/Duration"
import type { reader } from "../../pipeline/InvalidPolicy.ts"
import type { Room } from "./places.ts"

type Reader = ReturnType<typeof reader>

/** A name is a text that is not empty. */
export const checkedName = (read: Reader, name: string | undefined, otherwise: string): string => {
  if (name === undefined) return otherwise
  return typeof name === "string" && name !== "" ? name : read.refuse("name", name, "a non-empty string")
}

/** Without a queue, a call that finds no place is rejected. */
export const defaultQueue = 0

/** The queue: none by default, and no bound on waiting in it. */
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
