/**
 * One exchange with an OAuth endpoint: a POST request with fields, and the response or error.
 */
import * as Secret from "@holdfast/core/Secret"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import type * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Redacted from "effect/Redacted"
import * as Redaction from "@holdfast/diagnosis/Redaction"
import * as Portal from "@holdfast/http/Portal"
import * as Recorder from "@holdfast/http/Recorder"
import * as Redirect from "@holdfast/http/Redirect"
import * as RetryAfter from "@holdfast/http/RetryAfter"
import * as TransportCause from "@holdfast/http/TransportCause"
import type { TransportError } from "@holdfast/http/TransportError"
import { unreadable } from "../../AnswerUnreadable.ts"
import type { AnswerUnreadable } from "../../AnswerUnreadable.ts"
import * as OAuthError from "../../OAuthError.ts"
import * as AnswerText from "../wire/answerText.ts"
import * as Content from "../wire/content.ts"
import * as OwnConnection from "./ownConnection.ts"
import { scrub } from "../wire/scrub.ts"
import type * as Tokens from "../wire/tokens.ts"

/** The options that all exchanges with one server share. */
export interface Server {
  readonly client: HttpClient.HttpClient
  readonly encoding: "form" | "multipart"
  readonly headers: Readonly<Record<string, string>>
  /** Decodes an error response from the server. */
  readonly decode: typeof OAuthError.decode
}

/** The definition of one exchange. */
export interface Call<A extends object> {
  readonly url: string
  /**
   * The fields of the body, in the order in which they are sent. An `undefined` value is not sent, and a list is sent as one
   * field for each value.
   */
  readonly fields: Readonly<Record<string, Redacted.Redacted<string> | string | ReadonlyArray<string> | undefined>>
  /** Secrets that the server knows although the request does not contain them. */
  readonly secrets?: ReadonlyArray<Redacted.Redacted<string>>
  readonly timeout: Duration.Duration
  /** Reads the content of a successful response; absent if the call does not expect content. */
  readonly read?: Tokens.Reader<A>
}

/** The errors with which an exchange can fail. */
export type Failure = OAuthError.OAuthError | TransportError | AnswerUnreadable

/**
 * Sends the fields on a separate connection and reads the response.
 *
 * **Details**
 *
 * A response is successful if its status is from 200 to 299 and it contains what the call needs. The format of the response
 * does not matter, and the response can be truncated. In all other cases, an error that is stated in the response is
 * reported, even with status 200, because some servers send errors with that status. Errors do not contain any secret that
 * the server might know. Errors do not have a cause, because the cause of a broken exchange can contain parts of the
 * response.
 */
export const send = <A extends object = never>(
  server: Server,
  call: Call<A>,
): Effect.Effect<A | undefined, Failure> => {
  const request = makeRequest(server, call, entries(call))
  const redactor = Redaction.redactor(
    [...Object.values(call.fields), ...(call.secrets ?? [])].flatMap((value) =>
      Redacted.isRedacted(value) ? [Secret.value(value)] : [],
    ),
  )
  const timedOut = Effect.fail(
    TransportCause.make("RequestTimedOut", request, { detail: `after ${Duration.format(call.timeout)}` }),
  )
  return Effect.gen(function* () {
    const end = (yield* Clock.monotonicTimeNanos) + Duration.toNanosUnsafe(call.timeout)
    const stop = Effect.flatMap(Clock.monotonicTimeNanos, (now) =>
      Effect.andThen(Effect.sleep(Duration.nanos(end > now ? end - now : 0n)), timedOut),
    )
    let answer: Recorder.Failed["answer"]
    return yield* Effect.raceFirst(
      Effect.mapError(
        OwnConnection.send(Redirect.unfollowed(server.client).execute(request)),
        TransportCause.fromHttpClientError,
      ),
      stop,
    ).pipe(
      Effect.flatMap((response) => {
        const { headers, status } = response
        answer = { status, headers }
        return Effect.flatMap(AnswerText.read(response, stop), (body) => {
          answer = { status, headers, body: body.text }
          return judge(response, body, call.read, redactor, server.decode)
        })
      }),
      Effect.mapError((error) => ("reached" in error ? (tooOdd(error) ?? harmless(error, redactor)) : error)),
      Effect.tapError((error) => Recorder.record({ request, answer, failure: Recorder.failureOf(error) })),
    )
  })
}

/** The failure of a call that was not sent because the network is down. */
export const unreached = (url: string, detail: string): TransportError =>
  TransportCause.make("connect *", HttpClientRequest.post(url), { detail })

const entries = (call: Pick<Call<never>, "fields">): ReadonlyArray<readonly [string, string]> =>
  Object.entries(call.fields).flatMap(([name, value]) => {
    if (value === undefined) return []
    const values = Redacted.isRedacted(value) ? [Secret.value(value)] : typeof value === "string" ? [value] : value
    return values.map((one) => [name, one] as const)
  })

