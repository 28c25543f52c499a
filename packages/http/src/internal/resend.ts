/**
 * Whether one request may be sent again after a failure, and the errors that say so.
 */
import type { Verdict } from "@holdfast/core/Verdict"
import * as Duration from "effect/Duration"
import type * as HttpClientRequest from "effect/http/HttpClientRequest"
import { ErrorStatus } from "../ErrorStatus.ts"
import * as Idempotency from "../Idempotency.ts"
import * as TransportCause from "../TransportCause.ts"
import type { TransportError } from "../TransportError.ts"
import * as Exchange from "./exchange.ts"
import * as Status from "./statusRows.ts"

/** What is true of one request. */
export interface Resend {
  /** Whether sending it twice does what sending it once does. */
  readonly repeatable: boolean
  /** Whether its body is gone once it has been sent. */
  readonly oneShot: boolean
}

/** Whether a body can be sent one time only: a stream, or anything else that is not known to give its bytes again. */
export const isOneShot = (body: unknown): boolean =>
  typeof body === "object" &&
  body !== null &&
  !(body instanceof ArrayBuffer || ArrayBuffer.isView(body)) &&
  !(body instanceof Blob || body instanceof FormData || body instanceof URLSearchParams)

/** The transport error of a request that was sent, with a verdict that is true of this request. */
export const transport = (error: TransportError, { repeatable, oneShot }: Resend): TransportError => {
  const guarded = repeatable ? error : Idempotency.guard(error)
  return oneShot && guarded.verdict.retry !== "never"
    ? TransportCause.revise(guarded, { verdict: never(guarded.verdict) })
    : guarded
}

/** The error of an attempt that took too long. */
export const timedOut = (
  request: HttpClientRequest.HttpClientRequest,
  afterMs: number,
  resend: Resend,
): TransportError => {
  const detail = `no answer within ${Duration.format(Duration.millis(afterMs))}`
  return transport(TransportCause.make("RequestTimedOut", request, { detail }), resend)
}

/**
 * The error of a status from 400 up that no vendor's decoder explains.
 *
 * **Details**
 *
 * A status from 400 to 499 and 503 say that the request was refused, and 511 that it never arrived; any other status does
 * not tell whether it was carried out. 401 closes the authorization gate, where the pipeline has one.
 */
export const status = (
  request: HttpClientRequest.HttpClientRequest,
  code: number,
  retryAfter: Duration.Duration | undefined,
  { repeatable, oneShot }: Resend,
): ErrorStatus => {
  const row = Status.find({ key: "", status: code }).verdict
  const verdict: Verdict = {
    ...row,
    ...(code === 401 ? { closes: "authorization" as const } : {}),
    ...(retryAfter === undefined ? {} : { retryAfter }),
  }
  const refused = code < 500 || code === 503 || code === 511
  const lasting = oneShot || !(repeatable || refused)
  return new ErrorStatus({
    verdict: lasting ? never(verdict) : verdict,
    status: code,
    ...Exchange.fromRequest(request),
  })
}

const never = (verdict: Verdict): Verdict => ({ ...verdict, retry: "never" })
