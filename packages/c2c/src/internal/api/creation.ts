/**
 * The consequences of a lost response to the creation of an asset, for the retry engine and for the diagnosis.
 */
import * as Verdict from "@holdfast/core/Verdict"

/** Creation is not idempotent, and a device cannot list assets: only a person can find out whether the asset exists. */
export const lostCreation: Verdict.Verdict = Verdict.never({ change: "human" })

/** Statuses from 501 up that mean that the server did not carry out the request (RFC 9110, RFC 6585). */
const refusals: ReadonlySet<number> = new Set([501, 503, 505, 511])

/** Statuses of a gateway that forwarded the request and got no valid response: 502, 504, Cloudflare's 520 to 530. */
export const isLostBehindGateway = (status: number): boolean => status > 500 && !refusals.has(status)
