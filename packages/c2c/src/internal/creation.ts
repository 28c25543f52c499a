/**
 * What a lost answer to the creation of an asset means: for the engine, which must not repeat it, and for the diagnosis.
 */
import * as Verdict from "@holdfast/core/Verdict"

/** Creation is not idempotent, and a device cannot list assets: only a person can tell whether there is one. */
export const lostCreation: Verdict.Verdict = Verdict.never({ change: "human" })

/** A gateway that passed the request on and got no answer, or none that it understood. */
export const isLostBehindGateway = (status: number): boolean => status === 502 || status === 504
