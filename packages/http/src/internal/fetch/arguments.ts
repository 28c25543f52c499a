/**
 * Reads the arguments of `fetch` once, before the request is sent. An iterator over headers can be read only once, and an
 * object may change before the next attempt.
 */
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import type * as HttpMethod from "effect/http/HttpMethod"
import * as TransportCause from "../../TransportCause.ts"
import type { TransportError } from "../../TransportError.ts"
import * as Arguments from "../request/arguments.ts"
import { isConsumed, isOneShot, isStream, sourceOf } from "../body/oneShot.ts"

type Fetch = typeof globalThis.fetch
type Input = Parameters<Fetch>[0]

/** The arguments of one `fetch` call. */
export interface Taken {
  /** The first argument of `fetch`. */
  readonly input: Input
  readonly init: RequestInit
  readonly url: string
  readonly method: string
  readonly headers: Headers
  readonly signal: AbortSignal | undefined
  readonly redirect: RequestRedirect
  /** Whether the request has a body. `isOneShot` states whether the body can be sent only once. */
  readonly hasBody: boolean
  readonly isOneShot: boolean
  /** Whether a browser sends cookies to every origin. */
  readonly sendsCookies: boolean
  /** Returns the error with which the source of the body failed, or `undefined` if it did not fail. */
  readonly bodyFailure: () => TransportError | undefined
}

/** Reads the arguments. Returns an error if `fetch` cannot send the request. */
export const take = (input: Input, init: RequestInit | undefined, isPlatform: boolean): Taken | TransportError => {
  const given = asRequest(input)
  const url = given?.url ?? String(input)
  const method = (init?.method ?? given?.method ?? "GET").toUpperCase()
  const wrong = (detail: string, key = "UND_ERR_INVALID_ARG") =>
    TransportCause.make(key, requestOf({ method, url }), { detail })
  if (!Arguments.isUrl(url, isPlatform)) return wrong("the address is not a URL", "InvalidUrlError")
  try {
    const own = initOf(init)
    if (own.headers !== undefined) own.headers = headersOf(own.headers)
    const headers = new Headers(own.headers ?? given?.headers)
    const body = own.body ?? (own.body === undefined ? given?.body : undefined)
    const problem =
      Arguments.ofMethod(method, body !== undefined && body !== null) ??
      (isConsumed(body) || (own.body === undefined && isConsumed(given))
        ? "the body has already been read"
        : undefined) ??
      (isSignal(own.signal) ? undefined : "the signal is not an AbortSignal")
    if (problem !== undefined) return wrong(problem)
    let bodyFailure: TransportError | undefined
    if (own.body !== undefined && own.body !== null) {
      own.body = sourceOf(own.body, (cause) => {
        bodyFailure = TransportCause.fromBodySource(requestOf({ method, url }), cause)
        return bodyFailure
      }) as BodyInit
    }
    if (own.body instanceof URLSearchParams) own.body = new URLSearchParams(own.body)
    if (own.body instanceof FormData) own.body = copyOf(own.body)
    // `fetch` requires it for a streaming body, and TypeScript's types lack it.
    if (isStream(own.body) && !("duplex" in own)) Object.assign(own, { duplex: "half" })
    return {
      // The program can change a `URL` between attempts.
      input: given === undefined && typeof input !== "string" ? new URL(url) : input,
      init: own,
      url,
      method,
      headers,
      signal: (own.signal === undefined ? given?.signal : own.signal) ?? undefined,
      redirect: own.redirect ?? given?.redirect ?? "follow",
      hasBody: body !== undefined && body !== null,
      // A `Request` can send its body only once, whatever the body was made from.
      isOneShot: isOneShot(own.body === undefined ? given?.body : own.body),
      sendsCookies: (own.credentials ?? given?.credentials) === "include",
      bodyFailure: () => bodyFailure,
    }
  } catch {
    // The message of the error repeats the headers, which may be secrets.
    return wrong("fetch does not accept this argument")
  }
}

/** Returns a request with only the method and the URL, for use in errors. */
export const requestOf = ({ method, url }: Pick<Taken, "method" | "url">): HttpClientRequest.HttpClientRequest =>
  HttpClientRequest.make(method as HttpMethod.HttpMethod)(url)

/** Returns the transport error for a rejected `fetch` call. */
export const failureOf = (taken: Taken, cause: unknown): TransportError => {
  const request = requestOf(taken)
  const error = taken.bodyFailure() ?? TransportCause.fromCause(request, cause, taken.init.body)
  if (error.verdict.retry !== "always" || !(cause instanceof TypeError)) return error
  const { init, method, url } = taken
  if (!URL.canParse(url)) return error
  // Arguments that the platform rejects were not sent, and neither were requests with another scheme.
  if (cause.cause === undefined && !Arguments.areAccepted(url, { ...init, method })) {
    return TransportCause.make("UND_ERR_INVALID_ARG", request, { detail: "fetch does not accept this argument" })
  }
  const { protocol } = new URL(url)
  return protocol === "http:" || protocol === "https:"
    ? error
    : TransportCause.make("InvalidUrlError", request, { detail: `fetch does not support the protocol ${protocol}` })
}

/**
 * Returns the input if it is a `Request`. `fetch` accepts requests from any realm and library, so `instanceof` does not
 * recognize all of them.
 */
const asRequest = (input: Input): Request | undefined =>
  typeof input === "object" && input !== null && "method" in input ? input : undefined

/**
 * Returns a copy of the options. If a `Request` is passed as options, its properties are inherited getters, which a spread
 * omits.
 */
const initOf = (init: RequestInit | undefined): RequestInit => {
  const own: RequestInit = { ...init }
  const prototype: unknown = init === undefined ? null : Object.getPrototypeOf(init)
  if (init === undefined || prototype === null || prototype === Object.prototype) return own
  for (const name of inherited) if (!(name in own) && name in init) Object.assign(own, { [name]: init[name] })
  return own
}

const inherited = [
  "body",
  "cache",
  "credentials",
  "duplex",
  "headers",
  "integrity",
  "keepalive",
  "method",
  "mode",
  "redirect",
  "referrer",
  "referrerPolicy",
  "signal",
] as ReadonlyArray<keyof RequestInit>

/** Returns a copy of the form, so that later changes by the program have no effect. */
const copyOf = (form: FormData): FormData => {
  const copy = new FormData()
  for (const [name, value] of form) copy.append(name, value)
  return copy
}

const isSignal = (signal: unknown): boolean =>
  signal === undefined || signal === null || Object.prototype.toString.call(signal) === "[object AbortSignal]"

/** Returns headers that can be read repeatedly. */
const headersOf = (headers: HeadersInit): HeadersInit => {
  if (headers instanceof Headers) return new Headers(headers)
  if (Symbol.iterator in headers) {
    return Array.from(headers as Iterable<Iterable<string>>, (pair) => Array.from(pair)) as Array<[string, string]>
  }
  return { ...headers }
}
