/**
 * Limits the files at once until the storage has confirmed a part.
 */

/**
 * How long the first file may take until its first part is confirmed, in milliseconds, before other files begin: 30 min,
 * twice the time that a chunk of 20 MB needs at 22 KB/s. If the storage rejects the first file's parts or cannot be reached,
 * one asset is then left behind instead of one for each file. The limit matters only if reading the first file hangs.
 */
const patience = 1_800_000

/** The number of tiny files ahead, for each file at once: opening, creating and recording a tiny file take longer than its part. */
const aheadOfEach = 3

/** How many files may run at once, and how many more tiny ones. */
export interface Limits {
  readonly files: number
  readonly ahead: number
}

/** Creates the state of a drain. Times are in milliseconds on the monotonic clock. */
export const make = (files: number) => {
  let isProven = false
  let endsAt = Number.POSITIVE_INFINITY
  return {
    /** Records a confirmed part. Returns whether it is the first one. */
    confirm: (): boolean => {
      const isFirst = !isProven
      isProven = true
      return isFirst
    },
    /** Returns the limits, and starts to wait for the first file if none is running. */
    limits: (now: number, isRunning: boolean): Limits => {
      if (!isRunning) endsAt = now + patience
      // With one file at once, a file ahead would share its permit and delay its end.
      return { files: isProven || now >= endsAt ? files : 1, ahead: isProven && files > 1 ? aheadOfEach * files : 0 }
    },
    /** When the limits rise even if no part is confirmed. */
    dueAt: (now: number): number => (isProven || endsAt <= now ? Number.POSITIVE_INFINITY : endsAt),
  }
}
