/**
 * Defines how the retry engine and the diagnosis handle a lost response to an asset creation request.
 */
import * as Verdict from "@holdfast/core/Verdict"

/**
 * Creating an asset is not idempotent, and a device cannot list assets. Therefore, only a user can find out whether the asset
 * exists.
 */
export const lostCreation: Verdict.Verdict = Verdict.never({ change: "human" })

/** Statuses of 501 or higher that indicate that the server did not carry out the request (RFC 9110, RFC 6585). */
const refusals: ReadonlySet<number> = new Set([501, 503, 505, 511])

/**
 * Returns whether a status (502, 504, or Cloudflare's 520 to 530) indicates that a gateway forwarded the request and did not
 * receive a valid response.
 */
export const isLostBehindGateway = (status: number): boolean => status > 500 && !refusals.has(status)
