/**
 * What a lost answer to the creation of an asset means: for the engine, which must not repeat it, and for the diagnosis.
 */
import * as Verdict from "@holdfast/core/Verdict"

/** Creation is not idempotent, and a device cannot list assets: only a person can tell whether there is one. */
export const lostCreation: Verdict.Verdict = Verdict.never({ change: "human" })

/** Statuses from 501 up by which a server says that it has not carried out the request (RFC 9110, RFC 6585). */
const refusals: ReadonlySet<number> = new Set([501, 503, 505, 511])

/** A gateway that passed the request on and got no answer, or none that it understood: 502, 504, Cloudflare's 520 to 530. */
export const isLostBehindGateway = (status: number): boolean => status > 500 && !refusals.has(status)
