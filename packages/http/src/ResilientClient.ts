/**
 * An `HttpClient` in, an `HttpClient` out, whose errors are the vendor's union and the transport errors.
 */
import type { Authorization } from "@holdfast/core/Authorization"
import type { Connectivity } from "@holdfast/core/Connectivity"
import * as Pipeline from "@holdfast/core/Pipeline"
import * as Timeouts from "@holdfast/core/Timeouts"
import type { Classified } from "@holdfast/core/Verdict"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import type * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import type * as Schedule from "effect/Schedule"
import type { HttpAnswer } from "./HttpAnswer.ts"
import * as Idempotency from "./Idempotency.ts"
import * as Answer from "./internal/answer.ts"
import * as Recorder from "./Recorder.ts"
import * as TransportCause from "./TransportCause.ts"
import type { TransportError } from "./TransportError.ts"

type Response = HttpClientResponse.HttpClientResponse

/** What surrounds the calls of a client. `E` is the vendor's union. */
export interface Options<E extends Classified> {
  /** The vendor's decoder, for every answer from status 400 up. Must be total. */
  readonly decode: (answer: HttpAnswer) => E
  /** The statuses that are a success. Default: 200, 201 and 204. Others below 400 are `UnexpectedStatus`. */
  readonly expects?: ReadonlyArray<number> | undefined
  /** Whether every body that is a success is JSON: then it is read within the attempt, and HTML is a `CaptivePortal`. */
  readonly json?: boolean | undefined
  /** Which errors are sent again, and when. Default: `Retry.policy()`. */
  readonly retry?: Schedule.Schedule<unknown, Classified> | undefined
  /** The time of one attempt. Default: `Timeouts.request`, 15 s. */
  readonly timeout?: Duration.Input | undefined
  /** Attempts wait for this gate; failures to exchange close it. */
  readonly connectivity?: Connectivity["Service"] | undefined
  /** Attempts wait for this gate, and carry its token as their bearer token. */
  readonly authorization?: Authorization["Service"] | undefined
  /** Whether a defect is retried one time. Default: never. */
  readonly defects?: "once" | "never" | undefined
}

/**
 * Surrounds a client with the pipeline: retry( gates( timeout( decode( send )))).
 *
 * **Details**
 *
 * Each attempt runs the given client anew, its request transformations included; transformations of the resulting client
 * run one time a call. An answer is a success, the vendor's error (status 400 and up), or a transport error. With
 * `json`, the body of a success is read and checked within the attempt, so that a truncated answer is retried, and the
 * response that comes out has its body in memory. The vendor's decoder gets at most 64 KiB of a body.
 *
 * A POST or PATCH is sent again only when the vendor's row says so, or when nothing can have reached the server:
 * otherwise the transport error comes out with the verdict `never` and `reached: "maybe"`. A defect does not tell what
 * reached the server, so `defects: "once"` does not apply to them.
 *
 * **Gotchas**
 *
 * Without `json` the body of a success is the caller's to read, outside the attempt: neither retried nor timed.
 */
export const make = <E extends Classified>(
  client: HttpClient.HttpClient,
  options: Options<E>,
): HttpClient.HttpClient.With<E | TransportError> => {
  const expects = new Set(options.expects ?? [200, 201, 204])
  const json = options.json ?? false
  const { authorization, connectivity, defects } = options
  const pipeline = Pipeline.makeUnsafe(
    Pipeline.retry({ defects, ...(options.retry === undefined ? {} : { schedule: options.retry }) }),
    Pipeline.gates({ connectivity, authorization }),
    Pipeline.timeout(options.timeout ?? Timeouts.request),
  )

  const call = (request: HttpClientRequest.HttpClientRequest): Effect.Effect<Response, E | TransportError> => {
    // As the given client sends it: errors name the whole URL although its base may be put before it there.
    let prepared = request
    let attempt = 0
    let timedOut: TransportError | undefined
    const call = {
      repeatable: Idempotency.isIdempotent(request.method),
      timedOut: (afterMs: number) =>
        (timedOut = Idempotency.guard(
          TransportCause.make("RequestTimedOut", prepared, {
            detail: `no answer within ${Duration.format(Duration.millis(afterMs))}`,
          }),
        )),
    }
    const record = (error: E | TransportError, answer?: Recorder.Failed["answer"]) =>
      Recorder.record({ request: prepared, answer, attempt, failure: Recorder.failureOf(error) })
    const send = ({ number, token }: Pipeline.Attempt): Effect.Effect<Response, E | TransportError> => {
      let answer: Recorder.Failed["answer"]
      attempt = number
      return client.preprocess(token === undefined ? request : HttpClientRequest.bearerToken(request, token)).pipe(
        Effect.tap((sent) =>
          Effect.sync(() => {
            prepared = sent
          }),
        ),
        client.postprocess,
        Effect.mapError(TransportCause.fromHttpClientError),
        Effect.flatMap((response) => {
          const { headers, status } = response
          answer = { status, headers }
          return Answer.judge(response, { expects, json }, (body) => {
            answer = { status, headers, body }
          })
        }),
        Effect.mapError(Idempotency.guard),
        Effect.flatMap((judged) =>
          Result.isSuccess(judged)
            ? Effect.succeed(judged.success)
            : Effect.fail(options.decode(withoutToken(judged.failure, token))),
        ),
        Effect.tapError((error) => record(error, answer)),
      )
    }
    return Pipeline.run(pipeline, send, call).pipe(
      // An attempt that is cut off cannot record itself, and those before the last have been sent again.
      Effect.tapError((error) => (error === timedOut ? record(error) : Effect.void)),
    )
  }

  return HttpClient.makeWith<never, never, E | TransportError, never>(Effect.flatMap(call), Effect.succeed)
}

/** An answer without the token that was sent, should it repeat it: the vendor's words end up in errors, and those in logs. */
const withoutToken = (answer: HttpAnswer, token: Redacted.Redacted<string> | undefined): HttpAnswer => {
  const secret = token === undefined ? "" : Redacted.value(token)
  return secret === "" || !answer.body.includes(secret)
    ? answer
    : { ...answer, body: answer.body.replaceAll(secret, "(redacted)") }
}
