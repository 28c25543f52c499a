/**
 * Azure Blob Storage's errors: https://learn.microsoft.com/en-us/rest/api/storageservices/blob-service-error-codes and the
 * common error codes. Azure Blob Storage is not S3-compatible, but users also paste its responses. Plain data.
 */
import type { Vendor } from "./row.ts"

const firewall =
  "The firewall of the storage account (public network access, IP rules, virtual networks) blocks the caller, or the shared access signature (SAS) does not permit this service, resource type or operation."

const lease =
  "Another client holds a lease on the blob or container: send the lease id, wait until the lease expires, or break the lease."

export const azure: Vendor = {
  source: "https://learn.microsoft.com/en-us/rest/api/storageservices/blob-service-error-codes",
  of: ["Azure Blob Storage"],
  rows: [
    { codes: ["AuthenticationFailed"], says: /not valid in the specified time frame/i, status: 403, allows: ["AUTH-019"], means: "The shared access signature (SAS) has expired or is not valid yet. The response states the start, the expiry and the server's time. Create a new SAS with a start time a few minutes in the past, to tolerate clock differences." },
    { codes: ["AuthenticationFailed"], says: /signature did not match|string to sign/i, status: 403, allows: ["AUTH-019"], means: "The signature does not match the one that Azure computes. The account key is wrong or was rotated, the SAS was altered or encoded twice, or a header or parameter was changed after signing." },
    { codes: ["AuthenticationFailed"], says: /not well formed|is mandatory|missing/i, status: 403, allows: ["AUTH-019"], means: "The shared access signature (SAS) is incomplete: it was truncated, or a parameter is missing or malformed." },
    { codes: ["AuthenticationFailed", "InvalidAuthenticationInfo"], says: /audience validation failed/i, status: 401, allows: ["AUTH-019"], means: "The bearer token is for another audience than this service: ask for one whose scope is https://storage.azure.com/.default, or the address of the account." },
    { codes: ["AuthenticationFailed", "InvalidAuthenticationInfo"], says: /issuer validation failed/i, status: 401, allows: ["AUTH-019"], means: "The bearer token comes from the wrong issuer: a tenant that the storage account's subscription does not trust." },
    { codes: ["AuthenticationFailed", "InvalidAuthenticationInfo"], says: /lifetime validation failed|token is expired/i, status: 401, allows: ["AUTH-019"], means: "The bearer token has expired. Get a new token, and renew it before it expires." },
    { codes: ["AuthenticationFailed", "InvalidAuthenticationInfo"], status: 403, allows: ["AUTH-019"], isUnsure: true, means: "Azure does not accept the key, signature (SAS) or token: the account key is wrong or was rotated, the SAS has expired or was altered, the clock of the caller is wrong, or the bearer token is for another resource than https://storage.azure.com." },
    { codes: ["NoAuthenticationInformation"], status: 401, allows: ["AUTH-014"], means: "The request does not contain a key, a SAS or a token, and the container is not public." },
    { codes: ["PublicAccessNotPermitted"], status: 409, allows: ["AUTH-014"], means: "The storage account forbids anonymous (public) access, so the plain address of a blob does not work. Use a SAS, or allow public access for the account and the container." },
    { codes: ["AuthorizationFailure"], status: 403, allows: ["PERM-007"], isUnsure: true, means: firewall },
    { codes: ["AuthorizationPermissionMismatch"], status: 403, allows: ["PERM-007"], means: "The caller is authenticated but lacks the permission. A token needs a data role such as Storage Blob Data Contributor (Owner and Contributor of the account do not suffice). A SAS needs the permission (sp) for the operation." },
    { codes: ["AuthorizationSourceIPMismatch"], status: 403, allows: ["PERM-007"], means: "The SAS does not permit the caller's IP address (sip)." },
    { codes: ["AuthorizationProtocolMismatch"], status: 403, allows: ["PERM-007"], means: "The SAS permits only https (spr)." },
    { codes: ["AuthorizationServiceMismatch", "AuthorizationResourceTypeMismatch"], status: 403, allows: ["PERM-007"], means: "The account SAS does not permit this service (ss) or this resource type (srt)." },
    { codes: ["InsufficientAccountPermissions", "UnauthorizedBlobOverwrite"], status: 403, allows: ["PERM-007"], means: "The caller's account or SAS is not allowed to perform this operation, such as overwriting an existing blob." },
    { codes: ["KeyBasedAuthenticationNotPermitted"], status: 403, allows: ["PERM-007"], means: "Shared key access is disabled for the storage account, so account keys and any SAS made from them are rejected. Use Microsoft Entra ID (a token, or a user delegation SAS)." },
    { codes: ["AccountIsDisabled"], status: 403, allows: ["PERM-010"], means: "The storage account is disabled, usually because its subscription is unpaid, expired or canceled." },
    { codes: ["AccountBeingCreated"], status: 409, allows: ["SVC-003"], means: "The storage account is still being created." },
    { codes: ["ResourceNotFound"], status: 404, allows: ["SVC-025"], isUnsure: true, means: "The container or blob does not exist, or the request is anonymous and the container is private. Azure returns the same error for a missing resource and for an anonymous request to a private container." },
    { codes: ["ContainerNotFound", "FilesystemNotFound"], status: 404, allows: ["PLACE-005"], means: "The container (called a bucket in S3) does not exist in this storage account." },
    { codes: ["BlobNotFound", "PathNotFound"], status: 404, allows: ["SVC-025"], means: "The blob does not exist. Blob names are case-sensitive." },
    { codes: ["ContainerAlreadyExists"], status: 409, allows: ["SVC-011"], means: "The container already exists." },
    { codes: ["ContainerBeingDeleted", "ContainerDisabled"], status: 409, allows: ["SVC-005"], means: "The container is being deleted. The container's name becomes available again after at least 30 seconds." },
    { codes: ["BlobAlreadyExists", "PathAlreadyExists"], status: 409, allows: ["SVC-008"], means: "The blob already exists, but the request requires that it does not exist." },
    { codes: ["LeaseIdMissing", "LeaseAlreadyPresent", "LeaseIdMismatchWithBlobOperation", "LeaseIdMismatchWithContainerOperation", "LeaseLost", "LeaseAlreadyBroken"], status: 412, allows: ["SVC-005"], means: lease },
    { codes: ["BlobImmutableDueToPolicy", "BlobImmutableDueToLegalHold"], status: 409, allows: ["PERM-006"], means: "An immutability policy or a legal hold protects the blob." },
    { codes: ["BlobArchived", "BlobBeingRehydrated", "BlobNotArchived"], status: 409, allows: ["SVC-021"], means: "The blob is in the archive tier and must be rehydrated to hot or cool before it can be read." },
    { codes: ["ServerBusy"], status: 503, allows: ["SVC-002"], means: "The account or the blob's partition has reached its limit of requests or bytes per second (ingress, egress or operations limit)." },
    { codes: ["OperationTimedOut"], status: 500, allows: ["SVC-003"], means: "The operation was not completed within the permitted time, but it may have been carried out." },
    { codes: ["ConditionNotMet", "TargetConditionNotMet", "SourceConditionNotMet", "AppendPositionConditionNotMet"], status: 412, allows: ["SVC-006"], means: "A condition in the request headers is not met." },
    { codes: ["InvalidBlockList", "InvalidBlobOrBlock", "InvalidBlockId"], status: 400, allows: ["MPU-006"], means: "The block list contains a block that was not uploaded, or the block ids differ in length." },
    { codes: ["BlockCountExceedsLimit"], status: 409, allows: ["MPU-002"], means: "A blob can have at most 50,000 blocks: use larger blocks." },
    { codes: ["Md5Mismatch", "Crc64Mismatch"], status: 400, allows: ["BODY-012"], means: "The received bytes do not match the hash in the request." },
    { codes: ["RequestBodyTooLarge"], status: 413, allows: ["BODY-002"], means: "The body exceeds the maximum size of one request: upload it in blocks." },
    { codes: ["InvalidResourceName"], status: 400, allows: ["PLACE-004"], means: "The name of the container or blob contains characters that Azure does not accept. Container names have 3 to 63 lowercase letters, digits and hyphens." },
    { codes: ["MissingRequiredHeader"], status: 400, allows: ["SVC-030"], means: "A header that Azure requires is missing. Blob uploads need x-ms-blob-type (BlockBlob), which S3 clients do not send." },
    { codes: ["InvalidHeaderValue", "UnsupportedHeader", "InvalidQueryParameterValue", "MissingRequiredQueryParameter", "UnsupportedQueryParameter", "OutOfRangeInput", "InvalidInput"], status: 400, allows: ["SVC-030"], means: "Azure does not accept a header or parameter of the request. Often, x-ms-version is newer than the server or the emulator supports." },
    { codes: ["UnsupportedHttpVerb"], status: 405, allows: ["PLACE-007"], means: "The resource does not support this method." },
    { codes: ["MissingContentLengthHeader"], status: 411, allows: ["BODY-001"], means: "Azure demands Content-Length." },
    { codes: ["CannotVerifyCopySource"], status: 404, allows: ["SVC-009"], means: "Azure cannot read the source of the copy: the source needs its own SAS, or does not exist." },
    { codes: ["SnapshotsPresent", "PendingCopyOperation", "InvalidBlobType", "InvalidOperation", "BlobTypeNotSupported", "FeatureNotYetSupportedForHierarchicalNamespaceAccounts"], status: 409, allows: ["SVC-031"], means: "The blob, its type or the account kind does not permit the operation." },
  ],
} // prettier-ignore
