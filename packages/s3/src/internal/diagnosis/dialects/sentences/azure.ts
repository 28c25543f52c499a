/**
 * Azure Blob Storage's errors: https://learn.microsoft.com/en-us/rest/api/storageservices/blob-service-error-codes and the common error
 * codes. It is not S3-compatible, but users paste its responses too. Plain data.
 */
import type { Vendor } from "./row.ts"

const firewall =
  "The firewall of the storage account (public network access, IP rules, virtual networks) does not admit the caller, or the shared access signature (SAS) does not permit this service, resource type or operation."

const lease =
  "Another client holds a lease on the blob or container: send its lease id, wait until the lease ends, or break it."

export const azure: Vendor = {
  source: "https://learn.microsoft.com/en-us/rest/api/storageservices/blob-service-error-codes",
  of: ["Azure Blob Storage"],
  rows: [
    { codes: ["AuthenticationFailed"], says: /not valid in the specified time frame/i, status: 403, allows: ["AUTH-019"], means: "The shared access signature (SAS) has expired, or its start lies in the future: the answer names start, expiry and the server's time. Make a new one; begin it some minutes in the past, since clocks differ." },
    { codes: ["AuthenticationFailed"], says: /signature did not match|string to sign/i, status: 403, allows: ["AUTH-019"], means: "The signature does not match the one that Azure computes: the account key is wrong or was rotated, the SAS was altered or encoded twice, or a header or parameter was changed after signing." },
    { codes: ["AuthenticationFailed"], says: /not well formed|is mandatory|missing/i, status: 403, allows: ["AUTH-019"], means: "The shared access signature (SAS) is incomplete: it was cut, or a parameter is missing or malformed." },
    { codes: ["AuthenticationFailed", "InvalidAuthenticationInfo"], says: /audience validation failed/i, status: 401, allows: ["AUTH-019"], means: "The bearer token is for another audience than this service: ask for one whose scope is https://storage.azure.com/.default, or the address of the account." },
    { codes: ["AuthenticationFailed", "InvalidAuthenticationInfo"], says: /issuer validation failed/i, status: 401, allows: ["AUTH-019"], means: "The bearer token comes from another issuer: that of another tenant than the subscription of the storage account trusts." },
    { codes: ["AuthenticationFailed", "InvalidAuthenticationInfo"], says: /lifetime validation failed|token is expired/i, status: 401, allows: ["AUTH-019"], means: "The bearer token has expired: get a new one before it ends." },
    { codes: ["AuthenticationFailed", "InvalidAuthenticationInfo"], status: 403, allows: ["AUTH-019"], isUnsure: true, means: "Azure does not accept the key, signature (SAS) or token: the account key is wrong or was rotated, the SAS has expired or was altered, the clock of the caller is wrong, or the bearer token is for another resource than https://storage.azure.com." },
    { codes: ["NoAuthenticationInformation"], status: 401, allows: ["AUTH-014"], means: "The request has neither a key, nor a SAS, nor a token, and the container is not public." },
    { codes: ["PublicAccessNotPermitted"], status: 409, allows: ["AUTH-014"], means: "The storage account forbids anonymous (public) access, so the bare address of a blob does not work: use a SAS, or allow public access for account and container." },
    { codes: ["AuthorizationFailure"], status: 403, allows: ["PERM-007"], isUnsure: true, means: firewall },
    { codes: ["AuthorizationPermissionMismatch"], status: 403, allows: ["PERM-007"], means: "The caller is known and lacks the permission: a token needs a data role such as Storage Blob Data Contributor (Owner and Contributor of the account do not suffice), a SAS the permission (sp) for the operation." },
    { codes: ["AuthorizationSourceIPMismatch"], status: 403, allows: ["PERM-007"], means: "The SAS permits other IP addresses (sip) than the caller's." },
    { codes: ["AuthorizationProtocolMismatch"], status: 403, allows: ["PERM-007"], means: "The SAS permits https alone (spr)." },
    { codes: ["AuthorizationServiceMismatch", "AuthorizationResourceTypeMismatch"], status: 403, allows: ["PERM-007"], means: "The account SAS does not permit this service (ss) or type of resource (srt)." },
    { codes: ["InsufficientAccountPermissions", "UnauthorizedBlobOverwrite"], status: 403, allows: ["PERM-007"], means: "The caller's account or SAS may not do this, for example write over an existing blob." },
    { codes: ["KeyBasedAuthenticationNotPermitted"], status: 403, allows: ["PERM-007"], means: "Shared key access is switched off for the storage account: account keys and the SAS made from them are refused; use Microsoft Entra ID (a token, or a user delegation SAS)." },
    { codes: ["AccountIsDisabled"], status: 403, allows: ["PERM-010"], means: "The storage account is disabled, mostly because its subscription is: not paid, expired or cancelled." },
    { codes: ["AccountBeingCreated"], status: 409, allows: ["SVC-003"], means: "The storage account is being created at this moment." },
    { codes: ["ResourceNotFound"], status: 404, allows: ["SVC-025"], isUnsure: true, means: "The container or blob does not exist, or the request is anonymous and the container is private: Azure answers both alike." },
    { codes: ["ContainerNotFound", "FilesystemNotFound"], status: 404, allows: ["PLACE-005"], means: "The container (what S3 calls a bucket) does not exist in this storage account." },
    { codes: ["BlobNotFound", "PathNotFound"], status: 404, allows: ["SVC-025"], means: "The blob does not exist; names are compared with case." },
    { codes: ["ContainerAlreadyExists"], status: 409, allows: ["SVC-011"], means: "The container already exists." },
    { codes: ["ContainerBeingDeleted", "ContainerDisabled"], status: 409, allows: ["SVC-005"], means: "The container is being deleted; its name is free again after at least 30 seconds." },
    { codes: ["BlobAlreadyExists", "PathAlreadyExists"], status: 409, allows: ["SVC-008"], means: "The blob already exists, and the request demands that it does not." },
    { codes: ["LeaseIdMissing", "LeaseAlreadyPresent", "LeaseIdMismatchWithBlobOperation", "LeaseIdMismatchWithContainerOperation", "LeaseLost", "LeaseAlreadyBroken"], status: 412, allows: ["SVC-005"], means: lease },
    { codes: ["BlobImmutableDueToPolicy", "BlobImmutableDueToLegalHold"], status: 409, allows: ["PERM-006"], means: "An immutability policy or a legal hold protects the blob." },
    { codes: ["BlobArchived", "BlobBeingRehydrated", "BlobNotArchived"], status: 409, allows: ["SVC-021"], means: "The blob is in the archive tier and must be rehydrated to hot or cool before it can be read." },
    { codes: ["ServerBusy"], status: 503, allows: ["SVC-002"], means: "The account or the partition of the blob takes no more requests or bytes a second for the moment (ingress, egress or operations limit)." },
    { codes: ["OperationTimedOut"], status: 500, allows: ["SVC-003"], means: "The operation could not be completed in the permitted time; it may have been carried out." },
    { codes: ["ConditionNotMet", "TargetConditionNotMet", "SourceConditionNotMet", "AppendPositionConditionNotMet"], status: 412, allows: ["SVC-006"], means: "A condition in the headers does not hold." },
    { codes: ["InvalidBlockList", "InvalidBlobOrBlock", "InvalidBlockId"], status: 400, allows: ["MPU-006"], means: "The list of blocks names one that was not uploaded, or the ids of the blocks differ in length." },
    { codes: ["BlockCountExceedsLimit"], status: 409, allows: ["MPU-002"], means: "A blob has at most 50,000 blocks: make them larger." },
    { codes: ["Md5Mismatch", "Crc64Mismatch"], status: 400, allows: ["BODY-012"], means: "The bytes that arrived do not have the hash that was sent." },
    { codes: ["RequestBodyTooLarge"], status: 413, allows: ["BODY-002"], means: "The body is larger than one request may be: upload it in blocks." },
    { codes: ["InvalidResourceName"], status: 400, allows: ["PLACE-004"], means: "The name of the container or blob has characters that Azure does not take: containers have 3 to 63 lower-case letters, digits and hyphens." },
    { codes: ["MissingRequiredHeader"], status: 400, allows: ["SVC-030"], means: "A header is missing that Azure demands: uploads of a blob need x-ms-blob-type (BlockBlob), which clients of S3 do not send." },
    { codes: ["InvalidHeaderValue", "UnsupportedHeader", "InvalidQueryParameterValue", "MissingRequiredQueryParameter", "UnsupportedQueryParameter", "OutOfRangeInput", "InvalidInput"], status: 400, allows: ["SVC-030"], means: "A header or parameter is not one that Azure takes; often x-ms-version is newer than the server or the emulator." },
    { codes: ["UnsupportedHttpVerb"], status: 405, allows: ["PLACE-007"], means: "The resource does not take this method." },
    { codes: ["MissingContentLengthHeader"], status: 411, allows: ["BODY-001"], means: "Azure demands Content-Length." },
    { codes: ["CannotVerifyCopySource"], status: 404, allows: ["SVC-009"], means: "Azure cannot read the source of the copy: it needs a SAS of its own, or is not there." },
    { codes: ["SnapshotsPresent", "PendingCopyOperation", "InvalidBlobType", "InvalidOperation", "BlobTypeNotSupported", "FeatureNotYetSupportedForHierarchicalNamespaceAccounts"], status: 409, allows: ["SVC-031"], means: "The blob, its type or the kind of the account does not permit the operation." },
  ],
} // prettier-ignore
