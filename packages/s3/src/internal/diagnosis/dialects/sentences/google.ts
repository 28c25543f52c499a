/**
 * Google Cloud Storage's errors, in XML and in JSON: https://cloud.google.com/storage/docs/json_api/v1/status-codes,
 * https://cloud.google.com/storage/docs/xml-api/reference-status. Plain data.
 */
import type { Vendor } from "./row.ts"

const perObject =
  "The limit applies to each object: about one create, update or delete per second for the same object name. Write to this object less often, or use other object names. Other objects are not affected."

const unpaid =
  "The project that owns the bucket, or the project to bill, has no active billing account. The account was never linked, was closed, or has unpaid bills. Only the project owner can resolve the billing problem; a caller cannot."

export const google: Vendor = {
  source: "https://cloud.google.com/storage/docs/json_api/v1/status-codes",
  of: ["Google Cloud Storage"],
  rows: [
    { codes: ["accountDisabled", "UserProjectAccountProblem", "AccountProblem"], status: 403, allows: ["PERM-010"], means: unpaid },
    { says: /billing account.{0,80}\b(?:disabled|absent|delinquent|not in good standing)|(?:project to be billed|billing).{0,60}(?:absent|disabled|not configured|has not)/i, status: 403, allows: ["PERM-010"], means: unpaid },
    { says: /rate limit for object mutation operations/i, status: 429, allows: ["SVC-002"], means: perObject },
    { says: /requester pays/i, status: 400, allows: ["PERM-011"], means: "A requester-pays bucket requires the project to bill: userProject in the query, or x-goog-user-project." },
    { codes: ["backendError"], status: 503, allows: ["SVC-003", "SVC-004"], means: "The service had a temporary internal failure." },
    { codes: ["uploadBrokenConnection"], status: 503, allows: ["BODY-003"], means: "The connection broke before the whole upload was received. Query the session for the received offset, and continue from that offset." },
    { codes: ["conditionNotMet"], status: 412, allows: ["SVC-006", "PERM-007"], means: "A precondition such as ifGenerationMatch is not met. The object now has a different generation, or it exists although the request requires that it does not." },
    { codes: ["conflict"], says: /already (?:own|exist)|not available/i, status: 409, allows: ["SVC-011"], means: "The bucket name is taken. Bucket names are unique across all of Google Cloud." },
    { codes: ["conflict", "BucketNotEmpty"], says: /not empty/i, status: 409, allows: ["SVC-012"], means: "The bucket still contains objects or old object versions." },
    { codes: ["notFound"], says: /bucket/i, status: 404, allows: ["PLACE-005"], means: "The bucket does not exist: its name is mistyped, or it was deleted." },
    { codes: ["notFound"], says: /object/i, status: 404, allows: ["SVC-025"], means: "The object does not exist in the bucket." },
    { codes: ["authError"], status: 401, allows: ["AUTH-019"], means: "The OAuth access token is not valid: it has expired (after an hour), was revoked, or belongs to another service. Get a new one." },
    { says: /Provided scope\(s\) are not authorized/, status: 403, allows: ["PERM-007"], means: "The access token lacks the scope for Cloud Storage (devstorage.read_write or cloud-platform). The account itself may have access, but the token does not. On a virtual machine, the scopes are set when the machine is created." },
    { codes: ["insufficientPermissions", "ACCESS_TOKEN_SCOPE_INSUFFICIENT"], status: 403, allows: ["PERM-007"], means: "The access token lacks the scope for Cloud Storage (devstorage.read_write or cloud-platform). The account itself may have access, but the token does not. On a virtual machine, the scopes are set when the machine is created." },
    { codes: ["vpcServiceControls", "SECURITY_POLICY_VIOLATED"], status: 403, allows: ["PERM-007"], means: "The organization's service perimeter (VPC Service Controls) blocks this access." },
    { says: /organization's policy|violates constraint/i, status: 412, allows: ["PERM-007"], means: "An organization policy forbids the operation. An administrator of the organization must allow the operation." },
    { codes: ["retentionPolicyNotMet", "objectUnderActiveHold"], status: 403, allows: ["PERM-006"], means: "A retention policy of the bucket or a hold on the object protects the object. The object cannot be deleted or replaced until the retention period ends or the hold is released." },
    { says: /retention policy|active (?:temporary |event-based )?hold/i, status: 403, allows: ["PERM-006"], means: "A retention policy of the bucket or a hold on the object protects the object. The object cannot be deleted or replaced until the retention period ends or the hold is released." },
    { codes: ["resourceIsEncryptedWithCustomerEncryptionKey", "customerEncryptionKeyIsIncorrect", "customerEncryptionKeySha256IsInvalid", "customerEncryptionKeyFormatIsInvalid", "customerEncryptionAlgorithmIsInvalid", "resourceNotEncryptedWithCustomerEncryptionKey"], status: 400, allows: ["SVC-020"], means: "The object's customer-supplied encryption key and the x-goog-encryption headers of the request do not match." },
    { codes: ["uploadTooLarge"], status: 413, allows: ["BODY-002"], means: "The upload is larger than the method or the session permits." },
    { codes: ["wrongUrlForUpload"], status: 400, allows: ["PLACE-007"], means: "Send JSON API uploads to addresses under /upload/." },
    { codes: ["parseError"], status: 400, allows: ["BODY-020"], means: "The body is not the JSON that the method requires." },
    { codes: ["required"], says: /anonymous caller|login required/i, status: 401, allows: ["AUTH-014", "PERM-001"], means: "The request does not identify a caller: it has neither an access token nor a signature." },
    { says: /signBlob|sign_blob/, status: 403, allows: ["PERM-001", "PERM-007"], means: "To sign a URL without a key file, the account needs the permission iam.serviceAccounts.signBlob (role Service Account Token Creator) on the service account." },
    { says: /upload offset is \d{1,20} byte\(s\), which exceeds already uploaded/i, status: 503, allows: ["SVC-030"], means: "The chunk begins after the last byte that the server has received: a chunk was skipped or sent twice. Query the status of the session (Content-Range: bytes */SIZE), and resume after the end of the Range in the response." },
    { says: /number of bytes uploaded is required to be|content-range header|multiple of 256|There were \d{1,20} byte/i, status: 400, allows: ["SVC-030"], means: "The chunk of a resumable upload does not fit: the size of every chunk except the last must be a multiple of 256 KiB, and Content-Range must state which bytes the chunk contains." },
  ],
} // prettier-ignore
