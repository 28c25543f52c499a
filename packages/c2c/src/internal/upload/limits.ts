/**
 * The limits of multipart objects, used to check a request before it is sent and to diagnose a failed request.
 */

/**
 * S3's limits for an object that is uploaded in parts (Amazon S3 multipart upload limits). Sizes are in bytes. The last part
 * has no minimum size.
 */
export const limits = {
  parts: 10_000,
  smallestPart: 5 * 1024 ** 2,
  largestPart: 5 * 1024 ** 3,
  object: 5 * 1024 ** 4,
} as const
