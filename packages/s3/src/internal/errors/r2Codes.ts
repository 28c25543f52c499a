/**
 * Maps Cloudflare R2's error numbers, which its Workers API and its REST API send instead of a name, to S3 codes
 * (https://developers.cloudflare.com/r2/api/error-codes/). Plain data.
 */

/** The S3 codes, keyed by R2's error number as a string. */
export const r2Codes: Readonly<Record<string, string>> = {
  "10001": "InternalError",
  "10002": "Unauthorized",
  "10003": "AccessDenied",
  "10005": "InvalidBucketName",
  "10006": "NoSuchBucket",
  "10007": "NoSuchKey",
  "10008": "BucketNotEmpty",
  "10009": "TooManyBuckets",
  "10011": "EntityTooSmall",
  "10012": "MetadataTooLarge",
  "10013": "IncompleteBody",
  "10014": "InvalidDigest",
  "10018": "ExpiredRequest",
  "10020": "InvalidObjectName",
  "10024": "NoSuchUpload",
  "10025": "InvalidPart",
  "10031": "PreconditionFailed",
  "10033": "MissingContentLength",
  "10035": "SignatureDoesNotMatch",
  "10037": "BadDigest",
  "10039": "InvalidRange",
  "10042": "NotEntitled",
  "10043": "ServiceUnavailable",
  "10048": "InvalidPart",
  "10054": "ClientDisconnect",
  "10058": "TooManyRequests",
  "10069": "ObjectLockedByBucketPolicy",
  "10073": "BucketConflict",
  "100100": "EntityTooLarge",
}
