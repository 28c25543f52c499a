/**
 * Cleans the errors that occur when a response body breaks, because these errors quote data from the server
 * (`HTTPParserError.data` in undici).
 */
import * as ForeignError from "@holdfast/core/ForeignError"
import * as Effect from "effect/Effect"
import * as HttpClientError from "effect/http/HttpClientError"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"

/**
 * Returns a copy of an error that has only its name, code and message. The copy of a `TypeError` or `SyntaxError` is still an
 * instance of that class, because programs check for these classes.
 */
const clean = (error: unknown): unknown => {
  // It already has only a name, a code and a message.
  if (error instanceof DOMException && Reflect.ownKeys(error).every((key) => key === "stack")) return error
  const kept = ForeignError.keep(error)
  const native = [TypeError, SyntaxError, RangeError].find((native) => error instanceof native)
  if (native !== undefined && kept !== error && kept instanceof Error) Object.setPrototypeOf(kept, native.prototype)
  return kept
}

/**
 * Makes all readers of a response, its clones and its `body` reject with cleaned errors. The function modifies the response,
 * because a copy would lose `url` and `redirected`. If a signal is aborted, its reason is passed on unchanged.
 */
export const cleanResponse = (response: Response, signal: AbortSignal | undefined): Response => {
  const cleaner: Cleaner = (error) => (signal?.aborted === true && error === signal.reason ? error : clean(error))
  ofResponse(response, cleaner)
  return response
}

/**
 * Wraps a client's response so that its body readers fail with redacted errors. The readers of the response from
 * `HttpClientResponse.toWeb` also fail with cleaned errors.
 */
export const cleanAnswer = (response: ClientResponse): ClientResponse => {
  const web = HttpClientResponse.toWeb(response)
  if (Option.isSome(web)) {
    cleanResponse(web.value, undefined)
    return response
  }
  const own = (name: Reader) => ({ get: () => mended<unknown>(response[name]) })
  return Object.create(response, {
    arrayBuffer: own("arrayBuffer"),
    formData: own("formData"),
    json: own("json"),
    text: own("text"),
    urlParamsBody: own("urlParamsBody"),
    stream: { get: () => Stream.mapError(response.stream, ofReason) },
  })
}

type ClientResponse = HttpClientResponse.HttpClientResponse

type Reader = "arrayBuffer" | "formData" | "json" | "text" | "urlParamsBody"

const mended = <A>(read: Effect.Effect<A, HttpClientError.HttpClientError>) => Effect.mapError(read, ofReason)

/** If a body cannot be read, every client reports a `DecodeError`. */
const ofReason = (error: HttpClientError.HttpClientError): HttpClientError.HttpClientError => {
  const { reason } = error
  if (reason._tag !== "DecodeError" || reason.cause === undefined) return error
  const { cause, description, request, response } = reason
  return new HttpClientError.HttpClientError({
    reason: new HttpClientError.DecodeError({
      request,
      response,
      ...(description === undefined ? {} : { description }),
      cause: clean(cause),
    }),
  })
}

type Cleaner = (error: unknown) => unknown

/** Objects that have already been modified. A `fetch` function may return the same response twice. */
const known = new WeakSet<object>()

// undici's own `fetch` has its own `Response` class.
const ofResponse = (response: unknown, cleaner: Cleaner): void => {
  if (typeof response !== "object" || response === null || known.has(response)) return
  known.add(response)
  for (const name of ["arrayBuffer", "blob", "bytes", "formData", "json", "text"]) {
    override(response, name, (read) => settle(read, cleaner))
  }
  override(response, "clone", (clone) => {
    ofResponse(clone, cleaner)
    return clone
  })
  // Some runtimes read faster until a program requests the stream.
  intercept(response, "body", (body) => ofStream(body, cleaner))
}

const ofStream = (stream: unknown, cleaner: Cleaner): unknown => {
  if (!(stream instanceof ReadableStream) || known.has(stream)) return stream
  known.add(stream)
  override(stream, "getReader", (reader) => {
    if (typeof reader !== "object" || reader === null) return reader
    override(reader, "read", (read) => settle(read, cleaner))
    // The platform does not report this promise as unhandled, so its copy must not be reported either.
    const copies = new WeakMap<object, Promise<unknown>>()
    intercept(reader, "closed", (closed) => {
      if (!(closed instanceof Promise)) return closed
      const copy = copies.get(closed) ?? settle(closed, cleaner)
      copy.catch(() => undefined)
      copies.set(closed, copy)
      return copy
    })
    return reader
  })
  for (const name of ["values", Symbol.asyncIterator]) {
    override(stream, name, (iterator) => {
      if (typeof iterator === "object" && iterator !== null) {
        override(iterator, "next", (next) => settle(next, cleaner))
      }
      return iterator
    })
  }
  override(stream, "tee", (branches) => {
    if (Array.isArray(branches)) for (const branch of branches) ofStream(branch, cleaner)
    return branches
  })
  override(stream, "pipeThrough", (readable) => ofStream(readable, cleaner))
  override(stream, "pipeTo", (piped) => settle(piped, cleaner))
  return stream
}

const settle = (promise: unknown, cleaner: Cleaner): Promise<unknown> =>
  Promise.resolve(promise).catch((error: unknown) => {
    throw cleaner(error)
  })

/** Replaces an object's method with one that changes the result of the original method. */
const override = (target: object, name: PropertyKey, change: (result: unknown) => unknown): void => {
  const method: unknown = Reflect.get(target, name)
  if (typeof method !== "function") return
  const value = (...args: ReadonlyArray<unknown>): unknown => change(Reflect.apply(method, target, args))
  // Returns false for a frozen object, which is not changed.
  Reflect.defineProperty(target, name, { value, configurable: true, writable: true })
}

/** Overrides an inherited getter of the object with one that changes the getter's value. */
const intercept = (target: object, name: PropertyKey, change: (value: unknown) => unknown): void => {
  const prototype = Reflect.getPrototypeOf(target)
  if (prototype === null || Object.hasOwn(target, name)) return
  Reflect.defineProperty(target, name, {
    get: () => change(Reflect.get(prototype, name, target)),
    configurable: true,
  })
}
