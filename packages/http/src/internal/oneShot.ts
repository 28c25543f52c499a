/**
 * Which bodies are gone once they have been sent: recognised by what they can do, whatever class or realm they are from.
 */

/** Whether a body can be sent once only: a stream, an iterator, or anything else that is not known to give its bytes again. */
export const isOneShot = (body: unknown): boolean => {
  if (typeof body !== "object" && typeof body !== "function") return false
  if (body === null || bytesOf(body) !== undefined || isSearchParams(body)) return false
  if (isForm(body)) return Array.from(body.values()).some((value) => isOneShot(value))
  return !isBlob(body)
}

/** The bytes of a body that is in memory; `undefined` for any other one. */
export const bytesOf = (body: unknown): Uint8Array | undefined => {
  if (ArrayBuffer.isView(body)) return new Uint8Array(body.buffer, body.byteOffset, body.byteLength)
  const tag = tagOf(body)
  return tag === "ArrayBuffer" || tag === "SharedArrayBuffer" ? new Uint8Array(body as ArrayBuffer) : undefined
}

/** Whether a body streams: then `fetch` wants to know that the request is written before the answer is read. */
export const isStream = (body: unknown): boolean =>
  typeof body === "object" &&
  body !== null &&
  (hasMethod(body, "getReader") || (Symbol.asyncIterator in body && typeof body[Symbol.asyncIterator] === "function"))

/** Whether a body, or the request that it belongs to, was read before or is being read. */
export const isConsumed = (body: unknown): boolean =>
  typeof body === "object" &&
  body !== null &&
  (("locked" in body && body.locked === true) || ("bodyUsed" in body && body.bodyUsed === true))

/**
 * A body that streams, with another error where its source fails: clients do not tell that from a failure of the network.
 * Every other body comes back as it is, and so does a stream of a class that is not the platform's.
 */
export const sourceOf = (body: unknown, failed: (cause: unknown) => unknown): unknown => {
  if (typeof ReadableStream !== "undefined" && body instanceof ReadableStream) return relayed(body, failed)
  if (typeof body !== "object" || body === null || bytesOf(body) !== undefined || !isStream(body)) return body
  // Clients ask for a stream of Node, or of another realm, by its class.
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
    // Nothing is read ahead: a call that no attempt is sent for leaves the source as it was.
    { highWaterMark: 0 },
  )
}

/** A Blob or File whose bytes come from the platform: one that has a `stream` of its own may give it once only. */
const isBlob = (body: object): boolean =>
  typeof Blob !== "undefined" && body instanceof Blob && body.stream === Blob.prototype.stream

/** A form gives a new iterator whenever it is asked; an iterator over one gives itself. */
const isForm = (body: object): body is FormData =>
  tagOf(body) === "FormData" && hasMethod(body, "values") && hasMethod(body, "append") && !hasMethod(body, "next")

const isSearchParams = (body: object): boolean =>
  tagOf(body) === "URLSearchParams" && hasMethod(body, "append") && !hasMethod(body, "next")

const tagOf = (value: unknown): string => Object.prototype.toString.call(value).slice(8, -1)

const hasMethod = (value: object, name: string): boolean =>
  name in value && typeof (value as Readonly<Record<string, unknown>>)[name] === "function"