const makeRequest = (
  server: Server,
  call: Omit<Call<never>, "read">,
  sent: ReadonlyArray<readonly [string, string]>,
) => {
  const request = HttpClientRequest.post(call.url).pipe(
    // Some servers respond with HTML or a form unless the client asks for JSON.
    HttpClientRequest.accept("application/json"),
    HttpClientRequest.setHeader("accept-encoding", "identity"),
    HttpClientRequest.setHeaders({ ...server.headers, connection: "close" }),
  )
  if (server.encoding === "form") return HttpClientRequest.bodyUrlParams(request, sent)
  const form = new FormData()
  for (const [name, value] of sent) form.append(name, value)
  return HttpClientRequest.bodyFormData(request, form)
}

const judge = <A extends object>(
  response: HttpClientResponse.HttpClientResponse,
  { complete, failure, text: body }: AnswerText.Text,
  reader: Tokens.Reader<A> | undefined,
  redactor: Redaction.Redactor,
  decode: Server["decode"],
): Effect.Effect<A | undefined, Failure> =>
  Effect.gen(function* () {
    const { headers, request, status } = response
    const success = status >= 200 && status < 300
    const { problem, value } = Content.read(body, complete, reader, yield* Clock.currentTimeMillis)
    if (success && value !== undefined) return value
    const named = OAuthError.isErrorBody(body)
    // A complete error code counts, even if the response was truncated after it.
    if (failure !== undefined && !named) {
      // A client that decompresses by itself, as fetch does, returns nothing of a body with a wrong `content-encoding`.
      const compressed = failure._tag === "TruncatedBody" && body === "" && isCompressed(headers["content-encoding"])
      return yield* Effect.fail(compressed ? unreadable(status, notCompressed) : failure)
    }
    if (!named && Portal.isPortal(response, { status, headers, body })) {
      const leads = Redirect.leads(response)
      return yield* Effect.fail(
        TransportCause.make("CaptivePortal", request, {
          status,
          hint: RetryAfter.fromAnswer(response),
          ...(leads === undefined ? {} : { detail: leads }),
        }),
      )
    }
    if (success && !named) {
      if (reader === undefined) {
        if (!isProse(body)) return undefined
        return yield* TransportCause.make("CaptivePortal", request, {
          status,
          hint: RetryAfter.fromAnswer(response),
          detail: "the text in the response is not from the server",
        })
      }
      const lack = Content.lack(body, problem)
      return yield* Effect.fail(unreadable(status, lack.problem, lack.retry))
    }
    if (!success && status < 400) {
      return yield* Effect.fail(
        Redirect.refusal(response) ?? TransportCause.make("UnexpectedStatus", request, { status }),
      )
    }
    // A retry could revoke the tokens in this response.
    if (!named && value !== undefined) {
      return yield* Effect.fail(
        unreadable(status, "the content is as expected, but the status reports an error", "never"),
      )
    }
    const receivedAt = yield* Clock.currentTimeMillis
    return yield* Effect.fail(decode({ status, headers, body, receivedAt }, redactor))
  })

/**
 * Whether a body is prose or markup, which a firewall might send. Servers respond to a revocation with JSON, a single word or
 * an empty body. Clients ignore the content of the response to a revocation (RFC 7009, section 2.2).
 */
const isProse = (body: string): boolean => /^[^[{"]/.test(body.trim()) && /[\s<]/.test(body.trim())

const notCompressed = "the body is not compressed with the encoding that the headers state"

const isCompressed = (encoding: string | undefined): boolean =>
  encoding !== undefined && !/^\s*(?:identity)?\s*$/i.test(encoding)

/** Returns the error for a response whose headers the HTTP client rejects because of their size. */
const tooOdd = ({ detail = "", status = 0 }: TransportError): AnswerUnreadable | undefined =>
  /HEADERS?_OVERFLOW$/.test(detail)
    ? unreadable(status, "the headers exceed the size that the HTTP client accepts (node --max-http-header-size)")
    : undefined

/**
 * Returns the error for a response that is not HTTP. Calls other than a refresh are retried after a response that is not
 * HTTP, because an intermediary might have sent it.
 */
export const notHttp = (error: Failure): AnswerUnreadable | undefined =>
  error._tag === "TransportFailure" && /^HPE_|\bHTTP\/1\.1 protocol\b/.test(error.detail ?? "")
    ? unreadable(error.status ?? 0, "the HTTP client cannot parse the response as HTTP")
    : undefined

/** Returns the error without its cause and without the secrets in its detail. */
const harmless = (error: TransportError, redactor: Redaction.Redactor): TransportError =>
  TransportCause.revise(error, {
    detail: error.detail === undefined ? undefined : scrub(error.detail, redactor),
    cause: undefined,
  })
