/**
 * Identifies a request by its method, origin and path, for use in errors.
 */
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Option from "effect/Option"

/** The only parts of a request that an error may contain. */
export interface RequestLine {
  readonly method: string
  readonly url: string
}

/**
 * Returns the method, origin and path of a request.
 *
 * The query is omitted because the query of a presigned URL contains the signature. User info is omitted because it contains
 * credentials.
 */
export const requestLineOf = (request: HttpClientRequest.HttpClientRequest): RequestLine => ({
  method: request.method,
  url: Option.match(HttpClientRequest.toUrl(request), {
    onNone: () => withoutQuery(request.url),
    onSome: (url) => `${url.origin}${url.pathname}`,
  }),
})

const withoutQuery = (url: string): string => url.replace(/[?#].*$/s, "").replace(/\/\/[^/@]*@/, "//")

/** The complete URL of a request, including its query. An error must never contain this URL. */
export const hrefOf = (request: HttpClientRequest.HttpClientRequest): string =>
  Option.match(HttpClientRequest.toUrl(request), { onNone: () => request.url, onSome: (url) => url.href })
