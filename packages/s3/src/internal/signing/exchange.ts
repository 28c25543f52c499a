/**
 * Sends signed requests without a body, and reads the errors of their responses.
 */
import * as Timeouts from "@holdfast/core/Timeouts"
import * as Portal from "@holdfast/http/Portal"
import * as Recorder from "@holdfast/http/Recorder"
import * as Redirect from "@holdfast/http/Redirect"
import * as ResponseBody from "@holdfast/http/ResponseBody"
import * as TransportCause from "@holdfast/http/TransportCause"
import type { TransportError } from "@holdfast/http/TransportError"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import type * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as OwnRedirect from "../upload/ownRedirect.ts"
import * as UploadResponse from "../upload/response.ts"
import { S3Error } from "../../S3Error.ts"
import * as StorageMarks from "../../StorageMarks.ts"
import * as Bodiless from "./bodiless.ts"
import type { Credentials } from "./options.ts"

/** A request. `E` is the error for a response that is no error but cannot be used. */
export interface Order<E> {
  readonly region: string
  readonly credentials: Credentials
  readonly method: "GET" | "HEAD"
  readonly url: URL
  readonly headers?: Readonly<Record<string, string>>
  /** The status of a response that can be used. */
  readonly expected: number
  readonly unusable: (reason: string) => E
}

/** Sends a signed request, and returns the response if its status is the expected one. */
export const send = <E extends { readonly _tag: string }>(
  client: HttpClient.HttpClient,
  { credentials, expected, headers, method, region, unusable, url }: Order<E>,
): Effect.Effect<HttpClientResponse.HttpClientResponse, E | S3Error | TransportError> =>
  Effect.gen(function* () {
    const at = yield* Clock.currentTimeMillis
    const signed = yield* Effect.promise(() => Bodiless.sign({ method, url, region, credentials, at }))
    // A compressed response has another length, and other bytes in a range.
    const own = { "accept-encoding": "identity", ...signed }
    const request = HttpClientRequest.make(method)(url.href, { headers: { ...headers, ...own } })
    let answer: Recorder.Failed["answer"]
    return yield* Redirect.unfollowed(client)
      .execute(request)
      .pipe(
        Effect.provideService(HttpClient.TracerDisabledWhen, () => true),
        Effect.mapError(TransportCause.fromHttpClientError),
        Effect.flatMap((response) =>
          response.status === expected
            ? Effect.succeed(response)
            : Effect.flatMap(ResponseBody.readBounded(response), (body) => {
                answer = { status: response.status, headers: response.headers, body }
                return Effect.fail(refused(response, body, unusable))
              }),
        ),
        // Covers the body of an error too.
        Effect.timeoutOrElse({
          duration: Timeouts.request,
          orElse: () => Effect.fail(TransportCause.make("RequestTimedOut", request)),
        }),
        Effect.tapError((error) => Recorder.record({ request, answer, failure: Recorder.failureOf(error) })),
      )
  })

/** The error of a response that has another status than the expected one. */
export const refused = <E>(
  response: HttpClientResponse.HttpClientResponse,
  body: string,
  unusable: (reason: string) => E,
): E | S3Error | TransportError => {
  const { headers, request, status } = response
  const answer = { status, headers, body }
  if (!StorageMarks.isStorage(headers) && Portal.isPortal(response, answer)) return UploadResponse.portal(response)
  if (status < 300) return unusable(`status ${status}`)
  const { method, url } = request
  const error = S3Error.fromExchange({ method, url, headers: request.headers }, answer)
  return OwnRedirect.named(error, response)
}
