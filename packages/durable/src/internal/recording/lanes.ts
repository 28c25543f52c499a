/**
 * Selects the recordings that run at once. A recording waits for its recorder most of the time, so it takes no lane from a
 * complete file.
 */
import { isSuspect, type Job, order } from "../queue/lanes.ts"

/** The number of recordings that run at once. Each one has its file open and reads its attributes once a second. */
export const most = 32

/** A waiting or running upload, and whether it is a recording. */
interface Kind extends Pick<Job, "crashes"> {
  readonly isRecording: boolean
}

/** Whether an upload runs beside the lanes of complete files. A recording that may have stopped the process uses their lanes. */
export const isApart = (upload: Kind): boolean => upload.isRecording && !isSuspect(upload)

/** Returns the recordings that may start now, in order. Nothing starts while a suspect runs. */
export const next = <J extends Job>(waiting: Iterable<J>, running: ReadonlyArray<Kind>): ReadonlyArray<J> => {
  if (running.some(isSuspect)) return []
  const free = most - running.filter(isApart).length
  return free <= 0 ? [] : [...waiting].toSorted(order).slice(0, free)
}
