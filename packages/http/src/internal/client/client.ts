/**
 * Implements an `HttpClient` whose calls go through a pipeline.
 */
import * as Secret from "@holdfast/core/Secret"
import * as Pipeline from "@holdfast/core/Pipeline"
import type * as Verdict from "@holdfast/core/Verdict"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as HttpClient from "effect/http/HttpClient"
import { isHttpClientError } from "effect/http/HttpClientError"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import type * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Result from "effect/Result"
import type { HttpAnswer } from "../../HttpAnswer.ts"
import * as Idempotency from "../../Idempotency.ts"
import * as Portal from "../../Portal.ts"
import * as Recorder from "../../Recorder.ts"
import * as Redirect from "../../Redirect.ts"
import * as TransportCause from "../../TransportCause.ts"
import type { TransportError } from "../../TransportError.ts"
import * as Answer from "./answer.ts"
import * as BodyErrors from "../body/cleanErrors.ts"
import * as DeadlineHeader from "../request/deadlineHeader.ts"
import { discard } from "../body/discard.ts"
import * as Resend from "../request/resend.ts"
import { Sending } from "./sending.ts"
import * as Sent from "../request/sent.ts"

type Request = HttpClientRequest.HttpClientRequest
type Response = HttpClientResponse.HttpClientResponse

/** The settings that apply to all calls of a client. */
export interface Options<E extends Verdict.Classified> {
  /**
   * Decodes a response with a status of 400 or above. `token` is the token from the authorization gate, if the pipeline has
   * one. It must not throw.
   */
  readonly decode: (answer: HttpAnswer, request: Request, token: Pipeline.Attempt["token"]) => E
  readonly expected: (status: number) => boolean
  /** Whether a redirect with the given status is returned to the caller. */
  readonly isAnswer: (status: number) => boolean
  readonly json: boolean
  readonly idempotent: boolean
  readonly deadlineHeader: DeadlineHeader.Name | undefined
}

/** A pipeline with arbitrary stages. The code that builds the client declares which errors these stages add. */
export type AnyPipeline = Pipeline.Pipeline<ReadonlyArray<Pipeline.Stage<"retry", never>>>

/** Wraps the calls of a client in a pipeline. */
export const piped = <E extends Verdict.Classified>(
  pipeline: AnyPipeline,
  given: HttpClient.HttpClient,
  options: Options<E>,
): HttpClient.HttpClient.With<E | TransportError> => {
  const { deadlineHeader, decode, expected, idempotent, isAnswer, json } = options
  // The classifier of responses handles a portal's redirect away from an API.
  const isPortal = (response: Response): boolean =>
    json && response.status >= 300 && !isAnswer(response.status) && Portal.isPortal(response, headOf(response))
  const client = Redirect.follow(given, (response) => isAnswer(response.status) || isPortal(response))

  const call = (request: Request): Effect.Effect<Response, E | TransportError> => {
    // The request that the given client sends: errors name the whole URL, although the client may add its base.
    let prepared = request
    let attempt = 0
    const sends = new Resend.Sends()
    const open = new Set<Response>()
    let over = false
    let timedOut: TransportError | undefined
    const repeatable = idempotent || Idempotency.isRepeatable(request)
    const expectation = { expected, json, repeatable }
    const sending = new Sending(request)
    const resend = (): Resend.Resend => ({ repeatable, oneShot: sending.isOneShot(prepared) })

    const record = (error: E | TransportError, answer?: Recorder.Failed["answer"]) =>
      Recorder.record({ request: prepared, answer, attempt, failure: Recorder.failureOf(error) })

    const exchange = (asked: Request, token: Pipeline.Attempt["token"]) => {
      let answer: Recorder.Failed["answer"]
      return Effect.flatMap(client.preprocess(asked), (sent) => sending.next((prepared = sent))).pipe(
        Effect.flatMap((sent) => client.postprocess(Effect.succeed(sent))),
        Effect.flatMap((response) => sending.received(prepared, response)),
        Effect.flatMap((response) => {
          const { headers, status } = response
          answer = { status, headers }
          const judged = isPortal(response) ? { ...expectation, expected: () => false } : expectation
          return Answer.judge(response, judged, (body) => {
            answer = { status, headers, body }
          })
        }),
        Effect.mapError((error) => (isHttpClientError(error) ? TransportCause.fromHttpClientError(error) : error)),
        Effect.flatMap((judged) =>
          Result.isSuccess(judged)
            ? keep(judged.success)
            : Effect.fail(
                Resend.answered(
                  decode(withoutSecrets(judged.failure, prepared), prepared, token),
                  judged.failure.status,
                ),
              ),
        ),
        Effect.tapError((error) => record(error, answer)),
      )
    }

    /**
     * Tracks the responses to the copies of a request that a hedge sends. The caller receives only one of these responses. A
     * response that is in memory does not hold a connection.
     */
    const keep = (received: Response): Effect.Effect<Response> => {
      if (json) return Effect.succeed(received)
      const response = BodyErrors.cleanAnswer(received)
      if (over) return Effect.as(discard(response), response)
      open.add(response)
      return Effect.succeed(response)
    }

    const send = ({ number, token }: Pipeline.Attempt) => {
      attempt = number
      sends.begin()
      const asked = token === undefined ? request : HttpClientRequest.bearerToken(request, Secret.value(token))
      return deadlineHeader === undefined
        ? exchange(asked, token)
        : Effect.flatMap(DeadlineHeader.value(deadlineHeader), (left) =>
            exchange(left === undefined ? asked : HttpClientRequest.setHeader(asked, deadlineHeader, left), token),
          )
    }

    return Pipeline.run(pipeline, send, {
      // A stream may have a source that can be read only once, and copies would share it.
      repeatable: repeatable && !resend().oneShot && request.body._tag !== "Stream",
      mayResend: (error) => sends.mayResend(error, resend()),
      timedOut: (afterMs) => (timedOut = Resend.timedOut(prepared, afterMs)),
      // A response that is still held when the call continues was not accepted as a success by a stage.
      released: () => {
        for (const response of open) Effect.runFork(discard(response))
        open.clear()
      },
    }).pipe(
      Effect.onExit((exit) => {
        over = true
        if (Exit.isSuccess(exit)) open.delete(exit.value)
        return Effect.forEach(open, discard, { discard: true })
      }),
      Effect.catch((error) => {
        const last = Resend.settled(error, resend())
        // An attempt that is interrupted cannot record itself. Earlier attempts were recorded when they were retried.
        return error === timedOut ? Effect.andThen(record(last), Effect.fail(last)) : Effect.fail(last)
      }),
    )
  }

  return HttpClient.makeWith<never, never, E | TransportError, never>(Effect.flatMap(call), Effect.succeed)
}

const headOf = ({ headers, status }: Response): HttpAnswer => ({ status, headers, body: "" })

/**
 * Redacts the request's credentials in a response that repeats them. The vendor's text and IDs become part of errors, and
 * errors are logged.
 */
const withoutSecrets = ({ body, headers, status }: HttpAnswer, request: Request): HttpAnswer => {
  const redactor = Sent.redactorOf(request)
  return {
    status,
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, redactor.text(value)])),
    body: redactor.text(body),
  }
}
