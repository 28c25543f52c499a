/**
 * Describes the queue of a limit in words.
 */
import { time } from "../../time/units.ts"
import type { Room } from "./places.ts"

/** Describes the queue, `, queue 100, wait ≤ 10 s`; empty if there is none. */
export const describeRoom = ({ maxWait, queue }: Room): string =>
  queue === 0 ? "" : `, queue ${queue}${maxWait === Infinity ? "" : `, wait ≤ ${time(maxWait)}`}`
