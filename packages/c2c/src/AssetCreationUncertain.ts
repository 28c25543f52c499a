/**
 * The failure after which it is unknown whether an asset exists.
 */
import * as Verdict from "@holdfast/core/Verdict"
import { VerdictSchema } from "@holdfast/core/VerdictSchema"
import type { TransportError } from "@holdfast/http/TransportError"
import * as Schema from "effect/Schema"
import type { C2cError } from "./C2cError.ts"
import { lostCreation } from "./internal/api/creation.ts"

/**
 * The answer to a creation was lost: the asset may exist at Frame.io, with upload URLs that were lost.
 *
 * **Details**
 *
 * Creation is not idempotent and a device cannot list assets, so repeating the call may leave an empty asset beside the
 * good one. A caller that accepts that may create it again. `asset` is its name, `cause` how the answer was lost.
 */
export class AssetCreationUncertain extends Schema.TaggedError<AssetCreationUncertain>()("AssetCreationUncertain", {
  asset: Schema.String,
  cause: Schema.Defect(),
  verdict: VerdictSchema,
}) {
  override get message() {
    const what = isUnreadable(this.cause) ? "cannot be read" : "was lost"
    return `The answer to the creation of "${this.asset}" ${what}; it may or may not exist`
  }
}

/** A response that arrived without naming the asset, as opposed to a lost response. */
const isUnreadable = (cause: unknown): boolean =>
  typeof cause === "object" && cause !== null && "_tag" in cause && cause._tag === "DecodeFailure"

/** Whether the server may have created the asset despite this error. */
export const isLost = (error: C2cError | TransportError): boolean => Verdict.appliedOf(error.verdict) === "maybe"

/** What the loss of an answer means for a creation. */
export const make = (asset: string, cause: C2cError | TransportError): AssetCreationUncertain =>
  new AssetCreationUncertain({ asset, cause, verdict: lostCreation })
