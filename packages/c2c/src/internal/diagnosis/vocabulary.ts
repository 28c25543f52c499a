/**
 * Defines which parts of an exchange with Frame.io can be shown, in addition to the vocabularies of HTTP and OAuth.
 */
import type { Mask, Vocabulary } from "@holdfast/diagnosis/Redaction"
import * as OAuth from "@holdfast/oauth/Diagnosis"
import * as S3 from "@holdfast/s3/Diagnosis"
import { versionHeader } from "../api/versionHeader.ts"

const headers = ["x-client-platypus-enabled", versionHeader]

/** The fields of a request about an asset and its parts, except the name. */
const members = [
  "_type", "asset_filesize", "asset_type", "channel", "expires_at", "extension", "external_index", "filesize", "filetype",
  "is_final", "is_realtime_upload", "number", "offset", "parts", "size",
] // prettier-ignore

/** Here a client ID is the serial number of a device: not a secret, but private. */
const clientId: Mask = (value, hide) => hide(value)

/** Shows the authentication schemes of storages as S3's vocabulary does, and the others as OAuth's does. */
const authorization: Mask = (value, hide, exchange) => {
  const { masks } = (/^(?:AWS|GOOG|OSS|OBS|[[<({*•….-]\S{2,40}$)/.test(value) ? S3 : OAuth).ruleSet.vocabulary
  return masks?.["authorization"]?.(value, hide, exchange) ?? hide(value)
}

/** The vocabulary of Frame.io. */
export const vocabulary: Vocabulary = {
  headers: new Set(headers),
  members: new Set(members),
  fields: new Set(members),
  masks: { authorization, client_id: clientId },
}
