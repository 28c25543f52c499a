/**
 * Creates the asset for a file and records the creation.
 */
import * as Backoff from "@holdfast/core/Backoff"
import * as Retry from "@holdfast/core/Retry"
import * as Effect from "effect/Effect"
import type { AssetRequest, RealtimeAssetRequest } from "../../AssetRequest.ts"
import type { Asset, C2cClient, CreationError } from "../../C2cClient.ts"
import * as DeviceSocket from "../../DeviceSocket.ts"
import type { FileVersion } from "../../LocalFile.ts"
import type { UploadSession } from "../../UploadSession.ts"

/**
 * The maximum number of times that an asset creation request is repeated after its response is lost, if the caller allows it.
 * This maximum equals the number of retries in the default retry policy.
 */
const maximumRepeats = Retry.defaultAttempts - 1

/** The asset to create, and the version of the file for which the asset is created. */
interface Request {
  readonly asset: AssetRequest | RealtimeAssetRequest
  readonly file: FileVersion
  readonly onUncertainCreation: "fail" | "repeat"
  /** The size of the first part of a recording. */
  readonly partSize?: number | undefined
}

/**
 * Creates the asset. The asset is recorded before the effect ends, even if the upload is interrupted after the response has
 * been read. If the context contains a `DeviceSocket`, each attempt waits while the device is paused.
 */
export const create = (
  api: C2cClient["Service"],
  session: UploadSession | undefined,
  { asset, file, onUncertainCreation, partSize }: Request,
): Effect.Effect<Asset, CreationError> => {
  const record = session && { before: session.creating(file), notCreated: session.notCreated }
  const once = "filesize" in asset ? api.createAsset(asset, record) : api.createRealtimeAsset(asset, record)
  const created = Effect.andThen(DeviceSocket.awaitNotPaused, once).pipe(
    Effect.retry({
      schedule: Backoff.standard,
      times: maximumRepeats,
      while: (error) => onUncertainCreation === "repeat" && error._tag === "AssetCreationUncertain",
    }),
  )
  if (session === undefined) return created
  return Effect.uninterruptibleMask((restore) =>
    Effect.tap(restore(created), ({ id, serverTime, uploadUrls }) =>
      session.created({ assetId: id, uploadUrls, filetype: asset.filetype, serverTime, file, partSize }),
    ),
  )
}
