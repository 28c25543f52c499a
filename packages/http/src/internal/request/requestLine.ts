/**
 * What identifies a request in an error: method, origin and path.
 */
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Option from "effect/Option"

/** All that an error may say about its request. */
export interface RequestLine {
  readonly method: string
  readonly url: string
}

/**
 * Method, origin and path of a request.
 *
 * The query stays out because a presigned URL carries its signature there, and so does user info.
 */
export const requestLineOf = (request: HttpClientRequest.HttpClientRequest): RequestLine => ({
  method: request.method,
  url: Option.match(HttpClientRequest.toUrl(request), {
    onNone: () => withoutQuery(request.url),
    onSome: (url) => `${url.origin}${url.pathname}`,
  }),
})

const withoutQuery = (url: string): string => url.replace(/[?#].*$/s, "").replace(/\/\/[^/@]*@/, "//")

/** The whole address of a request, query and all: never for an error. */
export const hrefOf = (request: HttpClientRequest.HttpClientRequest): string =>
  Option.match(HttpClientRequest.toUrl(request), { onNone: () => request.url, onSome: (url) => url.href })
