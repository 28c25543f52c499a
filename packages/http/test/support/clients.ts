/** Scripted clients and a minimal vendor for the tests of this package. */
import { Clock, Data, Effect, Random } from "effect"
import { HttpClient, HttpClientError, type HttpClientRequest, HttpClientResponse } from "effect/http"
import { Verdict } from "@holdfast/core"
import { type HttpAnswer, RetryAfter } from "@holdfast/http"

/**
 * The error of a vendor whose decoder takes the verdict from the status: 5xx always, 429 always and throttled, the rest never.
 */
export class VendorError extends Data.TaggedError("VendorError")<{
  readonly answer: HttpAnswer
  readonly verdict: Verdict.Verdict
}> {}

export const decode = (answer: HttpAnswer): VendorError => {
  const retryAfter = RetryAfter.fromHeaders(answer.headers)
  const hint = retryAfter === undefined ? {} : { retryAfter }
  const verdict = answer.status >= 500 || answer.status === 429 ? Verdict.always(hint) : Verdict.never()
  return new VendorError({ answer, verdict })
}

/** An error like those of Node. */
export const nodeError = (code: string, more: object = {}): Error =>
  Object.assign(new Error(`${code} happened`), { code }, more)

/** The failure of a client that could not exchange a request. */
export const transportError = (request: HttpClientRequest.HttpClientRequest, cause?: unknown) =>
  new HttpClientError.HttpClientError({ reason: new HttpClientError.TransportError({ request, cause }) })

export type Step = (
  request: HttpClientRequest.HttpClientRequest,
) => Effect.Effect<HttpClientResponse.HttpClientResponse, HttpClientError.HttpClientError>

export const answer =
  (body: BodyInit | null, init?: ResponseInit): Step =>
  (request) =>
    Effect.sync(() => HttpClientResponse.fromWeb(request, new Response(body, init)))

export const fails =
  (code: string, more?: object): Step =>
  (request) =>
    Effect.fail(transportError(request, nodeError(code, more)))

export const html = (status: number, headers?: Record<string, string>): Step =>
  answer("<!DOCTYPE html><title>Hotel</title>", { status, headers: { "content-type": "text/html", ...headers } })

/** A client that plays the steps in turn, the last one forever, and records each request and its time. */
export const scripted = (...steps: ReadonlyArray<Step>) => {
  const times: Array<number> = []
  const requests: Array<HttpClientRequest.HttpClientRequest> = []
  const client = HttpClient.make((request) =>
    Effect.flatMap(Clock.currentTimeMillis, (now) => {
      const step = steps[Math.min(times.length, steps.length - 1)]!
      times.push(now / 1000)
      requests.push(request)
      return step(request)
    }),
  )
  return { client, requests, times }
}

/** Makes every wait as long as its delay. */
export const withoutJitter = Effect.provideService(Random.Random, {
  nextDoubleUnsafe: () => 1,
  nextIntUnsafe: () => 0,
})
