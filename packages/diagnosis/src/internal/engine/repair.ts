/**
 * Builds the corrected request by applying a rule's safe fix to the request that was sent.
 */
import type { Request } from "../../Exchange.ts"
import type { Change } from "./changes.ts"

/** What a corrected request lacks before it can be sent. */
export type Need = "signature" | "token"

/** A request that a fix has corrected, and what it lacks. */
export interface Corrected {
  readonly request: Request
  /** Set if parts that authenticate the sender were removed because they no longer fit. If absent, the request can be sent. */
  readonly needs?: Need
  /** Data from the response for the signer. */
  readonly hints?: Hints
}

/** Data from the server's response for signing the next request. */
export interface Hints {
  /** The nonce that the new proof must contain (DPoP). */
  readonly nonce?: string | undefined
  /** The region to sign for. */
  readonly region?: string | undefined
  /** The server's time in epoch milliseconds, if the client's clock is wrong. */
  readonly now?: number | undefined
}

/** Corrects a request as the fix of a rule says; returns `undefined` if the fix does not apply. */
export type Correction<in Facts> = (request: Request, facts: Facts) => Corrected | undefined

/** Authenticates a corrected request. It sends nothing. */
export interface Signer {
  /** Signs the request locally or through a service: its URL, headers or form. The old signature has been removed. */
  readonly sign?: (request: Request, hints: Hints) => Request
  /** An access token that is currently valid. */
  readonly token?: () => string
}

/** The corrected request. */
export interface Repair {
  /** The code of the cause that the fix resolves. */
  readonly code: string
  /** The fix in words. */
  readonly fix: string
  /** It contains secrets if the exchange did. The body is that of the exchange, without the bytes of files. */
  readonly request: Request
  /** What was changed, redacted; empty if the same request should be sent again. */
  readonly changes: ReadonlyArray<Change>
  /** What the signer did not provide: the request cannot be sent without it. */
  readonly needs: Need | undefined
  /** What the server said to sign with: the nonce, the region or the time. */
  readonly hints: Hints
  /** The minimum wait before it is sent, in milliseconds, if the server gave one. */
  readonly afterMs: number | undefined
}

/** Adds what a corrected request lacks, as far as the signer provides it. */
export const signed = ({ hints = {}, needs, request }: Corrected, { sign, token }: Signer): Corrected => {
  if (needs === "signature" && sign !== undefined) return { request: sign(request, hints) }
  if (needs !== "token" || token === undefined) return needs === undefined ? { request } : { request, needs }
  const headers = Object.entries(request.headers ?? {}).filter(([name]) => name.toLowerCase() !== "authorization")
  return { request: { ...request, headers: { ...Object.fromEntries(headers), authorization: `Bearer ${token()}` } } }
}
