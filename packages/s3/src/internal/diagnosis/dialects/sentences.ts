/**
 * The table of sentences: what vendors say, which causes that allows, and where they document it. Plain data.
 */
import type { Where } from "./words.ts"

/** One sentence, code or both. Codes of rules stand without `HF-S3-`; one that ends with `*` stands for its family. */
export interface Sentence {
  /** The vendor's codes, any of which fits; absent where the sentence alone counts. */
  readonly codes?: ReadonlyArray<string>
  /** The sentence, in the message or the details. */
  readonly says?: RegExp
  readonly where?: Where
  /** The causes that are allowed; absent where all are but the denied ones. */
  readonly allows?: ReadonlyArray<string>
  readonly denies?: ReadonlyArray<string>
  readonly source: string
}

const errors = "https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html"
const denials = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/troubleshoot-403-errors.html"
const google = "https://cloud.google.com/storage/docs/xml-api/reference-status"
const signing = "https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-troubleshooting.html"
const customerKeys = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/ServerSideEncryptionCustomerKeys.html"

/** The causes of a refused signature or an unknown key: Amazon has codes and sentences of their own for them. */
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
]

/** The sentences, the most telling first. */
export const sentences: ReadonlyArray<Sentence> = [
  // Addresses.
  {
    says: /transfer acceleration is (?:not configured|disabled|not supported)/i,
    allows: ["PLACE-009"],
    source: errors,
  },
  {
    codes: ["BucketAccelerateNotEnabled", "ActionAccelerateNotSupported"],
    allows: ["PLACE-009"],
    source: "https://www.tencentcloud.com/document/product/436/7730",
  },
  {
    codes: ["PathStyleDomainForbidden", "SecondLevelDomainForbidden", "VirtualHostDomainRequired"],
    allows: ["PLACE-011"],
    source: "https://support.huaweicloud.com/intl/en-us/api-obs/obs_errorcode_0014.html",
  },
  {
    says: /invalid create bucket xml/i,
    allows: ["PLACE-010", "PLACE-012"],
    source: "https://garagehq.deuxfleurs.fr/documentation/reference-manual/configuration/",
  },
  {
    says: /is not s3-enabled/i,
    allows: ["PLACE-014"],
    source: "https://www.backblaze.com/docs/cloud-storage-s3-compatible-api",
  },
  {
    codes: ["NoSuchKey"],
    where: "misplacedUpload",
    allows: ["PLACE-*"],
    source: "https://cloud.ibm.com/docs/apis/cos/cos-compatibility",
  },

  // What a storage does not have.
  {
    codes: ["", "NotImplemented", "MethodNotAllowed", "InvalidRequest"],
    where: "formsLacking",
    allows: ["PLACE-008"],
    source: errors,
  },
  {
    says: /(?:unsupported|not (?:supported|implemented)).{0,80}x-amz-(?:checksum|sdk-checksum|trailer)|x-amz-(?:checksum|sdk-checksum|trailer).{0,80}not (?:supported|implemented)/i,
    allows: ["BODY-015"],
    source: errors,
  },
  {
    codes: ["InvalidRequest"],
    says: /missing required header: content-md5 or x-amz-checksum/i,
    allows: ["BODY-015"],
    source: "https://docs.oracle.com/en-us/iaas/Content/Object/Tasks/s3compatibleapi.htm",
  },
  { codes: ["", "NotImplemented"], where: "lacking", allows: ["BODY-007", "BODY-015", "BODY-001"], source: errors },
  { codes: ["ExcessHeaderValues"], allows: ["BODY-017"], source: google },

  // Parts.
  {
    says: /non-trailing parts must have the same length/i,
    allows: ["MPU-008"],
    source: "https://developers.cloudflare.com/r2/objects/multipart-objects/",
  },

  // Encryption.
  {
    says: /encryption parameters did not match|encryption parameters that are not applicable|stored using a form of server side encryption|customer.(?:provided|supplied) (?:encryption )?key|md5 hash of the key|secret key was invalid/i,
    allows: ["SVC-020"],
    source: customerKeys,
  },
  {
    codes: [
      "KMS.DisabledException",
      "KMS.KMSInvalidStateException",
      "KMS.NotFoundException",
      "KMS.InvalidKeyUsageException",
    ],
    allows: ["SVC-020"],
    source: errors,
  },
  { says: /not authorized to perform:? kms:/i, allows: ["PERM-005"], source: denials },

  // Locks.
  {
    says: /required for put (?:object|part) requests with object lock/i,
    allows: ["SVC-024"],
    source: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock-managing.html",
  },
  {
    says: /object is worm protected|object.{0,12}lock(?:ed)? .{0,40}(?:cannot|can not|protected)/i,
    allows: ["PERM-006"],
    source: denials,
  },

  // Permissions.
  {
    says: /block ?public ?(?:acls|policy|access)|public acls are (?:prevented|blocked)/i,
    allows: ["PERM-009", "PERM-001"],
    source: denials,
  },
  { codes: ["UserProjectMissing", "UserProjectAccountProblem"], allows: ["PERM-011", "PERM-010"], source: google },
  { says: /requester pays/i, allows: ["PERM-011"], source: denials },
  { says: /not authorized to perform:? [\w-]{1,40}:[\w*]{1,60}/i, allows: ["PERM-001", "PERM-008"], source: denials },
  { says: /anonymous caller does not have/i, allows: ["PERM-001", "AUTH-014", "PLACE-015", "URL-*"], source: google },
  { says: /does not have [\w.]{1,60} access/i, allows: ["PERM-001"], source: google },
  {
    codes: ["AccessControlListNotSupported", "InvalidBucketAclWithObjectOwnership"],
    allows: ["PERM-003"],
    source: errors,
  },

  // Forms.
  {
    codes: ["InvalidPolicyDocument"],
    says: /parsing error|policy document is (?:malformed|invalid)|invalid json/i,
    allows: ["POST-031"],
    source: google,
  },
  {
    codes: ["InvalidPolicyDocument"],
    says: /missing policy/i,
    allows: ["PLACE-007", "PLACE-008", "SIGN-011", "POST-012", "POST-013", "POST-011"],
    source: google,
  },
  {
    says: /awsaccesskeyid\W{1,8}not specified in the policy/i,
    allows: ["POST-037"],
    source: "https://docs.aws.amazon.com/AmazonS3/latest/API/RESTObjectPOST.html",
  },

  // Signatures.
  {
    says: /headers present in the request which were not signed/i,
    allows: ["SIGN-001", "SIGN-02*", "URL-009"],
    source: signing,
  },
  {
    codes: ["MalformedSecurityHeader"],
    says: /included in signedheaders, but not in the request/i,
    allows: ["SIGN-002"],
    source: google,
  },
  {
    codes: ["SignatureDoesNotMatch"],
    where: "signedText",
    denies: ["AUTH-011", "AUTH-012", "PERM-*", "BODY-00*", "SVC-*", "MPU-*"],
    source: signing,
  },

  // The service.
  {
    codes: [
      "SlowDown",
      "503 SlowDown",
      "SlowDownRead",
      "SlowDownWrite",
      "TooManyRequests",
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

  // A denial without a reason.
  { codes: ["AccessDenied"], where: "plainDenial", denies: proofs, source: denials },
]
