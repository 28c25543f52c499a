/**
 * Decides which requests may be sent more than once. This module does not import anything, because the diagnosis rules use it
 * too.
 */

/**
 * Whether sending a request twice has the same effect as sending it once (RFC 9110, section 9.2.2). The QUERY method is safe.
 */
export const isIdempotent = (method: string): boolean => !others.has(method.toUpperCase())

/** The methods in IANA's registry that are not idempotent. */
const others: ReadonlySet<string> = new Set(["CONNECT", "LOCK", "PATCH", "POST"])

/**
 * Whether a request may be sent more than once, according to its method or its `idempotency-key`. Header names must be in
 * lower case.
 */
export const isRepeatable = (request: {
  readonly method: string
  readonly headers: Readonly<Record<string, string | undefined>>
}): boolean => isIdempotent(request.method) || request.headers["idempotency-key"] !== undefined
