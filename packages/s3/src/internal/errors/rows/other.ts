/**
 * The rows for all other documented codes, grouped into classes by how the caller can react. Uploads do not receive these
 * errors, but programs that use other S3 operations may receive them. All of these errors are final, except for a truncated
 * response.
 */
import * as Verdict from "@holdfast/core/Verdict"
import { group, seen } from "../row.ts"

const account = group("AccountRefused", "human", [
  ["AccountProblem", 403, "The account has a problem"],
  ["AllAccessDisabled", 403, "All access to the resource is disabled"],
  ["CrossLocationLoggingProhibited", 403, "A bucket cannot send its logs to another region"],
  ["InvalidPayer", 403, "The payer is not permitted to pay for this request"],
  ["InvalidRegion", 403, "The account has not opted in to the region"],
  ["NotSignedUp", 403, "The account is not signed up for S3"],
  ["UnauthorizedAccessError", 403, "The bucket does not have an ICP license (China)"],
  ["UnexpectedIPError", 403, "The service rejects requests from this IP address (China)"],
])

const credentials = group("CredentialsRefused", "token", [
  ["CredentialsNotSupported", 400, "The request does not support credentials"],
  ["DeviceNotActiveError", 400, "The MFA device is not active"],
  ["InvalidSecurity", 403, "The credentials are invalid"],
  ["InvalidSessionException", 400, "The session has expired"],
  ["InvalidSignature", 400, "The signature does not match the signature that the server computed"],
  ["MissingAuthenticationToken", 403, "The request is not signed"],
  ["MissingSecurityElement", 400, "A SOAP security element is missing"],
  ["MissingSecurityHeader", 400, "A required header is missing"],
  ["NotDeviceOwnerError", 400, "The MFA device belongs to another user"],
  ["TokenCodeInvalidError", 400, "The MFA serial number or code is wrong"],
  ["TokenRefreshRequired", 400, "The token must be refreshed"],
  ["UnsupportedSignature", 400, "The token or signature version is not supported"],
])

const encryption = group("EncryptionKeyRefused", "human", [
  ["KMS.DisabledException", 400, "The KMS key is disabled"],
  ["KMS.InvalidKeyUsageException", 400, "The KMS key does not support this operation"],
  ["KMS.KMSInvalidStateException", 400, "The state of the KMS key does not permit this operation"],
  ["KMS.NotFoundException", 400, "The KMS key does not exist"],
])

const limits = group("LimitExceeded", "human", [
  ["TooManyAccessPoints", 400, "The account has reached the maximum number of access points"],
  ["TooManyBuckets", 400, "The account has reached the maximum number of buckets"],
  ["TooManyMultiRegionAccessPointregionsError", 400, "The multi-region access point has too many regions"],
  ["TooManyMultiRegionAccessPoints", 400, "The account has reached the maximum number of multi-region access points"],
  ["TooManyTags", 400, "The request contains more than 50 tags"],
])

const endpoint = group("WrongEndpoint", "url", [
  ["EndpointNotFound", 400, "The request must be sent to another endpoint"],
  ["IllegalLocationConstraintException", 400, "The bucket and the endpoint are in different regions"],
  ["IncorrectEndpoint", 400, "The bucket is in another region"],
  ["InvalidHostHeader", 400, "The Host header uses the wrong addressing style"],
  ["PermanentRedirectControlError", 301, "The operation must be sent to another endpoint"],
])

const missing = group("ResourceNotFound", "plan", [
  ["NoLoggingStatusForKey", 400, "An object key does not have a logging status"],
  ["NoSuchAccessPoint", 404, "The access point does not exist"],
  ["NoSuchAsyncRequest", 404, "The asynchronous request does not exist"],
  ["NoSuchBucketPolicy", 404, "The bucket has no policy"],
  ["NoSuchCORSConfiguration", 404, "The bucket has no CORS rules"],
  ["NoSuchLifecycleConfiguration", 404, "The bucket has no lifecycle rules"],
  ["NoSuchMultiRegionAccessPoint", 404, "The multi-region access point does not exist"],
  ["NoSuchObjectLockConfiguration", 404, "The object has no object lock configuration"],
  ["NoSuchResource", 404, "The resource does not exist"],
  ["NoSuchTagSet", 404, "The bucket or object has no tags"],
  ["NoSuchVersion", 404, "The object does not have this version"],
  ["NoSuchWebsiteConfiguration", 404, "The bucket is not configured as a website"],
  ["NoTransformationDefined", 404, "The access point does not define a transformation"],
  ["ObjectLockConfigurationNotFoundError", 404, "The bucket has no object lock configuration"],
  ["OwnershipControlsNotFoundError", 404, "The bucket has no ownership rules"],
  ["ReplicationConfigurationNotFoundError", 404, "The bucket has no replication rules"],
  ["ServerSideEncryptionConfigurationNotFoundError", 400, "The bucket has no encryption rules"],
])

