/**
 * Sends a form and interprets the response. `PresignedPost` loads this module on the first upload, so a page that only fills
 * in forms loads neither an HTTP client nor the error table.
 */
import type * as Exchange from "@holdfast/diagnosis/Exchange"
import { header } from "@holdfast/diagnosis/Exchange"
import * as Recorder from "@holdfast/http/Recorder"
import * as Redirect from "@holdfast/http/Redirect"
import * as ResponseBody from "@holdfast/http/ResponseBody"
import * as TransportCause from "@holdfast/http/TransportCause"
import type { TransportError } from "@holdfast/http/TransportError"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import type * as HttpBody from "effect/http/HttpBody"
import * as HttpClient from "effect/http/HttpClient"
import type * as HttpClientError from "effect/http/HttpClientError"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import type * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Random from "effect/Random"
import * as Redacted from "effect/Redacted"
import * as Lint from "../../Lint.ts"
import * as Probing from "../../RefusalProbe.ts"
import { S3Error } from "../../S3Error.ts"
import type * as Unverified from "../../Unverified.ts"
import { requestIdIn } from "../errors/response.ts"
import { basicDate } from "../time/basicDate.ts"
import { unquoted } from "../upload/etag.ts"
import * as UploadResponse from "../upload/response.ts"
import { StreamNeedsLength } from "./errors.ts"
import * as FormFile from "./file.ts"
import * as Multipart from "./multipart.ts"
import * as FormObject from "./object.ts"
import * as PostResponse from "./response.ts"
import type { Receipt, UploadError, UploadFile } from "./types.ts"

/** Uploads one file with the given form fields. */
export const send = Effect.fnUntraced(function* (
  url: string,
  fields: ReadonlyArray<Multipart.Field>,
  file: UploadFile,
): Effect.fn.Return<Receipt, UploadError, HttpClient.HttpClient> {
  const client = yield* HttpClient.HttpClient
  const source = yield* FormFile.make(file)
  const frame = Multipart.frame(fields, source, yield* seed)
  const request = HttpClientRequest.post(url)
  const length = frame.head.length + source.size + frame.tail.length
  const held: Exchange.Request = {
    method: "POST",
    url,
    headers: { "content-type": frame.contentType, "content-length": `${length}` },
    form: [
      ...fields.map(([name, value]) => ({ name, value })),
      { name: "file", filename: source.filename, size: source.size, type: source.type },
    ],
    size: length,
  }
  const now = yield* Clock.currentTimeMillis
  // If the form was signed after the local time, the local clock is slow. S3 uses its own clock.
  const at = Math.max(now, basicDate(valueOf(fields, "x-amz-date") ?? "") ?? now)
  yield* Effect.tapError(Lint.refuse(held, { at }), () => Recorder.hand({ request: held }))
  let answer: Recorder.Failed["answer"]
  const exchange = (body: HttpBody.HttpBody) => execute(client, HttpClientRequest.setBody(request, body), source)
  const transmit = exchange(source.body(frame)).pipe(
    // node:http throws for a Blob before it has written anything.
    Effect.catchDefect((defect) => (isRefusedBody(defect) ? exchange(source.streamed(frame)) : Effect.die(defect))),
    Effect.flatMap((response) =>
      read(response, fields, held, (body) => {
        answer = { status: response.status, headers: { ...response.headers }, body }
      }),
    ),
    Effect.catch((error) =>
      Probing.mayHide(error)
        ? Effect.flatMap(refusal(held, length), (hidden) => {
            answer = hidden
            return Effect.fail(hidden === undefined ? error : S3Error.fromExchange(held, hidden))
          })
        : Effect.fail(error),
    ),
    Effect.tapError((error) => Recorder.hand({ request: held, ...outcome(answer, error) })),
  )
  // A stream that was too short explains a response without proof.
  const receipt = yield* Effect.catchTag(transmit, "Unverified", (error) => Effect.fail(source.fault(true) ?? error))
  const fault = source.fault(true)
  return fault === undefined ? receipt : yield* fault
})

/**
 * Replaces a connection error with the response that it hid if the server rejected the form after reading only its headers.
 */
const refusal = ({ headers, url = "" }: Exchange.Request, length: number) =>
  Effect.flatMap(Probing.RefusalProbe, ({ ask }) =>
    ask({
      method: "POST",
      url: Redacted.make(url),
      headers: { "content-type": headers?.["content-type"] ?? "" },
      length,
    }),
  )

/** The result of an exchange: a response, or the reason why no response arrived. */
const outcome = (answer: Recorder.Failed["answer"], error: UploadError) => {
  const failure = Recorder.failureOf(error)
  return { ...(answer === undefined ? {} : { response: answer }), ...(failure === undefined ? {} : { failure }) }
}

