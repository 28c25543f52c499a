/**
 * The permissions that requests require (Amazon S3, "Required permissions for S3 API operations").
 */
import * as Asked from "../../asked.ts"
import type { S3Facts } from "../../facts.ts"

/** The permissions required for upload operations. */
const ofOperations: Readonly<Record<string, string>> = {
  PutObject: "s3:PutObject",
  UploadPart: "s3:PutObject",
  CreateMultipartUpload: "s3:PutObject",
  CompleteMultipartUpload: "s3:PutObject",
  AbortMultipartUpload: "s3:AbortMultipartUpload",
  CreateBucket: "s3:CreateBucket",
  ListObjects: "s3:ListBucket",
}

/** The names of bucket settings in permission actions: `s3:Put…` and `s3:Get…`. */
const ofSettings: ReadonlyArray<readonly [parameter: string, name: string]> = [
  ["accelerate", "AccelerateConfiguration"],
  ["cors", "BucketCORS"],
  ["encryption", "EncryptionConfiguration"],
  ["lifecycle", "LifecycleConfiguration"],
  ["logging", "BucketLogging"],
  ["notification", "BucketNotification"],
  ["object-lock", "BucketObjectLockConfiguration"],
  ["ownershipControls", "BucketOwnershipControls"],
  ["policy", "BucketPolicy"],
  ["publicAccessBlock", "BucketPublicAccessBlock"],
  ["replication", "ReplicationConfiguration"],
  ["requestPayment", "BucketRequestPayment"],
  ["versioning", "BucketVersioning"],
  ["website", "BucketWebsite"],
]

/**
 * Operations whose action has a different name. For all other operations, the name of the action equals the name of the
 * operation.
 */
const ofNames: Readonly<Record<string, string>> = {
  CompleteMultipartUpload: "PutObject",
  CopyObject: "GetObject on the source and s3:PutObject on the target",
  CreateMultipartUpload: "PutObject",
  DeleteBucketCors: "PutBucketCORS",
  DeleteBucketLifecycle: "PutLifecycleConfiguration",
  DeleteBucketReplication: "PutReplicationConfiguration",
  DeleteBucketTagging: "PutBucketTagging",
  DeleteObjects: "DeleteObject",
  DeletePublicAccessBlock: "PutBucketPublicAccessBlock",
  GetBucketAccelerateConfiguration: "GetAccelerateConfiguration",
  GetBucketCors: "GetBucketCORS",
  GetBucketEncryption: "GetEncryptionConfiguration",
  GetBucketLifecycleConfiguration: "GetLifecycleConfiguration",
  GetBucketNotificationConfiguration: "GetBucketNotification",
  GetBucketReplication: "GetReplicationConfiguration",
  GetObjectLockConfiguration: "GetBucketObjectLockConfiguration",
  GetPublicAccessBlock: "GetBucketPublicAccessBlock",
  HeadBucket: "ListBucket",
  HeadObject: "GetObject",
  ListBuckets: "ListAllMyBuckets",
  ListMultipartUploads: "ListBucketMultipartUploads",
  ListObjects: "ListBucket",
  ListObjectsV2: "ListBucket",
  ListObjectVersions: "ListBucketVersions",
  ListParts: "ListMultipartUploadParts",
  PutBucketAccelerateConfiguration: "PutAccelerateConfiguration",
  PutBucketCors: "PutBucketCORS",
  PutBucketEncryption: "PutEncryptionConfiguration",
  PutBucketLifecycleConfiguration: "PutLifecycleConfiguration",
  PutBucketNotificationConfiguration: "PutBucketNotification",
  PutBucketReplication: "PutReplicationConfiguration",
  PutObjectLockConfiguration: "PutBucketObjectLockConfiguration",
  PutPublicAccessBlock: "PutBucketPublicAccessBlock",
  UploadPart: "PutObject",
  UploadPartCopy: "GetObject on the source and s3:PutObject on the target",
}

/** Additional information about a rejected operation. */
const remarks: ReadonlyArray<readonly [operations: RegExp, remark: string]> = [
  [
    /^GetObjectTagging$/,
    "The AWS CLI reads the source object's tags when it copies a large object between buckets. To prevent the CLI " +
      "from reading the tags, set --copy-props to none or metadata-directive.",
  ],
  [
    /^Put(?:BucketPolicy|BucketAcl|ObjectAcl)$/,
    "Block Public Access, which is enabled by default on new buckets, also rejects policies and ACLs that open the " +
      "bucket to the public.",
  ],
  [
    /^CreateBucket$/,
    "Some programs try to create the bucket before each upload, even if the bucket exists. Disable bucket creation " +
      "in the program.",
  ],
  [
    /^ListBuckets$/,
    "A key that is restricted to certain buckets is not allowed to list all buckets, but can access its own.",
  ],
  [
    /^(?:Head|Get)Object$/,
    "S3 returns the same response for a missing key if the caller is not allowed to list the bucket. Access is " +
      "also denied if the object is encrypted with a KMS key that the caller is not allowed to use.",
  ],
  [
    /^(?:UploadPart|CompleteMultipartUpload)$/,
    "A multipart upload to a bucket that uses a KMS key needs kms:Decrypt in addition to kms:GenerateDataKey.",
  ],
]

