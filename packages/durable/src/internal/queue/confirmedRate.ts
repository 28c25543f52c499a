/**
 * Measures the throughput of parts that are in flight at the same time.
 */

/**
 * The overhead of a request, expressed in bytes. A small file takes a round trip, whatever its length. Without this cost, a
 * round of small files would look like a drop in throughput.
 */
const requestCost = 256 * 1024

/** The length of a part that takes a whole permit, and the smallest weight: a permit admits four parts of up to 256 KiB. */
const wholePermit = 1024 * 1024
const smallestWeight = 1 / 4

/**
 * Returns the share of a permit that a part takes.
 *
 * **Details**
 *
 * Most of the time of a small part is its round trip, so a few of them at once do not fill a link, and a kill loses little.
 */
export const weight = (bytes: number): number => Math.min(1, Math.max(smallestWeight, bytes / wholePermit))

/** The attempts that started at one limit and have ended. */
export interface Round {
  /** The sum of the weights of the attempts. */
  ended: number
  /** The bytes that were confirmed, and the cost of their requests, each times the weight of its part. */
  work: number
  /** The durations of the attempts, in milliseconds, each times the weight of its part. */
  time: number
}

export const make = (): Round => ({ ended: 0, work: 0, time: 0 })

/** Adds an attempt at a part of `bytes` bytes. */
export const add = (round: Round, bytes: number, isConfirmed: boolean, duration: number): void => {
  const share = weight(bytes)
  round.ended += share
  if (isConfirmed) round.work += (bytes + requestCost) * share
  round.time += duration * share
}

/**
 * Returns the throughput with `inFlight` permits in use at the same time, in bytes per millisecond.
 *
 * **Details**
 *
 * This is the average rate of a part times the number of permits. Weights apply to bytes and times alike, because parts that
 * share a link have the same rate, whatever their length. Counting the bytes that were confirmed within a time would be less
 * precise, because parts begin before that time and end after it.
 */
export const throughput = ({ time, work }: Round, inFlight: number): number => (work / time) * inFlight
