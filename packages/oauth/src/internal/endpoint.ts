/**
 * One exchange with an OAuth endpoint: a POST of fields, and its answer or its error.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import type * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Redacted from "effect/Redacted"
import * as Portal from "@holdfast/http/Portal"
import * as Recorder from "@holdfast/http/Recorder"
import * as ResponseBody from "@holdfast/http/ResponseBody"
import * as RetryAfter from "@holdfast/http/RetryAfter"
import * as TransportCause from "@holdfast/http/TransportCause"
import type { TransportError } from "@holdfast/http/TransportError"
import * as OAuthError from "../OAuthError.ts"
import { scrub } from "./scrub.ts"

/** What all exchanges with one server have in common. */
export interface Server {
  readonly client: HttpClient.HttpClient
  readonly encoding: "form" | "multipart"
  readonly headers: Readonly<Record<string, string>>
}

/** One exchange. */
export interface Call {
  readonly url: string
  /** The fields of the body, in order; one that is `undefined` is not sent. */
  readonly fields: Readonly<Record<string, string | Redacted.Redacted<string> | undefined>>
  readonly timeout: Duration.Duration
  /** Closes the connection after the answer. */
  readonly close?: boolean
}

/**
 * Sends the fields and returns the body of a success.
 *
 * **Details**
 *
 * Status 200, 201 and 204 are successes unless the body names an error: some servers send errors with status 200. Errors are
 * free of every secret among the fields, and keep no cause: a broken exchange's cause can hold pieces of the answer.
 */
export const send = (server: Server, call: Call): Effect.Effect<string, OAuthError.OAuthError | TransportError> => {
  const sent = entries(call)
  const request = makeRequest(server, call, sent)
  const secrets = Object.values(call.fields).flatMap((value) =>
    Redacted.isRedacted(value) ? [Redacted.value(value)] : [],
  )
  return Effect.suspend(() => {
    let answer: Recorder.Failed["answer"]
    return server.client.execute(request).pipe(
      Effect.mapError(TransportCause.fromHttpClientError),
      Effect.flatMap((response) => {
        const { headers, status } = response
        answer = { status, headers }
        return Effect.flatMap(ResponseBody.readBounded(response), (body) => {
          answer = { status, headers, body }
          return judge(response, body, secrets)
        })
      }),
      Effect.timeoutOrElse({
        duration: call.timeout,
        orElse: () =>
          Effect.fail(
            TransportCause.make("RequestTimedOut", request, { detail: `after ${Duration.format(call.timeout)}` }),
          ),
      }),
      Effect.mapError((error) => (OAuthError.isOAuthError(error) ? error : harmless(error, secrets))),
      Effect.tapError((error) => Recorder.record({ request, answer, failure: Recorder.failureOf(error) })),
    )
  })
}

/** A success of the server that is not what the call needs. */
export const misunderstood = (url: string, detail: string): TransportError =>
  TransportCause.make("DecodeFailure", HttpClientRequest.post(url), { detail })

const entries = (call: Call): ReadonlyArray<readonly [string, string]> =>
  Object.entries(call.fields).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, Redacted.isRedacted(value) ? Redacted.value(value) : value] as const],
  )

const makeRequest = (server: Server, call: Call, sent: ReadonlyArray<readonly [string, string]>) => {
  const request = HttpClientRequest.post(call.url).pipe(
    // Some servers answer with HTML, or a form, unless asked for JSON.
    HttpClientRequest.accept("application/json"),
    HttpClientRequest.setHeaders({ ...server.headers, ...(call.close === true ? { connection: "close" } : {}) }),
  )
  if (server.encoding === "form") return HttpClientRequest.bodyUrlParams(request, sent)
  const form = new FormData()
  for (const [name, value] of sent) form.append(name, value)
  return HttpClientRequest.bodyFormData(request, form)
}

const judge = (
  response: HttpClientResponse.HttpClientResponse,
  body: string,
  secrets: ReadonlyArray<string>,
): Effect.Effect<string, OAuthError.OAuthError | TransportError> => {
  const { headers, request, status } = response
  const success = status === 200 || status === 201 || status === 204
  if (Portal.isPortal(response, { status, headers, body })) {
    return Effect.fail(TransportCause.make("CaptivePortal", request, { status }))
  }
  if (success && !OAuthError.isErrorBody(body)) return Effect.succeed(body)
  if (!success && status < 400) return Effect.fail(TransportCause.make("UnexpectedStatus", request, { status }))
  return Effect.flatMap(RetryAfter.normalize(headers), (normal) =>
    Effect.fail(OAuthError.decode({ status, headers: normal, body }, secrets)),
  )
}

/** The error without its cause, and without the secrets in its detail. */
const harmless = (error: TransportError, secrets: ReadonlyArray<string>): TransportError =>
  TransportCause.revise(error, {
    detail: error.detail === undefined ? undefined : scrub(error.detail, secrets),
    cause: undefined,
  })
