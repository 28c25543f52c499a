/**
 * Errors from self-hosted servers: MinIO (cmd/api-errors.go), Ceph's gateway (src/rgw/rgw_common.cc), Garage
 * (src/api/s3/error.rs), SeaweedFS (weed/s3api/s3err), and NetApp StorageGRID. Plain data.
 */
import type { Vendor } from "./row.ts"

const nodes =
  "Too few nodes or drives of the cluster are responding: check which ones are down, and whether the layout contains any nodes. Sending fewer requests does not help."

export const minio: Vendor = {
  source: "https://github.com/minio/minio/blob/master/cmd/api-errors.go",
  rows: [
    { codes: ["XMinioServerNotInitialized"], status: 503, allows: ["SVC-003"], means: "MinIO has not finished starting: it is waiting for its drives or for the other nodes, or it cannot write to its folder. If the error persists, MinIO's log states the reason." },
    { codes: ["XMinioReadQuorum", "XMinioWriteQuorum"], status: 503, allows: ["SVC-003"], means: `MinIO has no quorum. ${nodes}` },
    { codes: ["XMinioBackendDown"], status: 503, allows: ["SVC-003", "SVC-004"], means: "MinIO cannot reach the storage behind it (a gateway, a remote tier)." },
    { codes: ["XMinioStorageFull"], status: 507, allows: ["SVC-007"], means: "The free space on MinIO's drives has reached the minimum, or one of the drives is full." },
    { codes: ["XMinioAdminBucketQuotaExceeded"], status: 400, allows: ["SVC-007"], means: "The bucket's quota (mc quota) is exhausted." },
    { codes: ["XMinioClientDisconnected"], status: 499, allows: ["BODY-003"], means: "The client closed the connection before the server responded." },
    { codes: ["XMinioObjectTampered"], status: 206, allows: ["SVC-004"], means: "The object was modified on the drives without MinIO's knowledge, so only a part of it can be read." },
    { codes: ["XMinioInvalidObjectName", "XMinioInvalidResourceName"], status: 400, allows: ["PLACE-006"], means: "The name contains an unsupported segment, such as an empty one (//), .. or one with a backslash." },
    { codes: ["XMinioInsecureClientRequest"], status: 400, allows: ["SVC-020"], means: "Encryption with customer-provided keys requires https." },
    { codes: ["KMSNotConfigured"], status: 501, allows: ["SVC-020"], means: "The request asks for encryption with KMS, but KMS (KES) is not configured on this MinIO server. Encryption with KMS also requires https." },
    { says: /timeout occurr?ed while trying to lock/i, status: 503, allows: ["SVC-005"], means: "MinIO could not acquire the lock of the object in time: other requests that read or write the object hold the lock, or the nodes of the cluster cannot reach each other." },
    { codes: ["XMinioIAMNotInitialized"], status: 503, allows: ["SVC-003"], means: "MinIO has not finished loading its users and policies (IAM). The same request can succeed later." },
    { codes: ["XMinioAdminNoSuchUser"], status: 404, allows: ["SVC-025"], means: "The user does not exist in MinIO." },
    { codes: ["XMinioReplicationNoExistingObjects"], status: 400, allows: ["SVC-031"], means: "The replication target does not accept existing objects." },
  ],
} // prettier-ignore

export const ceph: Vendor = {
  source: "https://docs.ceph.com/en/latest/radosgw/s3/",
  rows: [
    { codes: ["UserSuspended"], status: 403, allows: ["PERM-010"], means: "The user is suspended; an administrator of the gateway can enable the user again (radosgw-admin user enable)." },
    { codes: ["NoSuchUser"], status: 404, allows: ["AUTH-007"], means: "The user does not exist on the gateway." },
  ],
} // prettier-ignore

