/**
 * Detects bodies that can be sent only once, based on their capabilities rather than their class or realm.
 */

/**
 * Whether a body can be sent only once. A stream, an iterator, and any other body that is not known to be repeatable can be
 * sent only once.
 */
export const isOneShot = (body: unknown): boolean => {
  if (typeof body !== "object" && typeof body !== "function") return false
  if (body === null || bytesOf(body) !== undefined || isSearchParams(body)) return false
  if (isForm(body)) return Array.from(body.values()).some((value) => isOneShot(value))
  return !isBlob(body)
}

/** The bytes of an in-memory body; `undefined` for any other body. */
export const bytesOf = (body: unknown): Uint8Array | undefined => {
  if (ArrayBuffer.isView(body)) return new Uint8Array(body.buffer, body.byteOffset, body.byteLength)
  const tag = tagOf(body)
  return tag === "ArrayBuffer" || tag === "SharedArrayBuffer" ? new Uint8Array(body as ArrayBuffer) : undefined
}

/** Whether a body is a stream, for which `fetch` requires `duplex: "half"`. */
export const isStream = (body: unknown): boolean =>
  typeof body === "object" &&
  body !== null &&
  (hasMethod(body, "getReader") || (Symbol.asyncIterator in body && typeof body[Symbol.asyncIterator] === "function"))

/** Whether a body or its request has been read or is being read. */
export const isConsumed = (body: unknown): boolean =>
  typeof body === "object" &&
  body !== null &&
  (("locked" in body && body.locked === true) || ("bodyUsed" in body && body.bodyUsed === true))

/**
 * Wraps a streaming body so that a failure of its source is reported as a separate error. Without the wrapper, clients report
 * such a failure as a network failure. Any other body is returned unchanged, including a stream whose class the platform does
 * not define.
 */
export const sourceOf = (body: unknown, failed: (cause: unknown) => unknown): unknown => {
  if (typeof ReadableStream !== "undefined" && body instanceof ReadableStream) return relayed(body, failed)
  if (typeof body !== "object" || body === null || bytesOf(body) !== undefined || !isStream(body)) return body
  // Clients recognize a stream of Node, or of another realm, by its class.
  if (hasMethod(body, "pipe") || hasMethod(body, "getReader")) return body
  const source = body as AsyncIterable<unknown>
  return {
    async *[Symbol.asyncIterator]() {
      try {
        yield* source
      } catch (cause) {
        throw failed(cause)
      }
    },
  }
}

const relayed = (body: ReadableStream, failed: (cause: unknown) => unknown): ReadableStream => {
  let reader: ReadableStreamDefaultReader<unknown> | undefined
  return new ReadableStream(
    {
      async pull(controller) {
        try {
          reader ??= body.getReader()
          const { done, value } = await reader.read()
          if (done) controller.close()
          else controller.enqueue(value)
        } catch (cause) {
          controller.error(failed(cause))
        }
      },
      cancel: (reason) => (reader === undefined ? body.cancel(reason) : reader.cancel(reason)),
    },
    // Nothing is read ahead: if no attempt is sent, the source is untouched.
    { highWaterMark: 0 },
  )
}

/**
 * Whether a body is one of the platform's own Blob or File objects. A Blob that has its own `stream` method may be readable
 * only once.
 */
const isBlob = (body: object): boolean =>
  typeof Blob !== "undefined" && body instanceof Blob && body.stream === Blob.prototype.stream

/** A form returns a new iterator each time one is requested, whereas an iterator returns itself. */
const isForm = (body: object): body is FormData =>
  tagOf(body) === "FormData" && hasMethod(body, "values") && hasMethod(body, "append") && !hasMethod(body, "next")

const isSearchParams = (body: object): boolean =>
  tagOf(body) === "URLSearchParams" && hasMethod(body, "append") && !hasMethod(body, "next")

const tagOf = (value: unknown): string => Object.prototype.toString.call(value).slice(8, -1)

const hasMethod = (value: object, name: string): boolean =>
  name in value && typeof (value as Readonly<Record<string, unknown>>)[name] === "function"
