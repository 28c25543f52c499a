/**
 * Decides whether a request may be sent again after a failure, and builds the errors that report the failure.
 */
import type * as Pipeline from "@holdfast/core/Pipeline"
import * as Timeline from "@holdfast/core/Timeline"
import * as Verdict from "@holdfast/core/Verdict"
import * as Duration from "effect/Duration"
import type * as HttpClientRequest from "effect/http/HttpClientRequest"
import { ErrorStatus } from "../../ErrorStatus.ts"
import * as Idempotency from "../../Idempotency.ts"
import * as TransportCause from "../../TransportCause.ts"
import type { TransportError } from "../../TransportError.ts"
import { requestLineOf } from "./requestLine.ts"
import * as Answered from "../errors/status/answered.ts"
import * as Status from "../errors/status/rows.ts"

/** The properties of a request that determine whether the request may be sent again. */
export interface Resend {
  /** Whether sending the request twice has the same effect as sending it once. */
  readonly repeatable: boolean
  /** Whether the body of the request is consumed when it is sent. */
  readonly oneShot: boolean
}

/**
 * Whether a request may be sent again after an error whose verdict allows a retry.
 *
 * **Details**
 *
 * A POST or PATCH that the server may have executed is not retried, regardless of whether the failure is a connection
 * failure, an error status or the vendor's own error. The error's verdict determines whether the server may have executed the
 * request. If the verdict does not determine whether the server may have executed the request, the status of the response
 * does.
 */
const may = (error: unknown, { oneShot, repeatable }: Resend): boolean =>
  !oneShot && (repeatable || (Verdict.isClassified(error) && appliedOf(error) === "no"))

/** Tracks the requests that one call has sent. An attempt that a limit or breaker rejected does not count as sent. */
export class Sends {
  private begun = 0
  private judged = 0

  begin(): void {
    this.begun++
  }

  /** Whether the call may be retried after an error. Must be called once for each error. */
  mayResend(error: unknown, resend: Resend): boolean {
    const isUnsent = this.begun === this.judged
    this.judged = this.begun
    return isUnsent || may(error, resend)
  }
}

const appliedOf = (error: Verdict.Classified): Verdict.Applied =>
  Verdict.appliedOf(Verdict.withStatus(error.verdict, statuses.get(error) ?? 0))

const statuses = new WeakMap<object, number>()

/** Records the status of the response from which a vendor's decoder built an error. */
export const answered = <E extends object>(error: E, status: number): E => {
  statuses.set(error, status)
  return error
}

/**
 * Returns the error as it leaves the pipeline. The verdict is changed to `never` if the request must not be sent again.
 *
 * **Details**
 *
 * Inside the pipeline, the error keeps its original verdict, because breakers and limits use the verdict to judge the
 * service. An error that a vendor's decoder built is not changed.
 */
export const settled = <E>(error: E, resend: Resend): E => {
  if (may(error, resend)) return error
  if (TransportCause.isTransportError(error))
    return replace(error, forbid(resend.repeatable ? error : Idempotency.forbidRetry(error)))
  if (!(error instanceof ErrorStatus)) return error
  const change = resend.repeatable ? error.verdict.change : "human"
  return replace(error, ErrorStatus.withVerdict(error, { ...error.verdict, retry: "never", change }))
}

const forbid = (error: TransportError): TransportError =>
  error.verdict.retry === "never"
    ? error
    : TransportCause.revise(error, { verdict: { ...error.verdict, retry: "never" } })

/** Replaces the last error with another error and attaches the recorded attempts to it. */
const replace = <E>(error: E, last: object): E => {
  const entries = Timeline.of(error).map((entry) => (entry.error === error ? { ...entry, error: last } : entry))
  return (entries.length === 0 ? last : Timeline.attach(last, entries as Timeline.Timeline)) as E
}

/** Creates the error for an attempt that timed out. */
export const timedOut = (request: HttpClientRequest.HttpClientRequest, afterMs: number): TransportError =>
  TransportCause.make("RequestTimedOut", request, {
    detail: `no response within ${Duration.format(Duration.millis(afterMs))}`,
  })

/**
 * Creates the error for a response with a status of 400 or higher when no vendor's decoder is used. `token` is the token that
 * the authorization gate provided for the attempt, if the pipeline has such a gate. A refresh can resolve a 401 only if the
 * authorization gate provided a token.
 */
export const status = (
  request: HttpClientRequest.HttpClientRequest,
  answer: Omit<Answered.Answered, "url">,
  retryAfter: Duration.Duration | undefined,
  token: Pipeline.Attempt["token"],
): ErrorStatus =>
  new ErrorStatus({
    verdict: {
      ...Answered.verdictOf({ ...answer, url: request.url }, token === undefined ? undefined : Status.withToken),
      ...(retryAfter === undefined ? {} : { retryAfter }),
    },
    status: answer.status,
    ...requestLineOf(request),
  })
