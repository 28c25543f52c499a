/**
 * Measures the throughput of parts that are in flight at the same time.
 */

/**
 * The overhead of a request, expressed in bytes. A small file takes a round trip, whatever its length. Without this cost, a
 * round of small files would look like a drop in throughput.
 */
const requestCost = 256 * 1024

/** The attempts that started at one limit and have ended. */
export interface Round {
  ended: number
  work: number
  /** The sum of the durations of the attempts, in milliseconds. */
  time: number
}

export const make = (): Round => ({ ended: 0, work: 0, time: 0 })

/** Adds an attempt. Without `bytes`, the attempt failed. */
export const add = (round: Round, bytes: number | undefined, duration: number): void => {
  round.ended++
  if (bytes !== undefined) round.work += bytes + requestCost
  round.time += duration
}

/**
 * Returns the throughput with `inFlight` parts at the same time, in bytes per millisecond.
 *
 * **Details**
 *
 * This is the rate of one part times the number of parts. Counting the bytes that were confirmed within a time would be less
 * precise, because parts begin before that time and end after it.
 */
export const throughput = ({ time, work }: Round, inFlight: number): number => (work / time) * inFlight
