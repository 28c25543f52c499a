/**
 * Server messages about permissions, forms, signatures and the server's state. Plain data.
 */
import { pages, type Row } from "./row.ts"

/** The causes of a rejected signature or an unrecognized key, for which Amazon has separate codes and messages. */
const proofs = [
  "AUTH-006",
  "AUTH-007",
  "CLOCK-*",
  "SIGN-001",
  "SIGN-002",
  "SIGN-010",
  "SIGN-011",
  "SIGN-012",
  "SIGN-013",
  "SIGN-014",
  "SIGN-015",
  "SIGN-016",
  "SIGN-019",
  "SIGN-020",
  "SIGN-021",
  "SIGN-022",
  "SIGN-023",
  "SIGN-024",
  "SIGN-026",
  "SIGN-029",
  "SIGN-030",
]

/** The messages, with the most specific one first. */
export const denial: ReadonlyArray<Row> = [
  // Permissions.
  {
    says: /authorized to perform:? sts:|no OpenIDConnect provider found|incorrect token audience|retrieve verification key from your identity provider/i,
    allows: ["CLIENT-011"],
    source: "https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_roles.html",
  },
  {
    codes: ["MissingKey", "InvalidKey", "MalformedPolicy", "MalformedSignature"],
    says: /key-pair-id|unknown key|malformed policy|unencode signature/i,
    allows: ["AUTH-017"],
    source: "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/PrivateContent.html",
  },
  {
    says: /row.level security/i,
    allows: ["PERM-012"],
    source: "https://supabase.com/docs/guides/storage/security/access-control",
  },
  {
    says: /uniform bucket-level access/i,
    allows: ["PERM-003"],
    source: "https://cloud.google.com/storage/docs/uniform-bucket-level-access",
  },
  {
    says: /public use of objects is not allowed/i,
    allows: ["PERM-009"],
    source: "https://docs.wasabi.com/docs/creating-a-bucket",
  },
  {
    says: /\bcap exceeded\b/i,
    allows: ["SVC-007"],
    source: "https://www.backblaze.com/docs/cloud-storage-data-caps-and-alerts",
  },
  { codes: ["AccessDenied"], where: "edge", denies: ["AUTH-014", ...proofs], source: pages.denials },
  {
    says: /block ?public ?(?:acls|policy|access)|public acls are (?:prevented|blocked)|public ?access ?prevention|put public (?:bucket|object) acl is not allowed|public access block/i,
    allows: ["PERM-009", "PERM-001"],
    source: pages.denials,
  },
  {
    codes: ["UserProjectMissing", "UserProjectAccountProblem"],
    allows: ["PERM-011", "PERM-010"],
    source: pages.google,
  },
  {
    says: /\baccount\b.{0,40}\b(?:suspended|closed|disabled|overdue|deactivated|non-payment|delinquent|absent|not active|inactive)\b/i,
    allows: ["PERM-010"],
    source: "https://www.alibabacloud.com/help/en/oss/how-to-troubleshoot-403-status-code-when-you-access-oss",
  },
  { says: /requester pays/i, allows: ["PERM-011"], source: pages.denials },
  {
    says: /\bUser: anonymous is not authorized\b/i,
    allows: ["AUTH-014", "PERM-001", "PLACE-013", "PLACE-015", "URL-*"],
    source: pages.denials,
  },
  {
    says: /not authorized to perform:? [\w-]{1,40}:[\w*]{1,60}/i,
    allows: ["PERM-001", "PERM-008", "SIGN-027"],
    source: pages.denials,
  },
  {
    says: /anonymous caller does not have/i,
    allows: ["AUTH-014", "PERM-001", "PLACE-015", "URL-*"],
    source: pages.google,
  },
  { says: /does not have [\w.]{1,60} access/i, allows: ["PERM-001"], source: pages.google },
  {
    codes: ["AccessControlListNotSupported", "InvalidBucketAclWithObjectOwnership"],
    allows: ["PERM-003"],
    source: pages.errors,
  },

  // Forms.
  {
    codes: ["InvalidPolicyDocument"],
    says: /parsing error|policy document is (?:malformed|invalid)|invalid json/i,
    allows: ["POST-031"],
    source: pages.google,
  },
  {
    codes: ["InvalidPolicyDocument"],
    says: /missing policy/i,
    allows: ["PLACE-007", "PLACE-008", "SIGN-011", "POST-012", "POST-013", "POST-011"],
    source: pages.google,
  },
  {
    says: /awsaccesskeyid\W{1,8}not specified in the policy/i,
    allows: ["POST-037"],
    source: "https://docs.aws.amazon.com/AmazonS3/latest/API/RESTObjectPOST.html",
  },

  // Signatures.
  {
    codes: ["AccessDenied"],
    says: /^request has expired/i,
    allows: ["URL-*", "CLOCK-*", "POST-*"],
    source: pages.signing,
  },
  {
    codes: ["ExpiredToken", "ExpiredTokenException"],
    says: /\btoken\b.{0,60}\bexpired\b/i,
    unless: /signature expired/i,
    allows: ["AUTH-004", "AUTH-005", "POST-025", "POST-032"],
    source: pages.errors,
  },
  {
    says: /headers present in the request which were not signed/i,
    allows: ["SIGN-001", "SIGN-002", "SIGN-02*", "URL-009"],
    source: pages.signing,
  },
  {
    codes: ["MalformedSecurityHeader"],
    says: /included in signedheaders, but not in the request/i,
    allows: ["SIGN-002"],
    source: pages.google,
  },
  {
    codes: ["SignatureDoesNotMatch"],
    where: "signedText",
    denies: ["AUTH-011", "AUTH-012", "PERM-*", "BODY-00*", "SVC-*", "MPU-*"],
    source: pages.signing,
  },

  {
    codes: ["InvalidArgument"],
    says: /^authorization\s*$/i,
    allows: ["AUTH-010", "AUTH-011", "AUTH-012", "AUTH-014"],
    source: "https://developers.cloudflare.com/r2/buckets/public-buckets/",
  },
  {
    codes: ["InvalidArgument"],
    says: /credential access key has length/i,
    allows: ["AUTH-009"],
    source: "https://developers.cloudflare.com/r2/api/tokens/",
  },

  // Supabase's JSON messages.
  {
    codes: ["InvalidJWT", "Invalid JWT", "invalid_jwt"],
    allows: ["AUTH-016"],
    source: pages.supabase,
  },
  {
    codes: ["Unauthorized", "AccessDenied"],
    says: /^(?:invalid compact jws|jwt (?:expired|malformed)|invalid jwt)/i,
    allows: ["AUTH-016"],
    source: pages.supabase,
  },
  {
    codes: ["Duplicate", "KeyAlreadyExists", "ResourceAlreadyExists"],
    allows: ["SVC-008"],
    source: pages.supabase,
  },
  {
    codes: ["Bucket not found", "BucketNotFound"],
    allows: ["PLACE-005"],
    source: pages.supabase,
  },
  {
    codes: ["Payload too large"],
    allows: ["BODY-019"],
    source: "https://supabase.com/docs/guides/storage/uploads/file-limits",
  },
  {
    codes: ["invalid_mime_type", "InvalidMimeType"],
    allows: ["SVC-030"],
    source: pages.supabase,
  },
  {
    codes: ["InvalidKey"],
    allows: ["PLACE-006"],
    source: pages.supabase,
  },

  // The service.
  {
    where: "unsealing",
    allows: ["SVC-021"],
    source: "https://help.ovhcloud.com/csm/en-public-cloud-storage-pca-unlocking-archive",
  },
  {
    says: /resource requested is un(?:readable|writable)/i,
    allows: ["SVC-003"],
    source: "https://github.com/minio/minio/blob/master/cmd/api-errors.go",
  },
  {
    codes: [
      "SlowDown",
      "503 SlowDown",
      "SlowDownRead",
      "SlowDownWrite",
      "TooManyRequests",
      "rateLimitExceeded",
      "userRateLimitExceeded",
      "TooManyRequestsException",
      "RequestLimitExceeded",
      "BandwidthLimitExceeded",
      "Throttling",
      "ThrottlingException",
      "ThrottledException",
      "RequestThrottled",
    ],
    allows: ["SVC-001", "SVC-002"],
    source: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/optimizing-performance.html",
  },
  {
    codes: ["QuotaExceeded"],
    allows: ["SVC-007"],
    source: "https://docs.ceph.com/en/latest/radosgw/admin/#quota-management",
  },

  // A rejected value, in messages that do not mention a signature.
  {
    codes: [
      "InvalidArgument",
      "InvalidRequest",
      "NotImplemented",
      "InvalidHeader",
      "InvalidStorageClass",
      "InvalidTag",
    ],
    says: /\S/,
    unless: /sign|authori[sz]|credential|token|expire/i,
    denies: ["SIGN-*"],
    source: pages.errors,
  },

  // A denial without a reason.
  { codes: ["AccessDenied"], where: "plainDenial", denies: proofs, source: pages.denials },
]
