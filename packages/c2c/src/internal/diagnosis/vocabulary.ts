/**
 * Defines which parts of a Frame.io exchange can be shown, beyond those in the HTTP and OAuth vocabularies.
 */
import type { Mask, Vocabulary } from "@holdfast/diagnosis/Redaction"
import * as OAuth from "@holdfast/oauth/Diagnosis"
import * as S3 from "@holdfast/s3/Diagnosis"
import { versionHeader } from "../api/versionHeader.ts"

const headers = ["x-client-platypus-enabled", versionHeader]

/** The request fields for an asset and its parts, excluding the asset's name. */
const members = [
  "_type", "asset_filesize", "asset_type", "channel", "expires_at", "extension", "external_index", "filesize", "filetype",
  "is_final", "is_realtime_upload", "number", "offset", "parts", "size",
] // prettier-ignore

/** In Frame.io's API, the client ID is the device's serial number, which is private but not secret. */
const clientId: Mask = (value, hide) => hide(value)

/**
 * Applies the mask from S3's vocabulary to the authentication schemes of storage services, and the mask from OAuth's
 * vocabulary to all other schemes.
 */
const authorization: Mask = (value, hide, exchange) => {
  const { masks } = (/^(?:AWS|GOOG|OSS|OBS|[[<({*•….-]\S{2,40}$)/.test(value) ? S3 : OAuth).ruleSet.vocabulary
  return masks?.["authorization"]?.(value, hide, exchange) ?? hide(value)
}

/** The redaction vocabulary for Frame.io. */
export const vocabulary: Vocabulary = {
  headers: new Set(headers),
  members: new Set(members),
  fields: new Set(members),
  masks: { authorization, client_id: clientId },
}
