/**
 * The limits of an object in parts, for the checks before a request and for its diagnosis.
 */

/** S3's limits for one object in parts (Amazon S3 multipart upload limits); sizes are bytes. The last part has no lower limit. */
export const limits = {
  parts: 10_000,
  smallestPart: 5 * 1024 ** 2,
  largestPart: 5 * 1024 ** 3,
  object: 5 * 1024 ** 4,
} as const