/** Swift's table. Swift's own API sends errors as a heading and a sentence (swift/common/swob.py). */
export const swift: Vendor = {
  source: "https://docs.openstack.org/api-ref/object-store/",
  of: ["OpenStack Swift"],
  rows: [
    { codes: ["Unauthorized"], status: 401, allows: ["AUTH-019"], means: "Swift does not accept the token (X-Auth-Token): it is missing, has expired, or belongs to another project." },
    { codes: ["Forbidden"], status: 403, allows: ["PERM-007"], isUnsure: true, means: "The user has no role for this container, or the container's ACL (X-Container-Read, X-Container-Write) does not grant access." },
    { codes: ["NotFound"], status: 404, allows: ["SVC-025"], isUnsure: true, means: "The container or object does not exist; an upload does not create the container." },
    { codes: ["RequestEntityTooLarge"], says: /quota/i, status: 413, allows: ["SVC-007"], means: "The quota of the container or account is exhausted." },
    { codes: ["RequestEntityTooLarge"], status: 413, allows: ["BODY-002"], means: "The object is larger than 5 GiB: upload it in segments with a manifest (SLO or DLO)." },
    { codes: ["UnprocessableEntity"], status: 422, allows: ["BODY-012"], means: "The ETag in the request does not match the MD5 of the bytes that Swift received." },
    { codes: ["LengthRequired"], status: 411, allows: ["BODY-001"], means: "Swift requires Content-Length or chunked transfer encoding." },
    { codes: ["Conflict"], status: 409, allows: ["SVC-012"], isUnsure: true, means: "The container to delete is not empty, or another request changed the same resource at the same time." },
    { codes: ["RequestTimeout", "ClientDisconnect"], status: 408, allows: ["BODY-004"], means: "The bytes of the upload did not arrive in time." },
    { codes: ["ServiceUnavailable"], status: 503, allows: ["SVC-003"], means: "Not enough storage nodes are responding." },
    { codes: ["InsufficientStorage"], status: 507, allows: ["SVC-007"], means: "A storage drive is full or not mounted." },
  ],
} // prettier-ignore

export const garage: Vendor = {
  source: "https://garagehq.deuxfleurs.fr/documentation/reference-manual/s3-compatibility/",
  of: ["Garage"],
  rows: [
    { says: /could not reach quorum/i, status: 503, allows: ["SVC-003"], means: `Garage cannot reach its quorum of storage nodes. ${nodes} If the message contains "0 of 0", the layout does not contain any storage node: assign one (garage layout assign, apply).` },
    { says: /layout (?:is )?not (?:ready|configured)|cluster layout/i, status: 503, allows: ["SVC-003"], means: "The cluster layout is not configured: assign roles to the nodes and apply the layout." },
    { codes: ["AccessDenied"], says: /no such key/i, status: 403, allows: ["AUTH-007"], means: "Garage does not recognize this access key." },
    { codes: ["AccessDenied"], says: /operation is not allowed for this key/i, status: 403, allows: ["PERM-001"], means: "The key does not have permission for the bucket: run garage bucket allow --read --write BUCKET --key KEY." },
  ],
} // prettier-ignore

export const seaweed: Vendor = {
  source: "https://github.com/seaweedfs/seaweedfs/blob/master/weed/s3api/s3err/s3api_errors.go",
  rows: [
    { codes: ["ErrTooManyRequest", "ErrRequestBytesExceed"], status: 503, allows: ["SVC-002"], means: "SeaweedFS is already serving the maximum number of requests or bytes that its circuit breaker allows at once (s3.circuitBreaker)." },
  ],
} // prettier-ignore

export const storagegrid: Vendor = {
  source: "https://docs.netapp.com/us-en/storagegrid/s3/error-responses.html",
  rows: [
    { codes: ["XBucketLifecycleNotAllowed"], status: 400, allows: ["SVC-031"], means: "A bucket with the legacy compliance setting does not accept a lifecycle configuration." },
    { codes: ["XBucketPolicyParseException", "XMaxBucketPolicyLengthExceeded"], status: 400, allows: ["SVC-013"], means: "StorageGRID cannot read the bucket policy, or the policy is too long." },
    { codes: ["XComplianceConflict"], status: 403, allows: ["PERM-006"], means: "The bucket's compliance settings forbid the operation: a retention period or legal hold is in effect." },
    { codes: ["XComplianceReducedRedundancyForbidden"], status: 400, allows: ["SVC-021"], means: "A compliant bucket does not support reduced redundancy." },
    { codes: ["XNoSuchBucketCompliance"], status: 404, allows: ["SVC-025"], means: "The bucket does not have a compliance setting." },
    { codes: ["XMissingInternalRequestHeader"], status: 400, allows: ["SVC-030"], means: "A header that an internal request requires is missing." },
    { codes: ["XNotAcceptable"], status: 406, allows: ["SVC-030"], means: "The Accept header requests a format that StorageGRID does not provide." },
  ],
} // prettier-ignore
