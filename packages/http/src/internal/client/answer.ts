import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import type { HttpAnswer } from "../../HttpAnswer.ts"
import * as Portal from "../../Portal.ts"
import * as Redirect from "../../Redirect.ts"
import * as ResponseBody from "../../ResponseBody.ts"
import * as RetryAfter from "../../RetryAfter.ts"
import * as TransportCause from "../../TransportCause.ts"
import type { TransportError } from "../../TransportError.ts"

type Response = HttpClientResponse.HttpClientResponse

/** Defines which responses a call accepts as a success, and whether the request may be sent again. */
export interface Expectation {
  readonly expected: (status: number) => boolean
  readonly json: boolean
  readonly repeatable: boolean
}

/**
 * Classifies a response as a success, as a response for the vendor's decoder, or (by failing) as a response that did not come
 * from the vendor. `read` receives the body of a response that is not a success.
 */
export const judge = (
  response: Response,
  expectation: Expectation,
  read: (body: string) => void,
): Effect.Effect<Result.Result<Response, HttpAnswer>, TransportError> =>
  expectation.expected(response.status)
    ? expectation.json
      ? Effect.map(readJson(response, read), (success) => Result.succeed(success))
      : Effect.succeed(Result.succeed(response))
    : Effect.map(readRefusal(response, expectation, read), (answer) => Result.fail(answer))

/** Reads as much of an error response as the vendor's decoder needs. Fails if the response did not come from the vendor. */
const readRefusal = (
  response: Response,
  { json, repeatable }: Expectation,
  read: (body: string) => void,
): Effect.Effect<HttpAnswer, TransportError> =>
  Effect.gen(function* () {
    const { request, status } = response
    const body = yield* ResponseBody.readBounded(response).pipe(
      // The status of a truncated response is still valid. Only a repeatable request is retried to read the body completely.
      Effect.catchIf(
        (error) => error._tag === "TruncatedBody" && !repeatable,
        () => Effect.succeed(""),
      ),
    )
    read(body)
    const receivedAt = yield* Clock.currentTimeMillis
    const answer: HttpAnswer = { status, headers: response.headers, body, receivedAt }
    if (json && Portal.isPortal(response, answer)) {
      return yield* TransportCause.make("CaptivePortal", request, {
        status,
        detail: where(response),
        hint: RetryAfter.fromAnswer(answer),
      })
    }
    if (status < 400) {
      return yield* TransportCause.make("UnexpectedStatus", request, { status })
    }
    return answer
  })

const where = (response: Response): string => {
  const leads = Redirect.leads(response)
  return leads === undefined ? "the response does not come from an API" : `a redirect that ${leads}`
}

/** Reads the JSON body of a successful response within the attempt, and keeps the body in memory. */
const readJson = (response: Response, read: (body: string) => void): Effect.Effect<Response, TransportError> =>
  Effect.flatMap(ResponseBody.readWhole(response, ResponseBody.jsonLimit), (bytes) => {
    const { headers, request, status } = response
    const body = new TextDecoder().decode(bytes)
    if (body.trim() === "" || isJson(body)) return Effect.succeed(withBody(response, bytes))
    read(body.slice(0, ResponseBody.errorLimit))
    return Effect.fail(
      Portal.isHtml({ body, headers })
        ? TransportCause.make("CaptivePortal", request, {
            status,
            detail: "received HTML instead of JSON",
            hint: RetryAfter.fromAnswer(response),
          })
        : TransportCause.make("DecodeFailure", request, { status, detail: "the body is not JSON" }),
    )
  })

const isJson = (body: string): boolean => {
  try {
    JSON.parse(body)
    return true
  } catch {
    return false
  }
}

/**
 * Returns the response with an in-memory body, which any reader can read repeatedly.
 *
 * All other parts of the response still come from the client's response. In particular, the headers are not copied to a web
 * `Response`, which throws an error for some characters that a server may send.
 */
const withBody = (response: Response, bytes: Uint8Array<ArrayBuffer>): Response => {
  const own = (key: keyof Response) => ({ get: () => response[key] })
  return Object.create(HttpClientResponse.fromWeb(response.request, new globalThis.Response(bytes)), {
    cookies: own("cookies"),
    headers: own("headers"),
    remoteAddress: own("remoteAddress"),
    status: own("status"),
    url: own("url"),
    stream: { value: Stream.succeed(bytes) },
  })
}
