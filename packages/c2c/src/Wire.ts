/**
 * Defines the wire format: snake_case on the wire, and camelCase with `Redacted` secrets in the program.
 *
 * The published reference and real devices disagree about which fields exist and which fields can be null. Every field that
 * the client does not need is optional and nullable, and unknown fields are dropped.
 */
import * as Schema from "effect/Schema"

/** A field that the API can omit or set to null. */
const maybe = <S extends Schema.Constraint>(schema: S) => Schema.optionalKey(Schema.NullOr(schema))

/** An object that the API identifies by ID and displays by name. */
const Named = Schema.Struct({ id: Schema.String, name: maybe(Schema.String) })

/** An input of a device. An upload selects the input by its `externalIndex`. */
export const Channel = Schema.Struct({
  id: maybe(Schema.String),
  name: maybe(Schema.String),
  externalIndex: maybe(Schema.Number),
  assetType: maybe(Schema.String),
  /** The status of the channel: "online" or "offline". */
  status: maybe(Schema.String),
}).pipe(Schema.encodeKeys({ externalIndex: "external_index", assetType: "asset_type" }))
export type Channel = typeof Channel.Type

/** The authorization that a user granted to the device. Times are in ISO 8601 format. */
export const DeviceAuthorization = Schema.Struct({
  id: maybe(Schema.String),
  expiresAt: maybe(Schema.String),
  creator: maybe(Named),
}).pipe(Schema.encodeKeys({ expiresAt: "expires_at" }))
export type DeviceAuthorization = typeof DeviceAuthorization.Type

/** The response to `GET /v2/devices/me`. */
export const Device = Schema.Struct({
  id: Schema.String,
  deviceId: maybe(Schema.String),
  name: maybe(Schema.String),
  /** The status of the device: "online", "offline" or "paused". */
  status: maybe(Schema.String),
  assetType: maybe(Schema.String),
  timezone: maybe(Schema.String),
  projectId: maybe(Schema.String),
  project: maybe(Named),
  authorization: maybe(DeviceAuthorization),
  channels: maybe(Schema.Array(Channel)),
}).pipe(Schema.encodeKeys({ deviceId: "device_id", assetType: "asset_type", projectId: "project_id" }))
export type Device = typeof Device.Type

/**
 * The body of `POST /v2/devices/assets`.
 *
 * **Details**
 *
 * `offset` is the number of seconds between the creation of the media and this request. The server subtracts `offset` from
 * the current time, compares the result with the channel's pauses, and files the asset under the resulting day.
 */
export const AssetCreation = Schema.Struct({
  name: Schema.optionalKey(Schema.String),
  extension: Schema.optionalKey(Schema.String),
  filetype: Schema.String,
  filesize: Schema.optionalKey(Schema.Int),
  offset: Schema.Int,
  channel: Schema.optionalKey(Schema.Int),
  parts: Schema.optionalKey(Schema.Int),
  isRealtimeUpload: Schema.optionalKey(Schema.Boolean),
}).pipe(Schema.encodeKeys({ isRealtimeUpload: "is_realtime_upload" }))
export type AssetCreation = typeof AssetCreation.Type

/** URLs that grant write access without other credentials until they expire. */
const UploadUrls = Schema.Array(Schema.RedactedFromValue(Schema.NonEmptyString, { label: "upload url" }))

/** The response to a request that creates an asset. The response for a realtime asset does not contain URLs yet. */
export const CreatedAsset = Schema.Struct({
  id: Schema.NonEmptyString,
  name: maybe(Schema.String),
  uploadUrls: maybe(UploadUrls),
}).pipe(Schema.encodeKeys({ uploadUrls: "upload_urls" }))
export type CreatedAsset = typeof CreatedAsset.Type

/** A part of an asset that is uploaded while it is being recorded. Part numbers can be skipped and can be in any order. */
export const RealtimePart = Schema.Struct({
  number: Schema.Int,
  /** The size in bytes. */
  size: Schema.Int,
  isFinal: Schema.Boolean,
}).pipe(Schema.encodeKeys({ isFinal: "is_final" }))
export type RealtimePart = typeof RealtimePart.Type

/** The body of `POST /v2/devices/assets/{id}/realtime_upload/parts`. */
export const RealtimeParts = Schema.Struct({
  parts: Schema.Array(RealtimePart),
  assetName: Schema.optionalKey(Schema.String),
  assetFilesize: Schema.optionalKey(Schema.Int),
}).pipe(Schema.encodeKeys({ assetName: "asset_name", assetFilesize: "asset_filesize" }))
export type RealtimeParts = typeof RealtimeParts.Type

/** The response, which contains one URL for each part, in the order of the request. */
export const RealtimeUrls = Schema.Struct({ uploadUrls: UploadUrls }).pipe(
  Schema.encodeKeys({ uploadUrls: "upload_urls" }),
)
export type RealtimeUrls = typeof RealtimeUrls.Type
