/**
 * Builds the corrected request by applying a rule's safe fix to the request that was sent.
 */
import type { Request } from "../../Exchange.ts"
import type { Change } from "./changes.ts"

/** What must be added to a corrected request before it can be sent. */
export type Need = "signature" | "token"

/** A request corrected by a fix, together with what the request still lacks. */
export interface Corrected {
  readonly request: Request
  /**
   * Set if parts that authenticate the sender were removed because they are no longer valid for the corrected request. If
   * this field is absent, the request can be sent.
   */
  readonly needs?: Need
  /** Data from the response that the signer needs. */
  readonly hints?: Hints
}

/** Data from the server's response that is needed to sign the next request. */
export interface Hints {
  /** The nonce that the new proof must contain (DPoP). */
  readonly nonce?: string | undefined
  /** The region to use when signing the request. */
  readonly region?: string | undefined
  /** The server's time in epoch milliseconds; absent unless the client's clock is wrong. */
  readonly now?: number | undefined
}

/** Applies the fix of a rule to a request. Returns `undefined` if the fix does not apply. */
export type Correction<in Facts> = (request: Request, facts: Facts) => Corrected | undefined

/** Authenticates a corrected request. It sends nothing. */
export interface Signer {
  /**
   * Signs the request, either locally or through a service, by changing its URL, headers or form. The old signature has
   * already been removed from the request.
   */
  readonly sign?: (request: Request, hints: Hints) => Request
  /** An access token that is currently valid. */
  readonly token?: () => string
}

/** A corrected request, together with the fix that was applied. */
export interface Repair {
  /** The code of the cause that the fix resolves. */
  readonly code: string
  /** The fix in words. */
  readonly fix: string
  /**
   * The request contains secrets if the exchange contained any. The body is taken from the exchange, without the bytes of
   * files.
   */
  readonly request: Request
  /** The redacted list of changes to the request; empty if the same request should be sent again. */
  readonly changes: ReadonlyArray<Change>
  /** The part that the signer did not provide: a signature or a token. The request cannot be sent without this part. */
  readonly needs: Need | undefined
  /** The nonce, region or time that the server specified for signing the request. */
  readonly hints: Hints
  /** The minimum wait before the request is sent, in milliseconds, if the server specified a wait. */
  readonly afterMs: number | undefined
}

/** Adds the signature or token that a corrected request lacks, if the signer provides it. */
export const signed = ({ hints = {}, needs, request }: Corrected, { sign, token }: Signer): Corrected => {
  if (needs === "signature" && sign !== undefined) return { request: sign(request, hints) }
  if (needs !== "token" || token === undefined) return needs === undefined ? { request } : { request, needs }
  const headers = Object.entries(request.headers ?? {}).filter(([name]) => name.toLowerCase() !== "authorization")
  return { request: { ...request, headers: { ...Object.fromEntries(headers), authorization: `Bearer ${token()}` } } }
}
