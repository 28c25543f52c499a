/**
 * Errors of self-hosted servers: MinIO (cmd/api-errors.go), Ceph's gateway (src/rgw/rgw_common.cc), Garage (src/api/s3/error.rs),
 * SeaweedFS (weed/s3api/s3err), NetApp StorageGRID. Plain data.
 */
import type { Vendor } from "./row.ts"

const nodes =
  "Too few nodes or drives of the cluster answer: see which are down, and whether the layout names any. Fewer requests do not help."

export const minio: Vendor = {
  source: "https://github.com/minio/minio/blob/master/cmd/api-errors.go",
  rows: [
    { codes: ["XMinioServerNotInitialized"], status: 503, allows: ["SVC-003"], means: "MinIO has not finished starting: it waits for its drives or for the other nodes, or cannot write to its folder. If it persists, its own log says why." },
    { codes: ["XMinioReadQuorum", "XMinioWriteQuorum"], status: 503, allows: ["SVC-003"], means: `MinIO has no quorum. ${nodes}` },
    { codes: ["XMinioBackendDown"], status: 503, allows: ["SVC-003", "SVC-004"], means: "The storage behind this MinIO (a gateway, a remote tier) cannot be reached." },
    { codes: ["XMinioStorageFull"], status: 507, allows: ["SVC-007"], means: "The drives of MinIO have reached the minimum of free space, or one of them is full." },
    { codes: ["XMinioAdminBucketQuotaExceeded"], status: 400, allows: ["SVC-007"], means: "The bucket's quota is used up (mc quota)." },
    { codes: ["XMinioClientDisconnected"], status: 499, allows: ["BODY-003"], means: "The client closed the connection before the answer." },
    { codes: ["XMinioObjectTampered"], status: 206, allows: ["SVC-004"], means: "The object was changed in the drives behind MinIO's back, so it can be read only in part." },
    { codes: ["XMinioInvalidObjectName", "XMinioInvalidResourceName"], status: 400, allows: ["PLACE-006"], means: "The name has an empty, dotted or otherwise unsupported segment (//, .., a backslash)." },
    { codes: ["XMinioInsecureClientRequest"], status: 400, allows: ["SVC-020"], means: "Encryption with customers' keys needs https." },
    { codes: ["KMSNotConfigured"], status: 501, allows: ["SVC-020"], means: "The request asks for encryption with KMS, and this MinIO has no KMS (KES) configured; it needs https, too." },
    { says: /timeout occurr?ed while trying to lock/i, status: 503, allows: ["SVC-005"], means: "MinIO could not get the lock of the object in time: other requests that read or write it hold the lock, or the nodes of the cluster do not reach each other." },
    { codes: ["XMinioAdminNoSuchUser", "XMinioIAMNotInitialized"], status: 404, allows: ["SVC-025"], means: "The user is not known to MinIO." },
    { codes: ["XMinioReplicationNoExistingObjects"], status: 400, allows: ["SVC-031"], means: "The target of the replication does not take existing objects." },
  ],
} // prettier-ignore

export const ceph: Vendor = {
  source: "https://docs.ceph.com/en/latest/radosgw/s3/",
  rows: [
    { codes: ["UserSuspended"], status: 403, allows: ["PERM-010"], means: "The user is suspended; an administrator of the gateway enables it (radosgw-admin user enable)." },
    { codes: ["NoSuchUser"], status: 404, allows: ["AUTH-007"], means: "The gateway has no such user." },
  ],
} // prettier-ignore

