/**
 * Combines file operations that several chunks request at about the same time. Each operation costs a round trip to a thread,
 * which takes more CPU time than copying 64 KiB.
 *
 * An operation begins at the end of the current turn of the event loop, or when the previous one has ended. Whatever has been
 * requested by then shares it.
 */
import * as Fs from "node:fs"

/** Receives the result of a file operation, as in `node:fs`. */
export type Done<A> = (error: Error | null, value: A) => void

/**
 * Shares each run of an operation among the callers that have asked before it begins, and never with later ones: a check of
 * the attributes proves only reads that ended before the check began.
 */
export const shared = <A>(run: (done: Done<A>) => void): ((done: Done<A>) => void) => {
  let waiting: Array<Done<A>> = []
  let isRunning = false
  const begin = () => {
    const served = waiting
    waiting = []
    isRunning = true
    run((error, value) => {
      isRunning = false
      if (waiting.length > 0) begin()
      for (const done of served) done(error, value)
    })
  }
  return (done) => {
    if (waiting.push(done) === 1 && !isRunning) setImmediate(begin)
  }
}

/** A request to fill a buffer, of which fewer bytes may be filled. `done` receives their number. */
export interface Read {
  readonly buffer: Uint8Array
  readonly offset: number
  readonly done: Done<number>
}

/** Longer buffers are read at once and alone: copying their bytes takes longer than the round trip. */
const mostBatched = 256 * 1024

/** The most buffers that one operation fills. */
const mostBuffers = 32

/** Reads a file at offsets. Short buffers for adjacent bytes are filled by one operation. */
export const reader = (fd: number): ((read: Read) => void) => {
  let waiting: Array<Read> = []
  let isRunning = false

  const alone = ({ buffer, done, offset }: Read) => Fs.read(fd, buffer, 0, buffer.byteLength, offset, done)

  /** Removes the first request, and those for the bytes that follow. */
  const next = (): Array<Read> => {
    const batch: Array<Read> = []
    let end: number | undefined
    waiting = waiting.filter((read) => {
      if ((end !== undefined && read.offset !== end) || batch.length === mostBuffers) return true
      batch.push(read)
      end = read.offset + read.buffer.byteLength
      return false
    })
    return batch
  }

  const begin = () => {
    const batch = next()
    isRunning = true
    const buffers = batch.map(({ buffer }) => buffer)
    Fs.readv(fd, buffers, batch[0]?.offset ?? 0, (error, bytesRead) => {
      isRunning = false
      if (waiting.length > 0) begin()
      let left = error === null ? bytesRead : 0
      for (const read of batch) {
        const filled = Math.min(left, read.buffer.byteLength)
        left -= filled
        // A failure or an early end concerns only one of the buffers, so each of the others is read again by itself.
        if (batch.length > 1 && filled < read.buffer.byteLength) alone(read)
        else read.done(error, filled)
      }
    })
  }

  return (read) => {
    if (read.buffer.byteLength > mostBatched) alone(read)
    else if (waiting.push(read) === 1 && !isRunning) setImmediate(begin)
  }
}
