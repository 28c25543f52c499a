/**
 * The meaning of server messages about a request, with advice. They narrow no cause; rules that know the kind of a refusal by
 * its code
 * take the details from here. Plain data.
 */
import { pages, type Row } from "./row.ts"

const conditional = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-requests.html"
const integrity = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html"
const locks = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock-managing.html"
const parts = "https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPart.html"
const creation = "https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateMultipartUpload.html"
const minio = "https://github.com/minio/minio/blob/master/cmd/api-errors.go"
const b2 = "https://www.backblaze.com/docs/cloud-storage-s3-compatible-api"

/** The messages, the most specific first. */
export const remarks: ReadonlyArray<Row> = [
  // Checksums.
  {
    says: /x-amz-sdk-checksum-algorithm specified, but no corresponding/i,
    means:
      "The request names a checksum algorithm (x-amz-sdk-checksum-algorithm) but carries no checksum: neither a header x-amz-checksum- nor a trailer with it was sent.",
    source: integrity,
  },
  {
    says: /checksum type mismatch occurred, expected checksum type: null/i,
    means:
      "The multipart upload was created without a checksum algorithm, and a part brings a checksum: name the algorithm when the upload is created (CreateMultipartUpload), or send parts without one.",
    source: creation,
  },
  {
    says: /checksum type mismatch occurred/i,
    means:
      "The part or the completion brings a checksum of another algorithm or type than the upload was created with: use one from CreateMultipartUpload to the end.",
    source: creation,
  },
  {
    says: /must include the checksum for each part/i,
    means:
      "The upload was created with a checksum algorithm, so the completion must list the checksum of every part beside its ETag.",
    source: integrity,
  },
  {
    says: /expecting a single x-amz-checksum/i,
    means: "More than one checksum was sent: a request takes one header x-amz-checksum-, or one trailer, not both.",
    source: integrity,
  },
  {
    says: /x-amz-sdk-checksum-algorithm header is invalid/i,
    means:
      "x-amz-sdk-checksum-algorithm names an algorithm that is none of S3's, or another one than the checksum that was sent is of.",
    source: integrity,
  },
  {
    says: /checksum algorithm provided is unsupported|algorithm type you specified in x-amz-checksum/i,
    means:
      "The checksum algorithm is not one that the server knows: S3 takes CRC32, CRC32C, CRC64NVME, SHA1 and SHA256.",
    source: integrity,
  },
  {
    says: /(?:full_object|composite) checksum type cannot be used|checksum type (?:should|must) be/i,
    means:
      "This algorithm does not go with this type of checksum: SHA-1 and SHA-256 are composite, CRC64NVME is of the full object, CRC32 and CRC32C can be both.",
    source: integrity,
  },
  {
    says: /x-amz-trailer header is not supported|trailing data that was not well-formed/i,
    means:
      "The trailer behind the body is not one that the server can read: x-amz-trailer must name the checksum that follows.",
    source: "https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html",
  },

  // Encryption.
  {
    says: /encryption parameters are not applicable/i,
    means:
      "The request sends the headers of a customer-provided key (SSE-C), but the object was not encrypted with one: read it without these headers.",
    source: pages.customerKeys,
  },
  {
    says: /stored using a form of server side encryption/i,
    means:
      "The object is encrypted with a customer-provided key (SSE-C): every read and HEAD must send the three headers with that key.",
    source: pages.customerKeys,
  },
  {
    says: /over a secure connection|made over https/i,
    means: "The request came by http: encryption with customer-provided keys (SSE-C) takes https (TLS) alone.",
    source: pages.customerKeys,
  },
  {
    says: /must provide (?:an appropriate secret key|the client calculated MD5|a valid encryption algorithm)/i,
    means:
      "One of the three headers of a customer-provided key (SSE-C) is missing or not usable: algorithm AES256, the key, and the MD5 of the key go together.",
    source: pages.customerKeys,
  },
  {
    says: /MD5 hash of the key (?:did not|does not) match/i,
    means:
      "The MD5 of the customer-provided key (SSE-C) is not that of the key: both headers are base64, the digest of the 32 raw bytes of the key.",
    source: pages.customerKeys,
  },
  {
    says: /secret key was invalid for the specified algorithm/i,
    means: "The customer-provided key (SSE-C) must be base64 of exactly 32 bytes (256 bits).",
    source: pages.customerKeys,
  },
  {
    says: /customer provided key is incompatible with the encryption method/i,
    means:
      "A customer-provided key (SSE-C) and x-amz-server-side-encryption were sent together: an object takes one of them.",
    source: pages.customerKeys,
  },
  {
    says: /requires HTTP header x-amz-server-side-encryption ?: ?aws:kms/i,
    means: "A KMS key was named, but x-amz-server-side-encryption: aws:kms was not sent with it.",
    source: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/specifying-kms-encryption.html",
  },
  {
    says: /KMS is not configured|KMS not configured/i,
    means: "The server has no key management (KMS) set up, so it cannot encrypt: its operator has to configure one.",
    source: minio,
  },
  {
    says: /encryption request you specified is not valid|encryption method specified is not supported/i,
    means:
      "x-amz-server-side-encryption has a value that the server does not take: AES256, or aws:kms where it has KMS.",
    source: pages.errors,
  },
  {
    says: /x-amz-server-side-encryption header is not supported for this operation/i,
    means:
      "The encryption is stated when the multipart upload is created; a part, a completion or a read takes no such header.",
    source: parts,
  },

  // ACLs.
  {
    says: /unsupported value for canned acl/i,
    means:
      "Backblaze B2 has no ACLs of single objects: x-amz-acl may only repeat the ACL of the bucket (private or public-read). Leave it out, or change the bucket.",
    source: b2,
  },

  // Object Lock and conditions.
  {
    says: /bucket is missing object ?lock ?configuration|object lock is not enabled/i,
    means: "The bucket has no Object Lock, and the request asks for a retention or a legal hold.",
    source: locks,
  },
  {
    says: /retain until date must be in the future/i,
    means: "The date until which the object is to be kept has passed, by the server's clock.",
    source: locks,
  },
  {
    says: /retain-until-date and x-amz-object-lock-mode must both/i,
    means: "A retention needs both headers: x-amz-object-lock-mode and x-amz-object-lock-retain-until-date.",
    source: locks,
  },
  {
    says: /object lock configuration cannot be enabled on existing/i,
    means: "This server enables Object Lock only while a bucket is created, not on one that exists.",
    source: minio,
  },
  {
    says: /(?:conditional|if-(?:none-)?match).{0,60}not (?:supported|implemented)|not (?:supported|implemented).{0,60}if-(?:none-)?match/i,
    means: "The server takes no condition (If-Match, If-None-Match) with this operation.",
    source: conditional,
  },

  // Metadata, arguments and headers.
  {
    says: /metadata cannot be specified in this context/i,
    means:
      "Metadata (x-amz-meta-) belongs to the request that creates the object or the multipart upload; a part takes none.",
    source: creation,
  },
  {
    says: /your metadata headers are not supported|metadata .{0,40}non-?ascii|non-?ascii .{0,40}metadata/i,
    means: "The metadata has characters that a header cannot carry: encode what is not US-ASCII.",
    source: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html",
  },
  {
    says: /invalid version ?id|version id specified/i,
    means:
      "The version id is not one that this storage gives: it is cut short, of another bucket, or of another service.",
    source: minio,
  },
  {
    says: /continuation token (?:provided )?is (?:incorrect|invalid|not valid)/i,
    means: "The continuation token of the listing was changed on the way, or is another bucket's or listing's.",
    source: "https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html",
  },
  {
    says: /part ?number must be an integer between 1 and/i,
    means: "The number of the part is none from 1 to 10000.",
    source: parts,
  },
  {
    says: /not supported as a byte-range copy source|range specified is not valid for source object/i,
    means:
      "The range of the copy is not within the source object, or the source is too small (under 5 MB) to be copied by ranges.",
    source: "https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPartCopy.html",
  },
  {
    says: /header 'x-amz-tagging' shall be encoded/i,
    means: "x-amz-tagging must be written like a query, percent-encoded (a=b&c=d), and name each tag once.",
    source: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-tagging.html",
  },

  // Bucket settings.
  {
    says: /unable to validate the following destination configurations/i,
    means:
      "S3 may not publish to a destination that the notification names: the permission of the Lambda function, or the policy of the SQS queue or SNS topic (and its KMS key), must allow s3.amazonaws.com for this bucket before, and the destination must exist in the bucket's region.",
    source: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/grant-destinations-permissions-to-s3.html",
  },
  {
    says: /configurations overlap/i,
    means: "Two notifications of the bucket share an event type with prefixes or suffixes that overlap.",
    source: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-filtering.html",
  },
  {
    says: /versioning (?:must be|enabled).{0,80}replicat|(?:destination|source) bucket must have versioning/i,
    means: "Replication needs versioning on both buckets, the source and the destination, before it is configured.",
    source: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-requirements.html",
  },
  {
    says: /object lock configuration.{0,60}versioning|versioning.{0,80}object lock/i,
    means: "A bucket with Object Lock stays versioned: its versioning cannot be suspended or changed.",
    source: locks,
  },
  {
    says: /versioning cannot be enabled.{0,80}(?:lifecycle|expiration)|(?:expiration|lifecycle).{0,80}versioning/i,
    means: "The storage allows no versioning beside the lifecycle rules (expiration) that the bucket has.",
    source: "https://cloud.ibm.com/docs/cloud-object-storage?topic=cloud-object-storage-versioning",
  },
  {
    says: /access denied for bucket: /i,
    means:
      "The load balancer may not write its logs to the bucket: the bucket's policy must allow s3:PutObject to logdelivery.elasticloadbalancing.amazonaws.com (in older regions to the account of Elastic Load Balancing there) for the prefix of the logs, the bucket must be in the same region, and access logs take no KMS key (SSE-S3 alone).",
    source:
      "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html#access-log-s3-requirements",
  },
  {
    says: /does not enable ACL access/i,
    means:
      "CloudFront writes its standard logs (legacy) by an ACL, and the bucket has ACLs switched off: set its Object Ownership to bucket-owner-preferred, or use standard logging v2, which asks for a bucket policy.",
    source: "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logging-legacy-s3.html",
  },
  {
    says: /access denied for logdestination/i,
    means:
      "The service that delivers the logs may not write to the bucket: its policy must allow delivery.logs.amazonaws.com s3:PutObject and s3:GetBucketAcl, with the account and the region of the source in its conditions.",
    source: "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-and-resource-policy.html",
  },
  {
    says: /log-?delivery group|target bucket for logging/i,
    means:
      "The target bucket of the logs must exist in the same region and account, and allow the log delivery to write there.",
    source: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html",
  },
  {
    says: /'days' in .{0,40} action|days .{0,60}greater than .{0,40}storageclass|'date' must be at midnight/i,
    means:
      "The lifecycle rule has days or a date that S3 does not take: a move to an infrequent-access class needs 30 days, each later step more days than the one before, and a date is midnight GMT.",
    source: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html",
  },

  // Rates.
  {
    says: /concurrent request rate for the same object|changing object .{1,1000} too quickly|exceeds the rate limit for object mutation/i,
    means:
      "The same object (one key) was written too often or by several requests at once: R2 and Google take about one write a second to one object.",
    source: "https://cloud.google.com/storage/quotas#objects",
  },
]
