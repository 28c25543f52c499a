/**
 * Which requests may be sent again although the first one may have arrived.
 */
import * as Repeatable from "./internal/request/repeatable.ts"
import * as TransportCause from "./TransportCause.ts"
import type { TransportError } from "./TransportError.ts"

/** Whether sending a request twice has the effect of sending it once (RFC 9110, section 9.2.2; QUERY is safe). */
export const isIdempotent: (method: string) => boolean = Repeatable.isIdempotent

/**
 * Whether a request may be sent twice: by its method, or because it has an `idempotency-key`, by which the server knows
 * the second one for the first. Header names are in lower case.
 */
export const isRepeatable: (request: {
  readonly method: string
  readonly headers: Readonly<Record<string, string | undefined>>
}) => boolean = Repeatable.isRepeatable

/**
 * Forbids the retry of an error after which a request must not be sent again.
 *
 * **Details**
 *
 * A POST or PATCH that may have reached the server may have been carried out. Sending it again could do its work twice,
 * so the verdict becomes `never`, and a person (or a caller who can look at the server) has to find out what happened.
 * The gate that the error closes stays the same.
 */
export const forbidRetry = (error: TransportError): TransportError =>
  error.reached === "nothing" || isIdempotent(error.method)
    ? error
    : TransportCause.revise(error, { verdict: { ...error.verdict, retry: "never", change: "human" } })