/** Swift's table. Its own API sends errors as a heading and a sentence (swift/common/swob.py). */
export const swift: Vendor = {
  source: "https://docs.openstack.org/api-ref/object-store/",
  of: ["OpenStack Swift"],
  rows: [
    { codes: ["Unauthorized"], status: 401, allows: ["AUTH-019"], means: "Swift does not accept the token (X-Auth-Token): it is missing, has expired, or belongs to another project." },
    { codes: ["Forbidden"], status: 403, allows: ["PERM-007"], isUnsure: true, means: "The user has no role for this container, or its ACL (X-Container-Read, X-Container-Write) does not allow it." },
    { codes: ["NotFound"], status: 404, allows: ["SVC-025"], isUnsure: true, means: "The container or object does not exist; a container is not made by an upload." },
    { codes: ["RequestEntityTooLarge"], says: /quota/i, status: 413, allows: ["SVC-007"], means: "The quota of the container or account is used up." },
    { codes: ["RequestEntityTooLarge"], status: 413, allows: ["BODY-002"], means: "The object is larger than 5 GiB: upload segments and a manifest (SLO or DLO)." },
    { codes: ["UnprocessableEntity"], status: 422, allows: ["BODY-012"], means: "The ETag that was sent is not the MD5 of the bytes that arrived." },
    { codes: ["LengthRequired"], status: 411, allows: ["BODY-001"], means: "Swift demands Content-Length or chunked coding." },
    { codes: ["Conflict"], status: 409, allows: ["SVC-012"], isUnsure: true, means: "A container must be empty before it is deleted; elsewhere another request changed the same thing at the same time." },
    { codes: ["RequestTimeout", "ClientDisconnect"], status: 408, allows: ["BODY-004"], means: "The bytes of the upload did not come in time." },
    { codes: ["ServiceUnavailable"], status: 503, allows: ["SVC-003"], means: "Not enough storage nodes answer." },
    { codes: ["InsufficientStorage"], status: 507, allows: ["SVC-007"], means: "A drive of the storage is full or unmounted." },
  ],
} // prettier-ignore

export const garage: Vendor = {
  source: "https://garagehq.deuxfleurs.fr/documentation/reference-manual/s3-compatibility/",
  of: ["Garage"],
  rows: [
    { says: /could not reach quorum/i, status: 503, allows: ["SVC-003"], means: `Garage does not reach its quorum of storage nodes. ${nodes} With "0 of 0" no storage node is in the layout: assign one (garage layout assign, apply).` },
    { says: /layout (?:is )?not (?:ready|configured)|cluster layout/i, status: 503, allows: ["SVC-003"], means: "The layout of the cluster is not configured: assign roles to its nodes and apply them." },
    { codes: ["AccessDenied"], says: /no such key/i, status: 403, allows: ["AUTH-007"], means: "Garage does not know this access key." },
    { codes: ["AccessDenied"], says: /operation is not allowed for this key/i, status: 403, allows: ["PERM-001"], means: "The key has no permission for the bucket: garage bucket allow --read --write BUCKET --key KEY." },
  ],
} // prettier-ignore

export const seaweed: Vendor = {
  source: "https://github.com/seaweedfs/seaweedfs/blob/master/weed/s3api/s3err/s3api_errors.go",
  rows: [
    { codes: ["ErrTooManyRequest", "ErrRequestBytesExceed"], status: 503, allows: ["SVC-002"], means: "SeaweedFS serves as many requests, or as many bytes at once, as its circuit breaker allows (s3.circuitBreaker)." },
  ],
} // prettier-ignore

export const storagegrid: Vendor = {
  source: "https://docs.netapp.com/us-en/storagegrid/s3/error-responses.html",
  rows: [
    { codes: ["XBucketLifecycleNotAllowed"], status: 400, allows: ["SVC-031"], means: "A bucket with the older compliance setting takes no lifecycle configuration." },
    { codes: ["XBucketPolicyParseException", "XMaxBucketPolicyLengthExceeded"], status: 400, allows: ["SVC-013"], means: "StorageGRID cannot read the bucket policy, or it is too long." },
    { codes: ["XComplianceConflict"], status: 403, allows: ["PERM-006"], means: "The compliance settings of the bucket forbid it: a retention or legal hold is in force." },
    { codes: ["XComplianceReducedRedundancyForbidden"], status: 400, allows: ["SVC-021"], means: "A compliant bucket takes no reduced redundancy." },
    { codes: ["XNoSuchBucketCompliance"], status: 404, allows: ["SVC-025"], means: "The bucket has no compliance setting." },
    { codes: ["XMissingInternalRequestHeader"], status: 400, allows: ["SVC-030"], means: "A header of an internal request is missing." },
    { codes: ["XNotAcceptable"], status: 406, allows: ["SVC-030"], means: "The Accept header asks for a form that StorageGRID does not give." },
  ],
} // prettier-ignore
