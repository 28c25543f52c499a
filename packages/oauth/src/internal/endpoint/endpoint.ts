/**
 * One exchange with an OAuth endpoint: a POST of fields, and its response or its error.
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
  /** Decodes an error of the server. */
  readonly decode: typeof OAuthError.decode
}

/** The definition of one exchange. */
export interface Call<A extends object> {
  readonly url: string
  /** The fields of the body, in order. An `undefined` value is not sent, and a list is one field for each value. */
  readonly fields: Readonly<Record<string, Redacted.Redacted<string> | string | ReadonlyArray<string> | undefined>>
  /** Secrets that the request does not contain but the server knows. */
  readonly secrets?: ReadonlyArray<Redacted.Redacted<string>>
  readonly timeout: Duration.Duration
  /** Reads the content of a success; absent if the call expects none. */
  readonly read?: Tokens.Reader<A>
}

/** The ways in which an exchange fails. */
export type Failure = OAuthError.OAuthError | TransportError | AnswerUnreadable

/**
 * Sends the fields on their own connection and reads the response.
 *
 * **Details**
 *
 * A response with a status from 200 to 299 that has what the call needs is a success, whatever its format, even if it was
 * truncated. Otherwise it is the error that it names: some servers send errors with status 200. Errors contain no secret that
 * the server can know, and have no cause, because the cause of a broken exchange can contain parts of the response.
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
 * Whether a body is prose or markup, as a firewall sends. Servers answer a revocation with JSON, a word or nothing, and clients
 * ignore that content (RFC 7009, section 2.2).
 */
const isProse = (body: string): boolean => /^[^[{"]/.test(body.trim()) && /[\s<]/.test(body.trim())

const notCompressed = "the body is not compressed as the headers state"

const isCompressed = (encoding: string | undefined): boolean =>
  encoding !== undefined && !/^\s*(?:identity)?\s*$/i.test(encoding)

/** A response whose headers the HTTP client rejects. */
const tooOdd = ({ detail = "", status = 0 }: TransportError): AnswerUnreadable | undefined =>
  /HEADERS?_OVERFLOW$/.test(detail)
    ? unreadable(status, "the headers exceed the size that the HTTP client accepts (node --max-http-header-size)")
    : undefined

/** A response that is not HTTP. It is retried for calls other than a refresh, because an intermediary may have sent it. */
export const notHttp = (error: Failure): AnswerUnreadable | undefined =>
  error._tag === "TransportFailure" && /^HPE_|\bHTTP\/1\.1 protocol\b/.test(error.detail ?? "")
    ? unreadable(error.status ?? 0, "the HTTP client cannot parse the response as HTTP")
    : undefined

/** The error without its cause, and without the secrets in its detail. */
const harmless = (error: TransportError, redactor: Redaction.Redactor): TransportError =>
  TransportCause.revise(error, {
    detail: error.detail === undefined ? undefined : scrub(error.detail, redactor),
    cause: undefined,
  })
