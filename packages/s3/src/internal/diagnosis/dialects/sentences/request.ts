/**
 * Server messages about an address, a feature, a body or an encryption key. Plain data.
 */
import { pages, type Row } from "./row.ts"

/** The messages, with the most specific one first. */
export const request: ReadonlyArray<Row> = [
  // Addresses.
  {
    says: /transfer acceleration is (?:not configured|disabled|not supported)/i,
    allows: ["PLACE-009"],
    source: pages.errors,
  },
  {
    codes: ["BucketAccelerateNotEnabled", "ActionAccelerateNotSupported"],
    allows: ["PLACE-009"],
    source: "https://www.tencentcloud.com/document/product/436/7730",
  },
  {
    codes: ["InvalidPathAccess", "PathStyleDomainForbidden", "SecondLevelDomainForbidden", "VirtualHostDomainRequired"],
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

  // Features that a storage lacks.
  {
    codes: ["", "NotImplemented", "MethodNotAllowed", "InvalidRequest"],
    where: "formsLacking",
    allows: ["PLACE-008"],
    source: pages.errors,
  },
  {
    says: /(?:unsupported|not (?:supported|implemented)).{0,80}x-amz-(?:checksum|sdk-checksum|trailer)|x-amz-(?:checksum|sdk-checksum|trailer).{0,80}not (?:supported|implemented)/i,
    allows: ["BODY-015"],
    source: pages.errors,
  },
  {
    codes: ["InvalidRequest"],
    says: /missing required header: content-md5 or x-amz-checksum/i,
    allows: ["BODY-015"],
    source: "https://docs.oracle.com/en-us/iaas/Content/Object/Tasks/s3compatibleapi.htm",
  },
  {
    codes: ["", "NotImplemented"],
    where: "lacking",
    allows: ["BODY-007", "BODY-015", "BODY-001"],
    source: pages.errors,
  },
  {
    says: /\bPOST \?\w{1,20} is not implemented|cannot create buckets using a POST/i,
    allows: ["BODY-007"],
    source: "https://cloud.google.com/storage/docs/xml-api/post-bucket",
  },
  {
    codes: ["NotImplemented"],
    says: /\b[A-Z]\w{2,40}(?: is)? not (?:yet )?(?:implemented|supported)\b/,
    allows: ["BODY-007", "BODY-015", "PLACE-008"],
    source: "https://developers.cloudflare.com/r2/api/s3/api/",
  },
  { says: /trailing checksum is not supported/i, allows: ["BODY-015"], source: pages.integrity },
  { codes: ["ExcessHeaderValues"], allows: ["BODY-017"], source: pages.google },

  {
    says: /STREAMING-UNSIGNED-PAYLOAD-TRAILER (?:is )?not (?:implemented|supported)|aws-chunked encoding is not supported with the specified/i,
    allows: ["BODY-015"],
    source: pages.integrity,
  },
  {
    codes: ["XAmzContentSHA256Mismatch"],
    says: /(?:invalid|unknown|unsupported).{0,30}x-amz-content-sha256/i,
    allows: ["BODY-015", "BODY-016"],
    source: pages.integrity,
  },
  {
    codes: ["XAmzContentSHA256Mismatch"],
    where: "trailer",
    allows: ["BODY-015"],
    source: pages.integrity,
  },
  {
    says: /header '[\w-]{1,60}'.{0,120}not implemented|unsupported header '|STREAMING-[\w-]{1,60} (?:is )?not (?:implemented|supported)|chunked encoding (?:is )?not supported/i,
    allows: ["BODY-007", "BODY-015"],
    source: pages.errors,
  },
  {
    says: /must be made to api port/i,
    allows: ["PLACE-013"],
    source: "https://github.com/minio/minio/tree/master/docs",
  },
  {
    codes: ["AccessDenied"],
    says: /must be addressed using the specified endpoint/i,
    allows: ["PLACE-002"],
    source: "https://www.alibabacloud.com/help/en/oss/support/0003-00001403",
  },

  // Digests.
  {
    codes: ["InvalidDigest"],
    says: /invalid checksum for part/i,
    allows: ["MPU-006"],
    source: "https://git.deuxfleurs.fr/Deuxfleurs/garage/src/branch/main-v1/src/api/s3/multipart.rs",
  },
  { says: /x-amz-content-sha256 must be/i, allows: ["BODY-016", "AUTH-013", "BODY-015"], source: pages.errors },
  {
    codes: ["InvalidRequest", "MissingContentMD5", "InvalidArgument"],
    says: /missing required header.{0,40}content-md5/i,
    allows: ["BODY-018"],
    source: "https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html",
  },

  // Copies.
  {
    says: /copy source is larger than/i,
    allows: ["BODY-002"],
    source: pages.copying,
  },
  {
    says: /copy an object to itself|copy source must mention|invalid copy source/i,
    allows: ["SVC-009"],
    source: pages.copying,
  },
  {
    codes: ["NoSuchKey"],
    where: "copy",
    allows: ["SVC-009"],
    source: pages.copying,
  },

  // Documents.
  {
    codes: ["MalformedXML"],
    where: "lacking",
    allows: ["BODY-007"],
    source: pages.errors,
  },
  {
    codes: ["MalformedXML", "MissingRequestBodyError", "EmptyRequestBody"],
    allows: ["BODY-020", "MPU-003", "POST-*", "PLACE-010", "PLACE-012", "BODY-015"],
    source: pages.errors,
  },

  // Parts.
  {
    says: /non-trailing parts must have the same length/i,
    allows: ["MPU-008"],
    source: "https://developers.cloudflare.com/r2/objects/multipart-objects/",
  },

  // Sizes. The error of a PUT or a part states the object's size, that of a form the size alone.
  {
    codes: ["EntityTooLarge"],
    says: /exceeds the maximum allowed object size/i,
    where: "noForm",
    allows: ["BODY-002", "BODY-019"],
    source: pages.errors,
  },

  {
    codes: ["EntityTooSmall"],
    says: /smaller than the minimum allowed object size/i,
    where: "noForm",
    allows: ["MPU-001"],
    source: pages.errors,
  },

  // Encryption.
  {
    says: /encryption parameters did not match|encryption parameters that are not applicable|stored using a form of server side encryption|customer.(?:provided|supplied) (?:encryption )?key|md5 hash of the key|secret key was invalid/i,
    allows: ["SVC-020"],
    source: pages.customerKeys,
  },
  {
    codes: [
      "KMS.DisabledException",
      "KMS.KMSInvalidStateException",
      "KMS.NotFoundException",
      "KMS.InvalidKeyUsageException",
    ],
    allows: ["SVC-020"],
    source: pages.errors,
  },
  { says: /not authorized to perform:? kms:/i, allows: ["PERM-005"], source: pages.denials },
  {
    says: /permission denied on cloud kms key/i,
    allows: ["PERM-005"],
    source: "https://cloud.google.com/storage/docs/encryption/using-customer-managed-keys",
  },

  // Locks.
  {
    says: /required for put (?:object|part) requests with object lock/i,
    allows: ["SVC-024"],
    source: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock-managing.html",
  },
  {
    says: /object is worm protected|object.{0,12}lock(?:ed)? .{0,40}(?:cannot|can not|protected)/i,
    allows: ["PERM-006"],
    source: pages.denials,
  },
]