/** The permissions for an operation if only its name is known. */
export const ofName = (operation: string): string => {
  const remark = remarks.find(([operations]) => operations.test(operation))?.[1]
  return `${operation} needs s3:${ofNames[operation] ?? operation}.${remark === undefined ? "" : ` ${remark}`}`
}

/** The action that the request requires; `undefined` if it is unknown. */
export const of = (facts: S3Facts): string | undefined => {
  const { method = "", query } = facts
  const place = Asked.placeOf(facts)
  if (facts.form !== undefined) return "s3:PutObject"
  if (/\.s3express-/.test(facts.url?.hostname ?? "")) return "s3express:CreateSession on the directory bucket"
  const isRead = method === "GET" || method === "HEAD"
  if (isRead && place?.bucket === undefined) return "s3:ListAllMyBuckets"
  const isBucket = place?.key === ""
  const version = query("versionId") === undefined ? "" : "Version"
  const verb = isRead ? "Get" : method === "DELETE" ? "Delete" : "Put"
  const setting = ofSettings.find(([parameter]) => query(parameter) !== undefined)?.[1]
  if (setting !== undefined) {
    const isOwn = setting === "BucketPolicy" || setting === "BucketWebsite"
    return `s3:${verb === "Delete" && !isOwn ? "Put" : verb}${setting}`
  }
  if (query("acl") !== undefined) return isBucket ? `s3:${verb}BucketAcl` : `s3:${verb}Object${version}Acl`
  if (query("tagging") !== undefined)
    return isBucket ? `s3:${verb === "Delete" ? "Put" : verb}BucketTagging` : `s3:${verb}Object${version}Tagging`
  if (query("retention") !== undefined) return `s3:${verb}ObjectRetention`
  if (query("legal-hold") !== undefined) return `s3:${verb}ObjectLegalHold`
  if (query("restore") !== undefined) return "s3:RestoreObject"
  if (query("delete") !== undefined)
    return "s3:DeleteObject (and s3:DeleteObjectVersion if the request specifies versions)"
  if (query("versions") !== undefined) return "s3:ListBucketVersions"
  if (query("location") !== undefined) return "s3:GetBucketLocation"
  if (query("uploads") !== undefined && isRead) return "s3:ListBucketMultipartUploads"
  if (query("uploadId") !== undefined && isRead) return "s3:ListMultipartUploadParts"
  if (method === "DELETE" && query("uploadId") === undefined)
    return isBucket ? "s3:DeleteBucket" : `s3:DeleteObject${version}`
  if (isRead) return isBucket ? "s3:ListBucket" : `s3:GetObject${version}`
  const operation = Asked.operationOf(facts) ?? ""
  // An unknown parameter changes the operation.
  return operation === "CreateBucket" && facts.url?.search !== "" ? undefined : ofOperations[operation]
}

/** The required permission as a sentence. */
export const needed = (facts: S3Facts): string => {
  const action = of(facts)
  if (action === undefined) return "The request needs permission for the action that it performs."
  if (action.startsWith("s3:GetObject") && !/Acl|Tagging|Retention|LegalHold/.test(action)) {
    return `The signer lacks ${action}, or the key does not exist and the signer is not allowed to list the bucket (s3:ListBucket).`
  }
  if (facts.header("x-amz-copy-source") !== undefined) {
    return (
      `A copy needs ${action} on the target and s3:GetObject on the source. The object's tags require additional permissions if ` +
      "it has any."
    )
  }
  return `The request needs ${action}.`
}

/** Other properties of the request that may be relevant. */
export const hint = (facts: S3Facts): string => {
  const { url } = facts
  const hints = [
    ...(facts.header("x-amz-expected-bucket-owner") === undefined
      ? []
      : [
          "The request specifies the expected bucket owner (x-amz-expected-bucket-owner). S3 rejects the request " +
            "if the bucket belongs to another account.",
        ]),
    ...(url?.protocol === "http:" && Asked.placeOf(facts)?.isAmazon === true
      ? ["The request was sent over http, which many bucket policies deny (aws:SecureTransport). Use https."]
      : []),
    ...(/\.s3-accesspoint[.-]/.test(url?.hostname ?? "")
      ? [
          "An access point has its own policy in addition to the bucket's policy. Policies must specify the ARN of " +
            "the access point.",
        ]
      : []),
    ...(of(facts) === "s3:ListAllMyBuckets"
      ? [
          "Neither the host nor the path of the address contains a bucket. If the request was intended for a " +
            "bucket, add the bucket to the address. A key that is restricted to certain buckets is not allowed to " +
            "list all buckets.",
        ]
      : []),
    ...(of(facts)?.startsWith("s3:GetObject") === true
      ? ["An object that is encrypted with KMS also needs kms:Decrypt."]
      : []),
  ]
  return hints.length === 0 ? "" : ` ${hints.join(" ")}`
}
