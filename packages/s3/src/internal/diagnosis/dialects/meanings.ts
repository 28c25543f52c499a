/**
 * Maps the codes of vendors' own APIs to S3's codes, so that one rule covers all of them. Plain data.
 */

/** One or more codes, and what they mean. */
interface Meaning {
  readonly codes: ReadonlyArray<string>
  /** A message that must accompany an ambiguous code. */
  readonly says?: RegExp
  /** S3's code. */
  readonly means: string
}

/** Google Cloud Storage, "HTTP status and error codes for JSON". */
const google: ReadonlyArray<Meaning> = [
  { codes: ["notFound"], says: /\bbucket does not exist\b/i, means: "NoSuchBucket" },
  { codes: ["notFound"], means: "NoSuchKey" },
  { codes: ["conflict"], says: /already own it/i, means: "BucketAlreadyOwnedByYou" },
  {
    codes: ["conflict"],
    says: /\bname is not available\b|\bbucket\b.{0,40}already exists/i,
    means: "BucketAlreadyExists",
  },
  { codes: ["conflict"], says: /not empty/i, means: "BucketNotEmpty" },
  { codes: ["retentionPolicyNotMet", "objectUnderActiveHold"], means: "ObjectLocked" },
  { codes: ["forbidden", "vpcServiceControls"], means: "AccessDenied" },
  { codes: ["SecurityPolicyViolated"], means: "AccessDenied" },
  { codes: ["quotaExceeded", "dailyLimitExceeded"], means: "QuotaExceeded" },
]

/** Backblaze B2, "Calling the native API: errors". */
const backblaze: ReadonlyArray<Meaning> = [
  { codes: ["unauthorized"], says: /application key|capabilit/i, means: "AccessDenied" },
  { codes: ["unauthorized"], means: "Unauthorized" },
  { codes: ["access_denied"], means: "AccessDenied" },
  { codes: ["not_found", "no_such_file", "file_not_present"], means: "NoSuchKey" },
  { codes: ["bad_bucket_id"], means: "NoSuchBucket" },
  { codes: ["duplicate_bucket_name"], means: "BucketAlreadyExists" },
  { codes: ["too_many_buckets"], means: "TooManyBuckets" },
  {
    codes: ["cap_exceeded", "storage_cap_exceeded", "transaction_cap_exceeded", "download_cap_exceeded"],
    means: "QuotaExceeded",
  },
]

/** Oracle Object Storage, "API errors". */
const oracle: ReadonlyArray<Meaning> = [
  { codes: ["ObjectNotFound"], means: "NoSuchKey" },
  { codes: ["BucketNotFound", "NamespaceNotFound"], means: "NoSuchBucket" },
  { codes: ["TenantCapacityExceeded", "LimitExceeded"], means: "QuotaExceeded" },
]

/** Supabase Storage, "Error codes", and the messages of its older versions. */
const supabase: ReadonlyArray<Meaning> = [
  { codes: ["Not found", "not_found", "Object not found", "Not Found"], says: /bucket/i, means: "NoSuchBucket" },
  { codes: ["Not found", "Object not found", "Not Found"], means: "NoSuchKey" },
  { codes: ["Bucket not found"], means: "NoSuchBucket" },
  { codes: ["ResourceLocked", "LockTimeout"], means: "OperationAborted" },
  { codes: ["DatabaseTimeout"], means: "ServiceUnavailable" },
]

const meanings: ReadonlyArray<Meaning> = [...google, ...backblaze, ...oracle, ...supabase]

/** The S3 code that corresponds to a vendor's code. S3's own codes, and codes without an equivalent, remain unchanged. */
export const of = (code: string, message: string): string =>
  meanings.find(({ codes, says }) => codes.includes(code) && (says === undefined || says.test(message)))?.means ?? code
