/**
 * Decides which requests may be sent again even though the first request may have reached the server.
 */
import * as Repeatable from "./internal/request/repeatable.ts"
import * as TransportCause from "./TransportCause.ts"
import type { TransportError } from "./TransportError.ts"

/** Whether sending a request twice has the same effect as sending it once (RFC 9110, section 9.2.2; QUERY is safe). */
export const isIdempotent: (method: string) => boolean = Repeatable.isIdempotent

/**
 * Whether a request may be sent twice. A request may be sent twice if its method is idempotent, or if its `idempotency-key`
 * lets the server recognize the second request as a duplicate. The names of the headers must be in lower case.
 */
export const isRepeatable: (request: {
  readonly method: string
  readonly headers: Readonly<Record<string, string | undefined>>
}) => boolean = Repeatable.isRepeatable

/**
 * Forbids a retry after an error if the request must not be sent again.
 *
 * **Details**
 *
 * If a POST or PATCH request may have reached the server, the server may have carried it out. A second request could repeat
 * the effect of the first, so the verdict becomes `never`. A user, or a caller that can query the server, must determine what
 * happened. The error still closes the same gate.
 */
export const forbidRetry = (error: TransportError): TransportError =>
  error.reached === "nothing" || isIdempotent(error.method)
    ? error
    : TransportCause.revise(error, { verdict: { ...error.verdict, retry: "never", change: "human" } })
