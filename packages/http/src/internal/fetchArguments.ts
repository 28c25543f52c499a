/**
 * What a program gives to `fetch`: read once, before anything is sent, because an iterator over headers gives them once and
 * an object may have changed by the next attempt.
 */
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import type * as HttpMethod from "effect/http/HttpMethod"
import * as TransportCause from "../TransportCause.ts"
import type { TransportError } from "../TransportError.ts"
import * as Arguments from "./arguments.ts"
import { isConsumed, isOneShot, isStream, sourceOf } from "./oneShot.ts"

type Fetch = typeof globalThis.fetch
type Input = Parameters<Fetch>[0]

/** The arguments of one call. */
export interface Taken {
  /** What is handed to `fetch` as its first argument. */
  readonly input: Input
  readonly init: RequestInit
  readonly url: string
  readonly method: string
  readonly headers: Headers
  readonly signal: AbortSignal | undefined
  readonly redirect: RequestRedirect
  /** Whether there is a body, and whether it is gone once it was sent. */
  readonly hasBody: boolean
  readonly isOneShot: boolean
  /** Whether a browser sends cookies to every origin. */
  readonly sendsCookies: boolean
  /** Why the source of the body failed, if it did. */
  readonly bodyFailure: () => TransportError | undefined
}

/** Reads the arguments; an error where no `fetch` can send them, or the platform's cannot. */
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
      (isConsumed(body) || (own.body === undefined && isConsumed(given)) ? "the body was read before" : undefined) ??
      (isSignal(own.signal) ? undefined : "the signal is no AbortSignal")
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
    // `fetch` demands it for a body that streams, and TypeScript does not know it.
    if (isStream(own.body) && !("duplex" in own)) Object.assign(own, { duplex: "half" })
    return {
      // A URL can change between attempts.
      input: given === undefined && typeof input !== "string" ? new URL(url) : input,
      init: own,
      url,
      method,
      headers,
      signal: (own.signal === undefined ? given?.signal : own.signal) ?? undefined,
      redirect: own.redirect ?? given?.redirect ?? "follow",
      hasBody: body !== undefined && body !== null,
      // A request lends its body to one sending, whatever it was made of.
      isOneShot: isOneShot(own.body === undefined ? given?.body : own.body),
      sendsCookies: (own.credentials ?? given?.credentials) === "include",
      bodyFailure: () => bodyFailure,
    }
  } catch {
    // The words of the error repeat the headers, which may be secrets.
    return wrong("fetch takes no such argument")
  }
}

/** Method and address, for errors. */
export const requestOf = ({ method, url }: Pick<Taken, "method" | "url">): HttpClientRequest.HttpClientRequest =>
  HttpClientRequest.make(method as HttpMethod.HttpMethod)(url)

/** The transport error that a rejection of `fetch` means. */
export const failureOf = (taken: Taken, cause: unknown): TransportError => {
  const request = requestOf(taken)
  const error = taken.bodyFailure() ?? TransportCause.fromCause(request, cause, taken.init.body)
  if (error.verdict.retry !== "always" || !(cause instanceof TypeError)) return error
  const { init, method, url } = taken
  if (!URL.canParse(url)) return error
  // Whatever the platform makes no request of was not sent, and neither was what has another scheme.
  if (cause.cause === undefined && !Arguments.areAccepted(url, { ...init, method })) {
    return TransportCause.make("UND_ERR_INVALID_ARG", request, { detail: "fetch takes no such argument" })
  }
  const { protocol } = new URL(url)
  return protocol === "http:" || protocol === "https:"
    ? error
    : TransportCause.make("InvalidUrlError", request, { detail: `fetch sends nothing to ${protocol}` })
}

/** `fetch` takes a request of any realm and library, so no class tells one. */
const asRequest = (input: Input): Request | undefined =>
  typeof input === "object" && input !== null && "method" in input ? input : undefined

/** The options as they are now. A `Request` in their place has them as inherited getters, which a spread leaves out. */
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

/** A form with the same parts, which the program cannot change any more. */
const copyOf = (form: FormData): FormData => {
  const copy = new FormData()
  for (const [name, value] of form) copy.append(name, value)
  return copy
}

const isSignal = (signal: unknown): boolean =>
  signal === undefined || signal === null || Object.prototype.toString.call(signal) === "[object AbortSignal]"

/** Headers that can be read any number of times. */
const headersOf = (headers: HeadersInit): HeadersInit => {
  if (headers instanceof Headers) return new Headers(headers)
  if (Symbol.iterator in headers) {
    return Array.from(headers as Iterable<Iterable<string>>, (pair) => Array.from(pair)) as Array<[string, string]>
  }
  return { ...headers }
}
