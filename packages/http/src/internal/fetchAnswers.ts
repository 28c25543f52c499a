/**
 * The answers of one call of `fetch`: their connections are released when their attempts end.
 */
import * as Effect from "effect/Effect"

/** As much of a refused answer is read so that its connection can be used again; what is longer is cancelled. */
const most = 64 * 1024

/** Milliseconds for reading it: a connection is not worth more. */
const patience = 250

/** The answers that came, of which the program gets one at most. */
export class Answers {
  private readonly open = new Set<Response>()
  private readonly run: (effect: Effect.Effect<void>) => unknown
  private over = false

  constructor(run: (effect: Effect.Effect<void>) => unknown) {
    this.run = run
  }

  /** Takes an answer into custody; one that comes when its attempt or the call has ended is cancelled. */
  add(response: Response, isLate: boolean): void {
    if (isLate || this.over) cancel(response.body)
    else this.open.add(response)
  }

  /**
   * Releases the connection of an answer. One that may still be the answer of the call is kept in memory, as far as it is
   * short and came quickly.
   */
  release(response: Response, mayAnswer: boolean): void {
    const { body } = response
    if (body === null || body === undefined || response.bodyUsed || body.locked) return
    if (!mayAnswer) {
      this.open.delete(response)
      return this.drain(body, () => cancel(body))
    }
    let copy: ReadableStream | null
    try {
      copy = response.clone().body
    } catch {
      return cancel(body)
    }
    if (copy === null) return
    const spare = copy
    // Both have to be cancelled, or the connection stays.
    this.drain(spare, () => {
      cancel(response.body)
      cancel(spare)
    })
  }

  /** Releases the answers that can no longer be the answer of the call. */
  releaseAll(isOver: (response: Response) => boolean = () => true): void {
    for (const response of this.open) if (isOver(response)) this.release(response, false)
  }

  /** Ends the call: all answers but one are released. */
  close(except: Response | undefined): void {
    this.over = true
    this.releaseAll((response) => response !== except)
    this.open.clear()
  }

  private drain(body: ReadableStream, end: () => void): void {
    let reader: ReadableStreamDefaultReader<unknown>
    try {
      reader = body.getReader()
    } catch {
      return end()
    }
    const reading = Effect.promise(() => readWhole(reader).catch(() => true))
    const inTime = Effect.timeoutOrElse(reading, { duration: patience, orElse: () => Effect.succeed(false) })
    this.run(
      Effect.map(inTime, (isWhole) => {
        if (isWhole) return
        // Only the reader that holds the lock can cancel a stream.
        void reader.cancel().catch(ignore)
        reader.releaseLock()
        end()
      }),
    )
  }
}

/** Reads to the end; false where that is farther away than a connection is worth. */
const readWhole = async (reader: ReadableStreamDefaultReader<unknown>): Promise<boolean> => {
  let size = 0
  while (size <= most) {
    const { done, value } = await reader.read()
    if (done) return true
    size += value instanceof Uint8Array ? value.length : 1
  }
  return false
}

const cancel = (body: ReadableStream | null | undefined): void => {
  // Cancelling a stream that is locked or broken rejects, and there is nothing to do about it.
  void body?.cancel().catch(ignore)
}

const ignore = () => undefined
