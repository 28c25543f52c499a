/**
 * What an exchange with Frame.io may show besides what any exchange over HTTP and OAuth may.
 */
import type { Mask, Vocabulary } from "@holdfast/diagnosis/Redaction"
import * as OAuth from "@holdfast/oauth/Diagnosis"
import * as S3 from "@holdfast/s3/Diagnosis"
import { versionHeader } from "../api/versionHeader.ts"

const headers = ["x-client-platypus-enabled", versionHeader]

/** What a request says of an asset and its parts: all of it but its name. */
const members = [
  "_type", "asset_filesize", "asset_type", "channel", "expires_at", "extension", "external_index", "filesize", "filetype",
  "is_final", "is_realtime_upload", "number", "offset", "parts", "size",
] // prettier-ignore

/** A client id is the serial number of a device here: not a secret, but private. */
const clientId: Mask = (value, hide) => hide(value)

/** The schemes of storages as S3 shows them, the others as OAuth does. */
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
