/**
 * The error of a creation after which it is unknown whether the asset exists.
 */
import * as Verdict from "@holdfast/core/Verdict"
import { VerdictSchema } from "@holdfast/core/VerdictSchema"
import type { TransportError } from "@holdfast/http/TransportError"
import * as Schema from "effect/Schema"
import type { C2cError } from "./C2cError.ts"
import { lostCreation } from "./internal/api/creation.ts"

/**
 * The response to a creation was lost: the asset may exist at Frame.io, with upload URLs that are lost.
 *
 * **Details**
 *
 * Creation is not idempotent, and a device cannot list assets. Repeating the call may therefore leave an empty asset next to
 * the good one; a caller that accepts this may repeat it. `asset` is the name of the asset, and `cause` the error that lost the
 * response.
 */
export class AssetCreationUncertain extends Schema.TaggedError<AssetCreationUncertain>()("AssetCreationUncertain", {
  asset: Schema.String,
  cause: Schema.Defect(),
  verdict: VerdictSchema,
}) {
  override get message() {
    const what = isUnreadable(this.cause) ? "cannot be read" : "was lost"
    return `The response to the request to create "${this.asset}" ${what}; the asset may or may not exist`
  }
}

/** Whether a response arrived but does not name the asset, as opposed to a lost response. */
const isUnreadable = (cause: unknown): boolean =>
  typeof cause === "object" && cause !== null && "_tag" in cause && cause._tag === "DecodeFailure"

/** Whether the server may have created the asset despite this error. */
export const isLost = (error: C2cError | TransportError): boolean => Verdict.appliedOf(error.verdict) === "maybe"

/** Builds the error for a creation whose response was lost. */
export const make = (asset: string, cause: C2cError | TransportError): AssetCreationUncertain =>
  new AssetCreationUncertain({ asset, cause, verdict: lostCreation })
