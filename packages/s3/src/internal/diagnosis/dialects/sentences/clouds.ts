/**
 * Errors from other clouds that S3 does not have: Oracle's native API
 * (https://docs.oracle.com/en-us/iaas/Content/API/References/apierrors.htm), Supabase
 * (https://supabase.com/docs/guides/storage/debugging/error-codes), and the Internet Archive. Plain data.
 */
import type { Vendor } from "./row.ts"

const hidden =
  "Oracle does not distinguish a missing resource from one that the caller is not allowed to see. The name, the namespace or the region is wrong, or no policy of the compartment allows the caller to read the resource."

export const oracle: Vendor = {
  source: "https://docs.oracle.com/en-us/iaas/Content/API/References/apierrors.htm",
  of: ["Oracle Object Storage"],
  rows: [
    { codes: ["BucketNotFound"], status: 404, allows: ["PLACE-005"], isUnsure: true, means: `The bucket does not exist in this namespace, or the caller is not authorized to see it. ${hidden}` },
    { codes: ["NamespaceNotFound", "CompartmentIdNotFound", "NotAuthorizedOrNotFound", "ObjectNotFound"], status: 404, allows: ["SVC-025"], isUnsure: true, means: hidden },
    { codes: ["NotAuthenticated"], status: 401, allows: ["AUTH-019"], means: "Oracle does not accept the key or signature. The API key (its fingerprint), the OCID of the user or tenancy, or the clock is wrong." },
    { codes: ["SignUpRequired"], status: 402, allows: ["PERM-010"], means: "The tenancy is not signed up for this service, or its payment failed." },
    { codes: ["QuotaExceeded", "LimitExceeded", "StorageLimitExceeded"], status: 400, allows: ["SVC-007"], means: "The tenancy has reached a limit or quota." },
    { codes: ["ConcurrentObjectUpdate", "ConcurrentBucketUpdate"], status: 409, allows: ["SVC-005"], means: "Another request is changing the same object or bucket." },
    { codes: ["IfMatchFailed", "IfNoneMatchFailed"], status: 412, allows: ["SVC-006"], means: "The condition (if-match, if-none-match) is not met." },
    { codes: ["InsufficientServicePermissions"], status: 404, allows: ["PERM-007"], means: "No policy allows the service itself to act in the tenancy." },
  ],
} // prettier-ignore

export const supabase: Vendor = {
  source: "https://supabase.com/docs/guides/storage/debugging/error-codes",
  of: ["Supabase Storage"],
  rows: [
    { codes: ["TenantNotFound", "MissingTenantConfig", "tenant_not_found"], status: 400, allows: ["PERM-010"], means: "The storage service does not recognize the project. The project is paused or still being set up, or the project reference in the host is wrong." },
    { says: /tenant config\b/i, status: 400, allows: ["PERM-010"], means: "The storage service does not recognize the project. The project is not ready (paused, still being set up, or being restored), or the project reference in the host is wrong. If the error persists, contact Supabase's support." },
    { codes: ["DatabaseTimeout", "DatabaseError"], status: 504, allows: ["SVC-003"], means: "The project's database did not respond to the storage service in time: the database is overloaded or has no free connections." },
    { codes: ["ResourceLocked", "LockTimeout", "AcquiringLockTimeout"], status: 423, allows: ["SVC-005"], means: "Another request is using the same object." },
    { codes: ["InvalidSignature"], status: 400, allows: ["AUTH-019"], means: "The token in the signed URL is not valid. The token was truncated or altered, or was created with an older JWT secret." },
    { codes: ["ExpiredSignature"], status: 400, allows: ["AUTH-019"], means: "The token in the signed URL has expired." },
    { codes: ["InvalidUploadSignature"], status: 400, allows: ["AUTH-019"], means: "The token in the upload URL is not valid for this path, or has expired." },
  ],
} // prettier-ignore

/** IBM's table (https://cloud.ibm.com/docs/cloud-object-storage?topic=cloud-object-storage-compatibility-api-bucket-operations). */
export const ibm: Vendor = {
  source: "https://cloud.ibm.com/docs/cloud-object-storage?topic=cloud-object-storage-compatibility-api-bucket-operations",
  of: ["IBM Cloud Object Storage"],
  rows: [
    { codes: ["AccessDenied"], status: 403, allows: ["PERM-007", "AUTH-014", "AUTH-011", "PERM-*", "SIGN-*", "AUTH-007"], isUnsure: true, means: "The identity lacks a role (Reader, Writer, Manager) on the instance or bucket. With an IAM token, listing and creating buckets also requires ibm-service-instance-id: the resource_instance_id of the storage (a crn or its GUID), not a ServiceId." },
  ],
} // prettier-ignore

/** The error table for the Internet Archive (https://archive.org/developers/ias3.html). */
export const archive: Vendor = {
  source: "https://archive.org/developers/ias3.html",
  rows: [
    { says: /valid archive identifiers/i, status: 400, allows: ["PLACE-004"], means: "The Internet Archive uses the bucket's name as the identifier of an item. The bucket's name must have 5 to 101 characters: letters without accents, digits, dots, hyphens and underscores." },
    { says: /appears to be spam/i, status: 503, allows: ["PERM-010"], means: "The Internet Archive treats the upload or the account as spam. Sending requests more slowly does not help. Write to info@archive.org and include the item's identifier." },
  ],
} // prettier-ignore
