/**
 * Creates the asset for a file and records the creation.
 */
import * as Backoff from "@holdfast/core/Backoff"
import * as Grace from "@holdfast/core/Grace"
import * as Retry from "@holdfast/core/Retry"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type { AssetRequest, RealtimeAssetRequest } from "../../AssetRequest.ts"
import type { Asset, C2cClient, CreationError } from "../../C2cClient.ts"
import * as DeviceSocket from "../../DeviceSocket.ts"
import type { FileVersion } from "../../LocalFile.ts"
import type { CreationRecord, UploadSession } from "../../UploadSession.ts"

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
 * How long an interruption waits for the response to a request that has been sent. Without the response, only a user could
 * decide whether to create the asset again.
 */
const grace = Duration.seconds(5)

/**
 * Creates the asset. The asset is recorded before the effect ends. If the context contains a `DeviceSocket`, each attempt
 * waits while the device is paused.
 *
 * **Details**
 *
 * If the upload is interrupted while a request is in flight, the interruption waits up to 5 s for the response.
 */
export const create = (
  api: C2cClient["Service"],
  session: UploadSession | undefined,
  request: Request,
): Effect.Effect<Asset, CreationError> => {
  if (session === undefined) return attempts(api, undefined, request)
  const { asset, file, partSize } = request
  return Effect.suspend(() => {
    let isInFlight = false
    const flying = (value: boolean) =>
      Effect.sync(() => {
        isInFlight = value
      })
    const record: CreationRecord = {
      before: Effect.tap(session.creating(file), flying(true)),
      retrying: flying(false),
      notCreated: Effect.andThen(flying(false), session.notCreated),
    }
    const recorded = Effect.tap(attempts(api, record, request), ({ id, serverTime, uploadUrls }) =>
      session.created({ assetId: id, uploadUrls, filetype: asset.filetype, serverTime, file, partSize }),
    )
    return Grace.complete(recorded, { atMost: grace, isInFlight: () => isInFlight })
  })
}

const attempts = (
  api: C2cClient["Service"],
  record: CreationRecord | undefined,
  { asset, onUncertainCreation }: Request,
): Effect.Effect<Asset, CreationError> => {
  const once = "filesize" in asset ? api.createAsset(asset, record) : api.createRealtimeAsset(asset, record)
  return Effect.andThen(DeviceSocket.awaitNotPaused, once).pipe(
    Effect.retry({
      schedule: Backoff.standard,
      times: maximumRepeats,
      while: (error) => onUncertainCreation === "repeat" && error._tag === "AssetCreationUncertain",
    }),
  )
}
