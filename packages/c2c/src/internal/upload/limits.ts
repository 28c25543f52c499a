/**
 * The limits of multipart objects, for the checks before a request and for the diagnosis of a failed one.
 */

/**
 * S3's limits for an object in parts (Amazon S3 multipart upload limits). Sizes are in bytes. The last part has no lower limit.
 */
export const limits = {
  parts: 10_000,
  smallestPart: 5 * 1024 ** 2,
  largestPart: 5 * 1024 ** 3,
  object: 5 * 1024 ** 4,
} as const
