/**
 * Multipart uploads: their parts, their numbers, and the list that completes them.
 */
import { documentMalformed, partMismatch, partsOutOfOrder, tagNotRead } from "./list.ts"
import { partNumberOutOfRange, partTooSmall } from "./part.ts"
import { uploadGone } from "./upload.ts"

/** The topic's rules, in the order in which S3 looks. */
export const multipart = [
  partNumberOutOfRange,
  documentMalformed,
  partTooSmall,
  uploadGone,
  partsOutOfOrder,
  tagNotRead,
  partMismatch,
] as const
