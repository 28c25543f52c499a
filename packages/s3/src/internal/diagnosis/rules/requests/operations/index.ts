/**
 * Rules for bucket and object operations other than uploads.
 */
import { bucketNameTaken, bucketNotEmpty, locationRefused, policyMalformed } from "./bucket.ts"
import { documentRefused } from "./document.ts"
import { deleteMarker, muteHead, rangeOutside } from "./object.ts"
import { batchRefused, corsRefused, mfaNeeded } from "./refused.ts"

/** All rules of this topic, with the most specific rule first. */
export const operations = [
  locationRefused,
  deleteMarker,
  corsRefused,
  mfaNeeded,
  batchRefused,
  bucketNameTaken,
  bucketNotEmpty,
  policyMalformed,
  rangeOutside,
  documentRefused,
  muteHead,
] as const
