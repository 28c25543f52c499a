/**
 * Selects the files that run at once.
 */

/** The length of a part, in bytes. A file with more than one part of this length is large. */
export const partLength = 32 * 1024 * 1024

/**
 * The length of a tiny file, in bytes: at 10 MiB/s, it is sent in half a second, so that the request that creates its asset
 * takes a noticeable share of its time.
 */
export const tinyLength = 5 * 1024 * 1024

/** The number of lanes that large files leave to small ones. */
const reserved = 2

/** The default number of files that run at once. */
export const defaultFiles = 8

/** The number of crashes from which a file runs alone. */
export const suspectCrashes = 2

/** A file that waits or runs. */
export interface Job {
  readonly id: string
  /** In bytes. */
  readonly bytes: number
  readonly priority: number
  /** The file's position in the order in which the files were added. */
  readonly seq: number
  /** How many times the process stopped while it was sending this file and had made no progress. */
  readonly crashes: number
}

/** How the length of a file compares with the length of a part. */
type Size = "tiny" | "small" | "large"

export const sizeOf = ({ bytes }: Pick<Job, "bytes">): Size =>
  bytes <= tinyLength ? "tiny" : bytes <= partLength ? "small" : "large"

/** Whether the file may be the one that stops the process. */
export const isSuspect = ({ crashes }: Pick<Job, "crashes">): boolean => crashes >= suspectCrashes

/** Sorts by crashes ascending, then by priority descending, then by sequence ascending. */
export const order = (
  a: Pick<Job, "crashes" | "priority" | "seq">,
  b: Pick<Job, "crashes" | "priority" | "seq">,
): number => a.crashes - b.crashes || b.priority - a.priority || a.seq - b.seq

/** The number of large files that may run at once. */
export const largeLanes = (files: number): number => Math.max(1, files - reserved)

/** Keeps the first `most` jobs in order. Sorting 10 000 waiting jobs at each start would take more time. */
const keep = <J extends Job>(first: Array<J>, job: J, most: number): void => {
  if (most <= 0) return
  const last = first.at(-1)
  if (first.length >= most && last !== undefined && order(job, last) >= 0) return
  const at = first.findIndex((other) => order(job, other) < 0)
  first.splice(at < 0 ? first.length : at, 0, job)
  if (first.length > most) first.pop()
}

/**
 * Returns the waiting files that may start now.
 *
 * **Details**
 *
 * At most `files` files run at once. Of these, at most `files - 2` are large, but at least one. Two lanes therefore stay free
 * for small files while large ones take hours. Beside them, up to `ahead` tiny files may run: their assets are created while
 * the parts of other files are sent, so that a part is ready for each permit. A file with two or more crashes runs alone and
 * after all others: it starts when nothing runs and only such files wait, and nothing starts while it runs. Such a file cannot
 * stop the process in the middle of another file.
 */
export const next = <J extends Job>(
  waiting: Iterable<J>,
  running: ReadonlyArray<Pick<Job, "bytes" | "crashes">>,
  files: number = defaultFiles,
  ahead = 0,
): ReadonlyArray<J> => {
  if (running.some(isSuspect)) return []
  const sizes = running.map(sizeOf)
  const count = (size: Size) => sizes.filter((other) => other === size).length
  const runningAhead = Math.min(ahead, count("tiny"))
  const free = Math.max(0, files - (running.length - runningAhead))
  const freeTiny = free + ahead - runningAhead
  if (freeTiny === 0) return []
  const freeLarge = Math.min(free, largeLanes(files) - count("large"))
  const first: Record<Size, Array<J>> = { tiny: [], small: [], large: [] }
  const most: Record<Size, number> = { tiny: freeTiny, small: free, large: freeLarge }
  const suspects: Array<J> = []
  let others = false
  for (const job of waiting) {
    if (isSuspect(job)) {
      keep(suspects, job, 1)
      continue
    }
    others = true
    const size = sizeOf(job)
    keep(first[size], job, most[size])
  }
  if (!others) return running.length === 0 ? suspects : []
  const chosen = [...first.tiny, ...first.small, ...first.large].toSorted(order).slice(0, free)
  const more = first.tiny.filter((job) => !chosen.includes(job)).slice(0, ahead - runningAhead)
  return [...chosen, ...more]
}

/** A file, and whether it has an asset. */
interface Created {
  readonly hasAsset: boolean
}

/**
 * Like `next`, while the device is paused: a file without an asset waits for the end of the pause, so it does not keep a lane
 * from a file that has one.
 *
 * **Details**
 *
 * Files that have an asset start first, and share the lanes only with each other. Other files start in the remaining lanes,
 * and are created as soon as the pause ends. Until the pause ends, more than `files` files can run.
 */
export const nextDuringPause = <J extends Job & Created>(
  waiting: Iterable<J>,
  running: ReadonlyArray<Pick<Job, "bytes" | "crashes"> & Created>,
  files: number = defaultFiles,
): ReadonlyArray<J> => {
  if (running.some(isSuspect)) return []
  const all = [...waiting]
  const sendable = all.filter((job) => job.hasAsset && !isSuspect(job))
  const first = next(
    sendable,
    running.filter(({ hasAsset }) => hasAsset),
    files,
  )
  const started = new Set(first)
  const rest = all.filter((job) => !started.has(job))
  return [...first, ...next(rest, [...running, ...first], files)]
}
