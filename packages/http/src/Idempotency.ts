/**
 * Decides which requests may be sent again although the first one may have arrived.
 */
import * as Repeatable from "./internal/request/repeatable.ts"
import * as TransportCause from "./TransportCause.ts"
import type { TransportError } from "./TransportError.ts"

/** Whether sending a request twice has the same effect as sending it once (RFC 9110, section 9.2.2; QUERY is safe). */
export const isIdempotent: (method: string) => boolean = Repeatable.isIdempotent

/**
 * Whether a request may be sent twice: because of its method, or because its `idempotency-key` lets the server recognize the
 * second one as a repetition. Header names are in lower case.
 */
export const isRepeatable: (request: {
  readonly method: string
  readonly headers: Readonly<Record<string, string | undefined>>
}) => boolean = Repeatable.isRepeatable

/**
 * Forbids the retry after an error if the request must not be sent again.
 *
 * **Details**
 *
 * A POST or PATCH that may have reached the server may have been carried out. A second one could repeat its effect, so the
 * verdict becomes `never`, and a person (or a caller who can query the server) has to find out what happened. The gate that the
 * error closes stays the same.
 */
export const forbidRetry = (error: TransportError): TransportError =>
  error.reached === "nothing" || isIdempotent(error.method)
    ? error
    : TransportCause.revise(error, { verdict: { ...error.verdict, retry: "never", change: "human" } })
