/**
 * Identifies a request in an error by method, origin and path.
 */
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Option from "effect/Option"

/** The only parts of a request that an error may contain. */
export interface RequestLine {
  readonly method: string
  readonly url: string
}

/**
 * Method, origin and path of a request.
 *
 * The query is omitted because it contains the signature of a presigned URL, and so is user info.
 */
export const requestLineOf = (request: HttpClientRequest.HttpClientRequest): RequestLine => ({
  method: request.method,
  url: Option.match(HttpClientRequest.toUrl(request), {
    onNone: () => withoutQuery(request.url),
    onSome: (url) => `${url.origin}${url.pathname}`,
  }),
})

const withoutQuery = (url: string): string => url.replace(/[?#].*$/s, "").replace(/\/\/[^/@]*@/, "//")

/** The complete URL of a request, including its query: never for an error. */
export const hrefOf = (request: HttpClientRequest.HttpClientRequest): string =>
  Option.match(HttpClientRequest.toUrl(request), { onNone: () => request.url, onSome: (url) => url.href })
