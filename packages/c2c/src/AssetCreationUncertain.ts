/**
 * Defines the error for an asset that may or may not have been created.
 */
import * as Verdict from "@holdfast/core/Verdict"
import { VerdictSchema } from "@holdfast/core/VerdictSchema"
import type { TransportError } from "@holdfast/http/TransportError"
import * as Schema from "effect/Schema"
import type { C2cError } from "./C2cError.ts"
import { lostCreation } from "./internal/api/creation.ts"

/**
 * The response to an asset creation request was lost. The asset may exist at Frame.io, but its upload URLs are lost.
 *
 * **Details**
 *
 * Creating an asset is not idempotent, and a device cannot list assets. Repeating the call may therefore leave an empty asset
 * next to the good one. A caller that accepts this risk can repeat the call. `asset` is the name of the asset, and `cause` is
 * the error that caused the response to be lost.
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

/** Returns whether the response arrived but could not be read, rather than being lost. */
const isUnreadable = (cause: unknown): boolean =>
  typeof cause === "object" && cause !== null && "_tag" in cause && cause._tag === "DecodeFailure"

/** Returns whether the server may have created the asset despite this error. */
export const isLost = (error: C2cError | TransportError): boolean => Verdict.appliedOf(error.verdict) === "maybe"

/** Builds the error for a lost response to an asset creation request. */
export const make = (asset: string, cause: C2cError | TransportError): AssetCreationUncertain =>
  new AssetCreationUncertain({ asset, cause, verdict: lostCreation })
