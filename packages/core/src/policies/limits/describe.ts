/**
 * The queue of a limit in words.
 */
import { time } from "../../time/units.ts"
import type { Room } from "./places.ts"

/** `, queue 100, wait ≤ 10 s`; nothing where there is no queue. */
export const describeRoom = ({ maxWait, queue }: Room): string =>
  queue === 0 ? "" : `, queue ${queue}${maxWait === Infinity ? "" : `, wait ≤ ${time(maxWait)}`}`