const conflict = group("ResourceConflict", "plan", [
  ["AccessPointAlreadyOwnedByYou", 409, "You already have an access point with this name"],
  ["BucketAlreadyExists", 409, "Another account has a bucket with this name"],
  ["BucketAlreadyOwnedByYou", 409, "You already have a bucket with this name"],
  ["BucketHasAccessPointsAttached", 400, "The bucket still has access points"],
  ["BucketNotEmpty", 409, "The bucket still has objects"],
  ["ClientTokenConflict", 409, "The idempotency token has already been used for another request"],
  ["InvalidBucketState", 409, "The current state of the bucket does not permit this request"],
  ["InvalidObjectState", 403, "The storage class of the object does not permit this request"],
  ["NotModified", 304, "The caller already has the current version of the object"],
  ["RestoreAlreadyInProgress", 409, "The object is already being restored"],
])

const brokenOff = Verdict.once({ applied: "maybe" })

const interrupted = [
  {
    class: "ReadInterrupted",
    key: "ConnectionClosedByRequester",
    status: 400,
    verdict: brokenOff,
    description: "The response from the Object Lambda function could not be read",
  },
  {
    class: "ReadInterrupted",
    key: "ResponseInterrupted",
    status: 400,
    verdict: brokenOff,
    description: "The response from the Object Lambda function was truncated",
  },
] as const

const rejected = group("RequestRejected", "plan", [
  ["AmbiguousGrantByEmailAddress", 400, "The email address belongs to several accounts"],
  ["IllegalVersioningConfigurationException", 400, "The versioning setting is not valid"],
  ["InlineDataTooLarge", 400, "The inline data is too large"],
  ["InvalidAccessPoint", 400, "The access point's name or account is not valid"],
  ["InvalidAccessPointAliasError", 400, "The access point's alias is not valid"],
  ["InvalidBucketAclWithObjectOwnership", 400, "The bucket's object ownership setting does not permit ACLs"],
  ["InvalidBucketName", 400, "The bucket's name is not valid"],
  ["InvalidBucketOwnerAWSAccountID", 400, "The expected bucket owner must be an account id"],
  ["InvalidEncryptionAlgorithmError", 400, "The encryption algorithm is not AES256"],
  ["InvalidHttpMethod", 400, "S3 does not support the HTTP method"],
  ["InvalidLocationConstraint", 400, "The region of the bucket is not valid"],
  ["InvalidRange", 416, "The requested range lies outside the object"],
  ["InvalidSOAPRequest", 400, "The SOAP body is not valid"],
  ["InvalidStorageClass", 400, "The storage class does not exist"],
  ["InvalidTag", 400, "A tag is invalid"],
  [
    "InvalidTargetBucketForLogging",
    400,
    "The log bucket does not exist, belongs to another account, or does not permit log delivery",
  ],
  ["InvalidURI", 400, "The URI cannot be parsed"],
  ["MalformedACLError", 400, "The ACL is malformed or not valid"],
  ["MalformedPolicy", 400, "The bucket policy contains a principal that is not valid"],
  ["MaxMessageLengthExceeded", 400, "The request is too large"],
  ["MissingAttachment", 400, "A SOAP attachment is missing"],
  ["MissingRequestBodyError", 400, "The XML document is empty"],
  ["RequestTorrentOfBucketError", 400, "S3 cannot create a torrent for a bucket"],
  ["TagPolicyException", 400, "The tag policy does not permit the tag value"],
  ["UnexpectedContent", 400, "The request contains unsupported content"],
  ["UnresolvableGrantByEmailAddress", 400, "The email address does not belong to any account"],
  ["UnsupportedArgument", 400, "An argument is not supported"],
])

/** Codes that servers send although Amazon's lists do not contain them. Two of these codes are specific to Ceph. */
const unwritten = [
  seen(
    "AccountRefused",
    "CrossLocationLoggingProhibitted",
    403,
    "human",
    "A bucket cannot send its logs to another region (alternative spelling of the code)",
  ),
  seen("AccountRefused", "UserSuspended", 403, "human", "The user is suspended (Ceph)"),
  seen("LimitExceeded", "QuotaExceeded", 403, "human", "The quota is exhausted (Ceph)"),
  seen("RequestRejected", "InvalidPartNumber", 416, "plan", "The object has no part with this number"),
  seen("ResourceNotFound", "NoSuchConfiguration", 404, "plan", "The bucket does not have this configuration"),
] as const

/** Codes that are documented without a status. */
const addressing = {
  class: "RequestRejected",
  key: "InvalidAddressingHeader",
  verdict: Verdict.never({ change: "plan", outcome: "ignored", applied: "no" }),
  description: "The request must specify the anonymous role",
} as const

/** All rows of this module. */
export const rows = [
  ...account,
  ...credentials,
  ...encryption,
  ...limits,
  ...endpoint,
  ...missing,
  ...conflict,
  ...interrupted,
  ...rejected,
  addressing,
  ...unwritten,
] as const