/** 128 random bits, so no file contains this boundary by chance. */
const seed = Effect.map(Effect.replicateEffect(Random.nextIntBetween(0, 0xffff_ffff), 4), (words) =>
  words.map((word) => word.toString(16).padStart(8, "0")).join(""),
)

/**
 * Sends one request, without a span because a span would contain the URL. A redirect is treated as a response here, so
 * `fetch` must not follow it. `fetch` must not receive a stream, because it drops the content length; therefore, the `Fetch`
 * service is replaced with one that rejects streams.
 */
const execute = (
  client: HttpClient.HttpClient,
  request: HttpClientRequest.HttpClientRequest,
  source: FormFile.Source,
) =>
  Effect.suspend(() => {
    let refused = false
    const refuse = () => {
      refused = true
      return Promise.reject(new StreamNeedsLength())
    }
    const failure = (error: HttpClientError.HttpClientError): UploadError => {
      const { reason } = error
      const fault = source.fault(false)
      if (fault !== undefined) return fault
      // Only a fetch that supports no streams reports that itself, and its error has no cause.
      const cannotStream = reason._tag === "EncodeError" && reason.cause === undefined
      return refused || (source.isStream && cannotStream)
        ? new StreamNeedsLength()
        : TransportCause.fromHttpClientError(error)
    }
    const bare = Redirect.unfollowed(client)
      .execute(request)
      .pipe(Effect.provideService(HttpClient.TracerDisabledWhen, always))
    return (source.isStream ? Effect.provideService(bare, FetchHttpClient.Fetch, refuse) : bare).pipe(
      Effect.mapError(failure),
    )
  })

const always = () => true

const isRefusedBody = (defect: unknown): boolean =>
  defect instanceof TypeError && "code" in defect && defect.code === "ERR_INVALID_ARG_TYPE"

const read = (
  response: HttpClientResponse.HttpClientResponse,
  fields: ReadonlyArray<Multipart.Field>,
  held: Exchange.Request,
  onBody: (body: string) => void,
): Effect.Effect<Receipt, S3Error | TransportError | Unverified.Unverified> => {
  const { headers, request, status } = response
  const redirect = PostResponse.fromLocation(headers["location"])
  const requestId = requestIdIn(headers)
  const asked = FormObject.of(fields)
  const unverified = (reason: string) => UploadResponse.unverified(held, response, reason)
  const receipt = (stored: PostResponse.Stored = {}) => {
    const other = FormObject.mismatch(asked, stored)
    if (other !== undefined) return unverified(other)
    const etag = unquoted(stored.etag ?? headers["etag"])
    const key = stored.key ?? literalKey(fields)
    const location = stored.location ?? (status === 303 ? undefined : headers["location"])
    return Effect.succeed<Receipt>({
      status,
      ...(etag === undefined ? {} : { etag }),
      ...(key === undefined ? {} : { key }),
      ...(stored.bucket === undefined ? {} : { bucket: stored.bucket }),
      ...(location === undefined ? {} : { location }),
      ...(requestId === undefined ? {} : { requestId }),
    })
  }
  if (status === 0) {
    const detail = "the browser hides redirects, so it is unknown whether the file is stored"
    return Effect.fail(TransportCause.make("UnexpectedStatus", request, { status, detail }))
  }
  return Effect.flatMap(
    status === 204 ? Effect.succeed("") : ResponseBody.readBounded(response),
    (body): Effect.Effect<Receipt, S3Error | TransportError | Unverified.Unverified> => {
      onBody(body)
      if (status === 303 && redirect !== undefined && !S3Error.isErrorBody(body)) return receipt(redirect)
      return Effect.flatMap(
        UploadResponse.accepted(held, response, body),
        (): Effect.Effect<Receipt, Unverified.Unverified> => {
          const document = PostResponse.read(body)
          // For a form with `success_action_status` 201, S3 responds with a document that names the object.
          return status === 201 && document?.key === undefined
            ? unverified("the response has status 201 but lacks the PostResponse document that names the object")
            : receipt(document)
        },
      )
    },
  )
}

const valueOf = (fields: ReadonlyArray<Multipart.Field>, name: string): string | undefined =>
  header(Object.fromEntries(fields), name)

/** The key in the form, unless S3 changes it. */
const literalKey = (fields: ReadonlyArray<Multipart.Field>): string | undefined => {
  const key = valueOf(fields, "key")
  return key === undefined || key.includes("${filename}") ? undefined : key
}
