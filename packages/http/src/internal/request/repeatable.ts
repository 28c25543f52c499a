/**
 * Which requests may be sent twice. It loads nothing, because the rules of a diagnosis ask it, too.
 */

/** Whether sending a request twice has the effect of sending it once (RFC 9110, section 9.2.2; QUERY is safe). */
export const isIdempotent = (method: string): boolean => !others.has(method.toUpperCase())

/** The methods that are not idempotent in IANA's registry. */
const others: ReadonlySet<string> = new Set(["CONNECT", "LOCK", "PATCH", "POST"])

/** Whether a request may be sent twice, by its method or its `idempotency-key`. Header names are in lower case. */
export const isRepeatable = (request: {
  readonly method: string
  readonly headers: Readonly<Record<string, string | undefined>>
}): boolean => isIdempotent(request.method) || request.headers["idempotency-key"] !== undefined
