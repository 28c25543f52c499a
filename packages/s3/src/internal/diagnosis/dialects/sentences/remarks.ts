/**
 * Explains server messages about a request, with advice. These messages do not narrow down the cause. Rules that determine
 * the kind of rejection from its code take the details from this table. Plain data.
 */
import { pages, type Row } from "./row.ts"

const conditional = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-requests.html"
const integrity = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html"
const locks = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock-managing.html"
const parts = "https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPart.html"
const creation = "https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateMultipartUpload.html"
const minio = "https://github.com/minio/minio/blob/master/cmd/api-errors.go"
const b2 = "https://www.backblaze.com/docs/cloud-storage-s3-compatible-api"

/** The messages, with the most specific one first. */
export const remarks: ReadonlyArray<Row> = [
  // Checksums.
  {
    says: /x-amz-sdk-checksum-algorithm specified, but no corresponding/i,
    means:
      "The request specifies a checksum algorithm (x-amz-sdk-checksum-algorithm) but does not include a checksum: it has neither an x-amz-checksum- header nor a trailer with a checksum.",
    source: integrity,
  },
  {
    says: /checksum type mismatch occurred, expected checksum type: null/i,
    means:
      "The multipart upload was created without a checksum algorithm, but a part includes a checksum: specify the algorithm when creating the upload (CreateMultipartUpload), or send parts without checksums.",
    source: creation,
  },
  {
    says: /checksum type mismatch occurred/i,
    means:
      "The checksum of the part or the completion has a different algorithm or type than the upload: use the algorithm and type specified in CreateMultipartUpload throughout.",
    source: creation,
  },
  {
    says: /must include the checksum for each part/i,
    means:
      "The upload was created with a checksum algorithm, so the completion must list the checksum of every part alongside its ETag.",
    source: integrity,
  },
  {
    says: /expecting a single x-amz-checksum/i,
    means:
      "More than one checksum was sent: a request can contain either one x-amz-checksum- header or one trailer, not both.",
    source: integrity,
  },
  {
    says: /x-amz-sdk-checksum-algorithm header is invalid/i,
    means:
      "x-amz-sdk-checksum-algorithm specifies an algorithm that S3 does not support, or one that differs from the algorithm of the checksum that was sent.",
    source: integrity,
  },
  {
    says: /checksum algorithm provided is unsupported|algorithm type you specified in x-amz-checksum/i,
    means: "The server does not support the checksum algorithm: S3 supports CRC32, CRC32C, CRC64NVME, SHA1 and SHA256.",
    source: integrity,
  },
  {
    says: /(?:full_object|composite) checksum type cannot be used|checksum type (?:should|must) be/i,
    means:
      "The checksum algorithm does not support this type of checksum: SHA-1 and SHA-256 checksums are composite, CRC64NVME checksums cover the full object, and CRC32 and CRC32C support both types.",
    source: integrity,
  },
  {
    says: /x-amz-trailer header is not supported|trailing data that was not well-formed/i,
    means: "The server cannot read the trailer after the body: x-amz-trailer must name the checksum that follows.",
    source: "https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html",
  },

  // Encryption.
  {
    says: /encryption parameters are not applicable/i,
    means:
      "The request sends the headers for a customer-provided key (SSE-C), but the object was not encrypted with a customer-provided key: read it without these headers.",
    source: pages.customerKeys,
  },
  {
    says: /stored using a form of server side encryption/i,
    means:
      "The object is encrypted with a customer-provided key (SSE-C): every request that reads it, including HEAD, must send the three headers for that key.",
    source: pages.customerKeys,
  },
  {
    says: /over a secure connection|made over https/i,
    means: "The request was sent over http: encryption with customer-provided keys (SSE-C) requires https (TLS).",
    source: pages.customerKeys,
  },
  {
    says: /must provide (?:an appropriate secret key|the client calculated MD5|a valid encryption algorithm)/i,
    means:
      "One of the three headers for a customer-provided key (SSE-C) is missing or invalid: send the algorithm AES256, the key, and the MD5 of the key together.",
    source: pages.customerKeys,
  },
  {
    says: /MD5 hash of the key (?:did not|does not) match/i,
    means:
      "The MD5 of the customer-provided key (SSE-C) does not match the key: encode both headers in base64, and compute the digest from the 32 raw bytes of the key.",
    source: pages.customerKeys,
  },
  {
    says: /secret key was invalid for the specified algorithm/i,
    means: "The customer-provided key (SSE-C) must be exactly 32 bytes (256 bits), encoded in base64.",
    source: pages.customerKeys,
  },
  {
    says: /customer provided key is incompatible with the encryption method/i,
    means:
      "The request contains both a customer-provided key (SSE-C) and x-amz-server-side-encryption: an object can use only one of them.",
    source: pages.customerKeys,
  },
  {
    says: /requires HTTP header x-amz-server-side-encryption ?: ?aws:kms/i,
    means: "The request specifies a KMS key but does not contain the header x-amz-server-side-encryption: aws:kms.",
    source: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/specifying-kms-encryption.html",
  },
  {
    says: /KMS is not configured|KMS not configured/i,
    means:
      "Key management (KMS) is not configured on the server, so it cannot encrypt objects: the server's operator must configure KMS.",
    source: minio,
  },
  {
    says: /encryption request you specified is not valid|encryption method specified is not supported/i,
    means:
      "The server does not support the value of x-amz-server-side-encryption: use AES256, or aws:kms if the server has KMS.",
    source: pages.errors,
  },
  {
    says: /x-amz-server-side-encryption header is not supported for this operation/i,
    means:
      "The encryption is specified when the multipart upload is created: do not send x-amz-server-side-encryption when uploading a part, completing the upload or reading the object.",
    source: parts,
  },

  // ACLs.
  {
    says: /unsupported value for canned acl/i,
    means:
      "Backblaze B2 does not support ACLs on individual objects: x-amz-acl must match the ACL of the bucket (private or public-read). Omit x-amz-acl, or change the ACL of the bucket.",
    source: b2,
  },

  // Object Lock and conditions.
  {
    says: /bucket is missing object ?lock ?configuration|object lock is not enabled/i,
    means: "The request specifies a retention or a legal hold, but the bucket does not have Object Lock enabled.",
    source: locks,
  },
  {
    says: /retain until date must be in the future/i,
    means: "The retain-until date of the object is in the past according to the server's clock.",
    source: locks,
  },
  {
    says: /retain-until-date and x-amz-object-lock-mode must both/i,
    means: "Retention requires two headers: x-amz-object-lock-mode and x-amz-object-lock-retain-until-date.",
    source: locks,
  },
  {
    says: /object lock configuration cannot be enabled on existing/i,
    means: "This server can enable Object Lock only when a bucket is created, not on an existing bucket.",
    source: minio,
  },
  {
    says: /(?:conditional|if-(?:none-)?match).{0,60}not (?:supported|implemented)|not (?:supported|implemented).{0,60}if-(?:none-)?match/i,
    means: "The server does not support conditions (If-Match, If-None-Match) for this operation.",
    source: conditional,
  },

  // Metadata, arguments and headers.
  {
    says: /metadata cannot be specified in this context/i,
    means:
      "Send metadata (x-amz-meta-) in the request that creates the object or the multipart upload; a request that uploads a part does not accept metadata.",
    source: creation,
  },
  {
    says: /your metadata headers are not supported|metadata .{0,40}non-?ascii|non-?ascii .{0,40}metadata/i,
    means: "The metadata contains characters that a header cannot carry: encode all characters that are not US-ASCII.",
    source: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html",
  },
  {
    says: /invalid version ?id|version id specified/i,
    means:
      "The storage does not recognize the version id: the id was cut off, or it belongs to another bucket or another service.",
    source: minio,
  },
  {
    says: /continuation token (?:provided )?is (?:incorrect|invalid|not valid)/i,
    means:
      "The continuation token of the listing was altered in transit, or it belongs to another bucket or another listing.",
    source: "https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html",
  },
  {
    says: /part ?number must be an integer between 1 and/i,
    means: "The part number must be an integer from 1 to 10000.",
    source: parts,
  },
  {
    says: /not supported as a byte-range copy source|range specified is not valid for source object/i,
    means:
      "The byte range to copy is not within the source object, or the source is too small (under 5 MB) to be copied by range.",
    source: "https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPartCopy.html",
  },
  {
    says: /header 'x-amz-tagging' shall be encoded/i,
    means:
      "x-amz-tagging must be percent-encoded and formatted as a URL query (a=b&c=d), and each tag key must occur only once.",
    source: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-tagging.html",
  },

  // Bucket settings.
  {
    says: /unable to validate the following destination configurations/i,
    means:
      "S3 is not allowed to publish to a destination of the notification. Before you configure the notification, allow s3.amazonaws.com to deliver events from this bucket: in the permission of the Lambda function, or in the policy of the SQS queue or SNS topic (and its KMS key). The destination must exist in the bucket's region.",
    source: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/grant-destinations-permissions-to-s3.html",
  },
  {
    says: /configurations overlap/i,
    means: "Two notifications of the bucket have an event type in common, and their prefixes or suffixes overlap.",
    source: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-filtering.html",
  },
  {
    says: /versioning (?:must be|enabled).{0,80}replicat|(?:destination|source) bucket must have versioning/i,
    means: "Versioning must be enabled on both the source and the destination bucket before replication is configured.",
    source: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-requirements.html",
  },
  {
    says: /object lock configuration.{0,60}versioning|versioning.{0,80}object lock/i,
    means: "A bucket with Object Lock must remain versioned: its versioning cannot be suspended or changed.",
    source: locks,
  },
  {
    says: /versioning cannot be enabled.{0,80}(?:lifecycle|expiration)|(?:expiration|lifecycle).{0,80}versioning/i,
    means: "The storage does not allow versioning together with the bucket's lifecycle rules (expiration).",
    source: "https://cloud.ibm.com/docs/cloud-object-storage?topic=cloud-object-storage-versioning",
  },
  {
    says: /access denied for bucket: /i,
    means:
      "The load balancer is not allowed to write its logs to the bucket. The bucket's policy must allow logdelivery.elasticloadbalancing.amazonaws.com (in older regions, the regional account of Elastic Load Balancing) to perform s3:PutObject on the prefix of the logs. The bucket must be in the same region and use SSE-S3: access logs do not support KMS keys.",
    source:
      "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html#access-log-s3-requirements",
  },
  {
    says: /does not enable ACL access/i,
    means:
      "CloudFront writes standard logs (legacy) through an ACL, but ACLs are disabled on the bucket: set its Object Ownership to bucket-owner-preferred, or use standard logging v2, which requires a bucket policy instead.",
    source: "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logging-legacy-s3.html",
  },
  {
    says: /access denied for logdestination/i,
    means:
      "The log delivery service is not allowed to write to the bucket: the bucket's policy must allow delivery.logs.amazonaws.com to perform s3:PutObject and s3:GetBucketAcl, with the account and the region of the source in its conditions.",
    source: "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-and-resource-policy.html",
  },
  {
    says: /log-?delivery group|target bucket for logging/i,
    means:
      "The target bucket for the logs must exist in the same region and account as the source bucket, and must allow the log delivery service to write to it.",
    source: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html",
  },
  {
    says: /'days' in .{0,40} action|days .{0,60}greater than .{0,40}storageclass|'date' must be at midnight/i,
    means:
      "The lifecycle rule contains a number of days or a date that S3 does not accept. A transition to an infrequent-access class requires at least 30 days, each later transition requires more days than the previous one, and a date must be midnight GMT.",
    source: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html",
  },

  // Rates.
  {
    says: /concurrent request rate for the same object|changing object .{1,1000} too quickly|exceeds the rate limit for object mutation/i,
    means:
      "The same object (one key) was written too often, or several requests wrote it at the same time: R2 and Google accept about one write per second to the same object.",
    source: "https://cloud.google.com/storage/quotas#objects",
  },
]
