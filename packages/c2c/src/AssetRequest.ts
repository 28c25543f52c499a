/**
 * Defines the asset creation request and the checks that run before it is sent.
 *
 * Frame.io responds with status 500 if the channel is unknown or if S3 rejects the part count (Frame.io's error guide lists
 * both as known issues). The client would treat this status as an internal error and retry a request that cannot succeed.
 * This module rejects requests that have an unknown channel or an invalid part count, and states the reason.
 */
import * as Verdict from "@holdfast/core/Verdict"
import { VerdictSchema } from "@holdfast/core/VerdictSchema"
import * as Schema from "effect/Schema"
import { limits } from "./internal/upload/limits.ts"
import type * as Wire from "./Wire.ts"

export { limits }

/** A file for which an asset is created. */
export interface AssetRequest {
  readonly name: string
  /** The media type, which must also be the `content-type` of every chunk. */
  readonly filetype: string
  /** The size in bytes. */
  readonly filesize: number
  /** The time at which the media was created, in epoch milliseconds. Default: the time at which the request is sent. */
  readonly createdAt?: number
  /** The `externalIndex` of one of the device's channels. Default: the device's first channel. */
  readonly channel?: number
  /** The number of chunks. Default: Frame.io decides. */
  readonly parts?: number
}

/** An asset that is uploaded while it is being recorded. */
export interface RealtimeAssetRequest {
  readonly filetype: string
  /** The file name, or only the file extension with its leading dot if the name is not yet known. */
  readonly name: string | { readonly extension: string }
  readonly createdAt?: number
  readonly channel?: number
}

/**
 * Frame.io cannot accept the upload plan, so the client did not send it. If a single value causes the problem, `field` is the
 * name of that value.
 */
export class PlanRefused extends Schema.TaggedError<PlanRefused>()("PlanRefused", {
  field: Schema.optionalKey(Schema.String),
  reason: Schema.String,
  verdict: VerdictSchema,
}) {
  override get message() {
    return this.field === undefined ? this.reason : `${this.field}: ${this.reason}`
  }
}

const refuse = (field: string, reason: string): PlanRefused =>
  new PlanRefused({ field, reason, verdict: Verdict.never({ change: "plan" }) })

const isCount = (n: number): boolean => Number.isSafeInteger(n) && n >= 0

/**
 * Validates the request itself, without information about the device. Returns the error, or `undefined` if the request is
 * valid.
 */
export const check = (request: AssetRequest | RealtimeAssetRequest): PlanRefused | undefined => {
  if (!/^[^\s/]+\/[^\s/]+/.test(request.filetype)) {
    return refuse("filetype", `expected a media type such as video/mp4, got "${request.filetype}"`)
  }
  if (request.channel !== undefined && !isCount(request.channel)) {
    return refuse("channel", `expected an integer >= 0, got ${request.channel}`)
  }
  if (!isFile(request)) {
    return typeof request.name === "string" || /^\.[^./]+$/.test(request.name.extension)
      ? undefined
      : refuse("extension", `expected a file extension such as .mp4, got "${request.name.extension}"`)
  }
  if (request.name === "") return refuse("name", "is empty")
  if (!isCount(request.filesize))
    return refuse("filesize", `expected a size in bytes (an integer >= 0), got ${request.filesize}`)
  if (request.filesize > limits.object)
    return refuse("filesize", "must not exceed 5 TiB, the maximum size of an S3 object")
  return request.parts === undefined ? undefined : checkParts(request.parts, request.filesize)
}

const checkParts = (parts: number, filesize: number): PlanRefused | undefined => {
  if (!isCount(parts) || parts < 1 || parts > limits.parts) {
    return refuse("parts", `expected an integer from 1 to 10 000 (the S3 limits), got ${parts}`)
  }
  // All parts but the last have this size: Frame.io rounds the quotient up.
  const size = Math.ceil(filesize / parts)
  if (size > limits.largestPart) return refuse("parts", `${parts} parts would be larger than 5 GiB each`)
  if (parts > 1 && size < limits.smallestPart) return refuse("parts", `${parts} parts would be smaller than 5 MiB each`)
  return undefined
}

/**
 * Checks whether the device has the channel.
 *
 * **Details**
 *
 * Every device has at least one channel. If the response does not list any channels, the check is therefore skipped.
 */
export const checkChannel = (channel: number, device: Wire.Device): PlanRefused | undefined => {
  const known = (device.channels ?? []).flatMap(({ externalIndex }) => externalIndex ?? [])
  return known.length === 0 || known.includes(channel)
    ? undefined
    : refuse(
        "channel",
        `this device has no channel ${channel}; its channels are ${known.toSorted((a, b) => a - b).join(", ")}`,
      )
}

/** Validates a request for the upload URLs of realtime parts. Returns the error, or `undefined` if the request is valid. */
export const checkRealtimeParts = ({ parts, assetFilesize }: Wire.RealtimeParts): PlanRefused | undefined => {
  if (parts.length === 0) return refuse("parts", "are none")
  for (const { number, size, isFinal } of parts) {
    if (!isCount(number) || number < 1 || number > limits.parts) {
      return refuse("parts", `part numbers must be integers from 1 to 10 000 (got ${number})`)
    }
    if (!isCount(size) || size < 1 || size > limits.largestPart) {
      return refuse("parts", `part ${number} must contain from 1 byte to 5 GiB (got ${size} bytes)`)
    }
    if (!isFinal && size < limits.smallestPart) {
      return refuse("parts", `part ${number} is smaller than 5 MiB; only the final part may be smaller`)
    }
  }
  if (assetFilesize === undefined) {
    return parts.some(({ isFinal }) => isFinal)
      ? refuse("assetFilesize", "is required in the request for the final part")
      : undefined
  }
  return isCount(assetFilesize) && assetFilesize >= 1 && assetFilesize <= limits.object
    ? undefined
    : refuse("assetFilesize", `expected a size from 1 byte to 5 TiB, got ${assetFilesize}`)
}

/**
 * Builds the request body to send at the time `now`.
 *
 * **Details**
 *
 * The offset is relative to the time at which the request is sent, so it is computed for each attempt. The clock of a camera
 * may be ahead of the local clock. If the creation time of the media is in the future, the media is treated as created now.
 */
export const toWire = (request: AssetRequest | RealtimeAssetRequest, now: number): Wire.AssetCreation => ({
  ...(isFile(request)
    ? {
        name: request.name,
        filesize: request.filesize,
        ...(request.parts === undefined ? undefined : { parts: request.parts }),
      }
    : {
        isRealtimeUpload: true,
        ...(typeof request.name === "string" ? { name: request.name } : { extension: request.name.extension }),
      }),
  filetype: request.filetype,
  offset: request.createdAt === undefined ? 0 : Math.max(0, Math.floor((now - request.createdAt) / 1000)),
  ...(request.channel === undefined ? undefined : { channel: request.channel }),
})

const isFile = (request: AssetRequest | RealtimeAssetRequest): request is AssetRequest => "filesize" in request
