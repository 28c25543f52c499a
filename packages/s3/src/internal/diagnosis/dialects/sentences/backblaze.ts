/**
 * Backblaze B2's native API errors: https://www.backblaze.com/docs/cloud-storage-native-api-error-handling-and-status-codes. Plain data.
 */
import type { Vendor } from "./row.ts"

const cap =
  "An account cap has been reached (storage, daily downloads or daily transactions). The account owner can raise the cap under Caps & Alerts, or wait until midnight GMT if the cap is daily."

export const backblaze: Vendor = {
  source: "https://www.backblaze.com/docs/cloud-storage-native-api-error-handling-and-status-codes",
  of: ["Backblaze B2"],
  rows: [
    { codes: ["bad_auth_token"], status: 401, allows: ["AUTH-019"], means: "For b2_authorize_account, the key id and the application key do not belong together or are mistyped, or the key was deleted. For other calls, the authorization token is not valid. An upload URL and its token allow only one upload at a time. After an error, get a new upload URL (b2_get_upload_url)." },
    { codes: ["expired_auth_token"], status: 401, allows: ["AUTH-019"], means: "The authorization token has expired. An account's token lasts at most 24 hours. A download token lasts for the time that was set at its creation (a day by default). Get a new token with b2_authorize_account, b2_get_upload_url or b2_get_download_authorization." },
    { codes: ["missing_auth_token", "auth_token_limit"], status: 401, allows: ["AUTH-019"], means: "The request does not contain a usable authorization token." },
    { codes: ["unauthorized"], status: 401, allows: ["AUTH-019"], says: /authorize account/i, isUnsure: true, means: "B2 does not recognize this pair of key id and application key. The key id must be that of the application key (keyID); the account's id works only with the master key. Older tools report the same error for a key that lacks the listBuckets capability." },
    { codes: ["unauthorized"], status: 401, allows: ["PERM-007", "AUTH-014", "AUTH-019"], isUnsure: true, means: "The application key lacks a capability that the call needs (listBuckets, listFiles, readFiles, writeFiles …), or is restricted to another bucket or name prefix. Create a new key with this capability, because an existing key cannot be changed." },
    { codes: ["access_denied"], status: 403, allows: ["PERM-007"], means: "The application key does not have the capability for this operation, or does not have access to the bucket or file." },
    { codes: ["cap_exceeded", "storage_cap_exceeded", "transaction_cap_exceeded", "download_cap_exceeded"], status: 403, allows: ["SVC-007"], means: cap },
    { codes: ["account_trouble", "email_not_verified", "user_suspended"], status: 401, allows: ["PERM-010"], means: "The account has a problem (payment, email address, suspension). Sign in to the website for details." },
    { codes: ["bad_bucket_id", "invalid_bucket_id"], status: 400, allows: ["PLACE-005"], means: "No bucket in the account has this id. The native API accepts bucket ids, not names." },
    { codes: ["duplicate_bucket_name"], status: 400, allows: ["SVC-011"], means: "The bucket's name is already in use. Bucket names are unique across all B2 accounts." },
    { codes: ["too_many_buckets"], status: 400, allows: ["SVC-007"], means: "An account can have at most 100 buckets." },
    { codes: ["no_such_file", "file_not_present", "not_found", "already_hidden", "invalid_file_id"], status: 404, allows: ["SVC-025"], means: "The file, or this version of it, does not exist or is hidden." },
    { codes: ["range_not_satisfiable", "out_of_range"], status: 416, allows: ["SVC-015"], means: "The range or number is outside what the file or the call permits." },
    { codes: ["too_many_requests"], status: 429, allows: ["SVC-002"], means: "B2 limits the requests per second of an account. Wait for the time in Retry-After." },
    { codes: ["service_unavailable"], status: 503, allows: ["SVC-003"], means: "This storage pod is busy (\"no tomes available\"), which is normal for B2. Get a new upload URL (b2_get_upload_url) and send the file to that URL." },
    { codes: ["internal_error"], status: 500, allows: ["SVC-004"], means: "Retry an upload with a new upload URL." },
    { codes: ["request_timeout"], status: 408, allows: ["BODY-004"], means: "The upload took too long: get a new upload URL and try again." },
    { codes: ["bad_request"], says: /sha1 is wrong length|not a valid hex|invalid sha1/i, status: 400, allows: ["BODY-011"], means: "X-Bz-Content-Sha1 must be a SHA-1 written as 40 hexadecimal digits." },
    { codes: ["bad_request"], says: /sha1|checksum|digest/i, status: 400, allows: ["BODY-012"], means: "The SHA-1 in X-Bz-Content-Sha1 does not match the received bytes." },
    { codes: ["bad_request"], says: /auth token|upload url/i, status: 400, allows: ["AUTH-019"], means: "An upload URL and its token support only one upload at a time, so each thread needs its own URL and token." },
    { codes: ["bad_request", "bad_json", "unsupported", "source_too_large", "bucket_missing_file_lock"], status: 400, allows: ["SVC-030"], means: "A field in the request is missing or not valid. The server's message identifies the field." },
    { codes: ["conflict"], status: 409, allows: ["SVC-005"], means: "Another request changed the bucket before this request completed." },
  ],
} // prettier-ignore
