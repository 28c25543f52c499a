/**
 * Rules for multipart uploads: the parts, the part numbers, and the part list that completes the upload.
 */
import { documentMalformed, partMismatch, partsOutOfOrder, tagNotRead } from "./list.ts"
import { partNumberOutOfRange, partTooSmall } from "./part.ts"
import { uploadGone } from "./upload.ts"

/** All rules of this topic, in the order in which S3 performs the checks. */
export const multipart = [
  partNumberOutOfRange,
  documentMalformed,
  partTooSmall,
  uploadGone,
  partsOutOfOrder,
  tagNotRead,
  partMismatch,
] as const
