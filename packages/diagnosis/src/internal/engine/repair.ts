/**
 * The request as it should be: what a rule's safe fix makes of the one that was sent.
 */
import type { Request } from "../../Exchange.ts"
import type { Change } from "./changes.ts"

/** What a corrected request still lacks before it can be sent. */
export type Need = "signature" | "token"

/** A request that a fix has corrected, and what it lacks. */
export interface Corrected {
  readonly request: Request
  /** Parts of the request that prove the sender were removed, since they do not fit it any more. Absent: it can be sent. */
  readonly needs?: Need
  /** What the answer tells the signer. */
  readonly hints?: Hints
}

/** What the server's answer gives the signer of the next request. */
export interface Hints {
  /** The nonce that the new proof has to hold (DPoP). */
  readonly nonce?: string | undefined
  /** The region to sign for. */
  readonly region?: string | undefined
  /** The time by the server's clock, in milliseconds of the epoch, if the clock of the client is wrong. */
  readonly now?: number | undefined
}

/** Corrects a request as the fix of a rule says; `undefined` if the fix does not fit the request. */
export type Correction<in Facts> = (request: Request, facts: Facts) => Corrected | undefined

/** Proves the sender of a corrected request. It sends nothing. */
export interface Signer {
  /** Signs the request, or gets it signed: the URL, the headers or the form. The old signature was removed. */
  readonly sign?: (request: Request, hints: Hints) => Request
  /** An access token that is valid now. */
  readonly token?: () => string
}

/** The request as it should be. */
export interface Repair {
  /** The code of the cause that the fix is of. */
  readonly code: string
  /** The fix in words. */
  readonly fix: string
  /** It contains secrets if the exchange did. Its body is that of the exchange: a file is not in it. */
  readonly request: Request
  /** What was changed; empty if the same request is to be sent again. Redacted. */
  readonly changes: ReadonlyArray<Change>
  /** What no signer gave: the request cannot be sent without it. */
  readonly needs: Need | undefined
  /** What the server said to sign with: the nonce, the region or the time. */
  readonly hints: Hints
  /** How long to wait at least before it is sent, in milliseconds, if the server said so. */
  readonly afterMs: number | undefined
}

/** Adds what a corrected request lacks, as far as the signer can. */
export const signed = ({ hints = {}, needs, request }: Corrected, { sign, token }: Signer): Corrected => {
  if (needs === "signature" && sign !== undefined) return { request: sign(request, hints) }
  if (needs !== "token" || token === undefined) return needs === undefined ? { request } : { request, needs }
  const headers = Object.entries(request.headers ?? {}).filter(([name]) => name.toLowerCase() !== "authorization")
  return { request: { ...request, headers: { ...Object.fromEntries(headers), authorization: `Bearer ${token()}` } } }
}
