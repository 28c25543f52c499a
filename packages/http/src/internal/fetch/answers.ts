/**
 * Keeps track of the responses to one `fetch` call, and releases their connections when the attempts end.
 */
import * as Effect from "effect/Effect"

/**
 * The maximum length, in bytes, up to which a rejected response is read so that its connection can be reused. Longer
 * responses are canceled.
 */
const most = 64 * 1024

/**
 * The maximum time for reading a rejected response, in milliseconds. If reading takes longer, a new connection is cheaper.
 */
const patience = 250

/** The responses to a call. The program receives at most one of these responses. */
export class Answers {
  private readonly open = new Set<Response>()
  private readonly run: (effect: Effect.Effect<void>) => unknown
  private over = false

  constructor(run: (effect: Effect.Effect<void>) => unknown) {
    this.run = run
  }

  /** Registers a response. A response that arrives after its attempt or the call has ended is canceled. */
  add(response: Response, isLate: boolean): void {
    if (isLate || this.over) cancel(response.body)
    else this.open.add(response)
  }

  /**
   * Releases the connection of a response. A response that may still be the result of the call is kept in memory if it is
   * short and arrives quickly.
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
    // Both branches must be cancelled, or the connection stays open.
    this.drain(spare, () => {
      cancel(response.body)
      cancel(spare)
    })
  }

  /** Releases the responses that can no longer be the result of the call. */
  releaseAll(isOver: (response: Response) => boolean = () => true): void {
    for (const response of this.open) if (isOver(response)) this.release(response, false)
  }

  /** Ends the call, and releases all responses except one. */
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

/** Reads the body to its end. Returns `false` if the body is too long. */
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
  // Cancelling a locked or broken stream rejects; the rejection is ignored.
  void body?.cancel().catch(ignore)
}

const ignore = () => undefined
