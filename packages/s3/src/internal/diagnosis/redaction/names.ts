/**
 * The names of what is harmless in an exchange with S3. What S3 or a server like it invents tomorrow is not here, and hidden.
 */

/** Field, header and parameter names that hold no secret, whatever their place. */
const plain = [
  "acl",
  "bucket",
  "cache-control",
  "content-disposition",
  "content-encoding",
  "content-length",
  "content-type",
  "expires",
  "filename",
  "key",
  "name",
  "submit",
  "success_action_redirect",
  "success_action_status",
  "x-amz-acl",
  "x-amz-algorithm",
  "x-amz-checksum-algorithm",
  "x-amz-checksum-crc32",
  "x-amz-checksum-crc32c",
  "x-amz-checksum-crc64nvme",
  "x-amz-checksum-sha1",
  "x-amz-checksum-sha256",
  "x-amz-checksum-type",
  "x-amz-content-sha256",
  "x-amz-date",
  "x-amz-expires",
  "x-amz-sdk-checksum-algorithm",
  "x-amz-server-side-encryption",
  "x-amz-storage-class",
]

/** The names of fields that may be seen, in lower case. */
export const fields: ReadonlySet<string> = new Set(plain)

/** The names of headers that may be seen, in lower case. */
export const headers: ReadonlySet<string> = new Set([
  ...plain,
  "connection",
  "content-md5",
  "date",
  "expect",
  "host",
  "if-match",
  "if-modified-since",
  "if-none-match",
  "if-unmodified-since",
  "retry-after",
  "server",
  "transfer-encoding",
  "x-amz-bucket-region",
  "x-amz-copy-source",
  "x-amz-decoded-content-length",
  "x-amz-error-code",
  "x-amz-error-message",
  "x-amz-id-2",
  "x-amz-mp-parts-count",
  "x-amz-request-id",
  "x-amz-retry-after",
  "x-amz-request-payer",
  "x-amz-trailer",
  "x-bce-request-id",
  "x-clv-request-id",
  "x-cos-request-id",
  "x-goog-acl",
  "x-goog-algorithm",
  "x-goog-date",
  "x-goog-storage-class",
  "x-guploader-uploadid",
  "x-minio-error-code",
  "x-minio-error-desc",
  "x-obs-error-code",
  "x-obs-error-message",
  "x-obs-request-id",
  "x-oss-ec",
  "x-oss-request-id",
  "x-tos-request-id",
  "opc-request-id",
])

/** The names of parameters that may be seen, in lower case. */
export const query: ReadonlySet<string> = new Set([
  ...plain,
  "delete",
  "list-type",
  "partnumber",
  "prefix",
  "uploadid",
  "uploads",
  "versionid",
  "x-id",
])

/** The names of elements of an answer that may be seen, in lower case. */
export const elements: ReadonlySet<string> = new Set([
  "ActualObjectSize", "ArgumentName", "Bucket", "BucketName", "CalculatedDigest", "ClientComputedContentSHA256", "Code",
  "ComputedDigest", "Condition", "Content-MD5", "Details", "EC", "ETag", "Endpoint", "ExpectedDigest", "Expires", "Header",
  "HeadersNotSigned", "HostId", "httpStatusCode", "Key", "Location", "MaxAllowedSkewMilliseconds", "MaxPostPreDataLengthBytes",
  "MaxSizeAllowed", "Message", "Method", "MinSizeAllowed", "MissingHeaderName", "ParameterName", "PartNumber",
  "PartNumberMarker", "PartNumberRequested", "ProposedSize", "RangeRequested", "Region", "RequestId", "RequestTime",
  "Resource", "ResourceType", "S3ComputedContentSHA256", "ServerTime", "Size", "StorageClass", "StorageClassRequested",
  "TagKey", "TraceId", "UploadId", "X-Amz-Date", "X-Amz-Expires",
].map((name) => name.toLowerCase())) // prettier-ignore

/** The members of JSON in answers that may be seen, in lower case. */
export const answers: ReadonlySet<string> = new Set([
  "code",
  "domain",
  "error",
  "errorcode",
  "message",
  "reason",
  "resource",
  "statuscode",
])
