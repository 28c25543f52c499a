/**
 * Rules about multipart uploads: their parts, part numbers, and the completing list.
 */
import { documentMalformed, partMismatch, partsOutOfOrder, tagNotRead } from "./list.ts"
import { partNumberOutOfRange, partTooSmall } from "./part.ts"
import { uploadGone } from "./upload.ts"

/** The rules, in the order of S3's checks. */
export const multipart = [
  partNumberOutOfRange,
  documentMalformed,
  partTooSmall,
  uploadGone,
  partsOutOfOrder,
  tagNotRead,
  partMismatch,
] as const
