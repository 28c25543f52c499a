/**
 * Operations on buckets and objects beside uploads, and what refuses them.
 */
import { bucketNameTaken, bucketNotEmpty, locationRefused, policyMalformed } from "./bucket.ts"
import { documentRefused } from "./document.ts"
import { deleteMarker, muteHead, rangeOutside } from "./object.ts"
import { batchRefused, corsRefused, mfaNeeded } from "./refused.ts"

/** The topic's rules, the most telling first. */
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
