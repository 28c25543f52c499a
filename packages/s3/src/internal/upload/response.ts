/**
 * Reads the complete response to an upload and determines whether the storage service accepted the bytes, or which server
 * rejected them.
 */
import type { Request } from "@holdfast/diagnosis/Exchange"
import * as Portal from "@holdfast/http/Portal"
import * as Redirect from "@holdfast/http/Redirect"
import * as RetryAfter from "@holdfast/http/RetryAfter"
import * as TransportCause from "@holdfast/http/TransportCause"
import type { TransportError } from "@holdfast/http/TransportError"
import * as Effect from "effect/Effect"
import type * as HttpClientResponse from "effect/http/HttpClientResponse"
import { S3Error } from "../../S3Error.ts"
import * as Unverified from "../../Unverified.ts"
import { requestIdIn } from "../errors/response.ts"
import * as Proof from "./proof.ts"
import * as OwnRedirect from "./ownRedirect.ts"

/** Whether a status means that an upload succeeded. */
export const isSuccess = (status: number): boolean => status === 200 || status === 201 || status === 204

/**
 * Succeeds if the storage service accepted the bytes.
 *
 * **Details**
 *
 * Fails with the `S3Error` from S3's document. A page, or a redirect without a request id, causes a `CaptivePortal`; any
 * other status of 300 or above causes an `S3Error`. A success with a body that a storage service does not send causes
 * `NotFromS3`, and an empty success without any sign of the storage service causes `Unverified`. `sent` is the request; the
 * diagnosis needs it.
 */
export const accepted = (
  sent: Request,
  response: HttpClientResponse.HttpClientResponse,
  body: string,
): Effect.Effect<void, S3Error | TransportError | Unverified.Unverified> => {
  const { headers, request, status } = response
  const answer = { status, headers, body }
  const refused = () => Effect.fail(OwnRedirect.named(S3Error.fromExchange(sent, answer), response))
  if (S3Error.isErrorBody(body)) return refused()
  if (requestIdIn(headers) === undefined) {
    const bodiless = body.trim() === "" && status < 300
    if (!bodiless && Portal.isPortal(response, answer)) return Effect.fail(portal(response))
    const refusal = Redirect.refusal(response)
    if (refusal !== undefined) return Effect.fail(refusal)
  }
  if (status >= 300) return refused()
  if (!isSuccess(status)) return Effect.fail(TransportCause.make("UnexpectedStatus", request, { status }))
  switch (Proof.judge(answer, () => Proof.isHidden(response))) {
    case "stored":
      return Effect.void
    case "page":
      return Effect.fail(portal(response))
    case "foreign":
      return Effect.fail(Proof.foreign(sent, answer))
    case "unmarked":
      return unverified(sent, response, Proof.unmarked)
  }
}

/** Fails for a success that the storage service may not have sent. */
export const unverified = (
  sent: Request,
  { request, status }: HttpClientResponse.HttpClientResponse,
  reason: string,
): Effect.Effect<never, Unverified.Unverified> =>
  Effect.fail(Unverified.make({ method: sent.method ?? request.method, url: sent.url ?? request.url }, status, reason))

/** The error for the page or the redirect of a captive portal. */
export const portal = (response: HttpClientResponse.HttpClientResponse): TransportError => {
  const leads = Redirect.leads(response)
  const detail = leads === undefined ? "not a response of S3" : `a redirect that ${leads}`
  const { request, status } = response
  return TransportCause.make("CaptivePortal", request, { status, detail, hint: RetryAfter.fromAnswer(response) })
}
