/**
 * Describes the queue of a limit in words.
 */
import { time } from "../../time/units.ts"
import type { Room } from "./places.ts"

/** Describes the queue as `, queue 100, wait ≤ 10 s`, or returns an empty string if the limit has no queue. */
export const describeRoom = ({ maxWait, queue }: Room): string =>
  queue === 0 ? "" : `, queue ${queue}${maxWait === Infinity ? "" : `, wait ≤ ${time(maxWait)}`}`
