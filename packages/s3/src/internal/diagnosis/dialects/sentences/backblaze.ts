/**
 * Backblaze B2's native API errors: https://www.backblaze.com/docs/cloud-storage-native-api-error-handling-and-status-codes. Plain data.
 */
import type { Vendor } from "./row.ts"

const cap =
  "A cap of the account is reached (storage, downloads or transactions of a day): its owner raises it under Caps & Alerts, or waits until midnight GMT for the daily ones."

export const backblaze: Vendor = {
  source: "https://www.backblaze.com/docs/cloud-storage-native-api-error-handling-and-status-codes",
  of: ["Backblaze B2"],
  rows: [
    { codes: ["bad_auth_token"], status: 401, allows: ["AUTH-019"], means: "In b2_authorize_account the key id and the application key do not belong together, are mistyped, or the key was deleted; elsewhere the authorization token is not valid. An upload URL with its token is for one upload at a time: after an error get a new one (b2_get_upload_url)." },
    { codes: ["expired_auth_token"], status: 401, allows: ["AUTH-019"], means: "The authorization token has expired: that of an account lasts at most 24 hours, that of a download as long as it was made for (a day by default). Get a new one with b2_authorize_account, b2_get_upload_url or b2_get_download_authorization." },
    { codes: ["missing_auth_token", "auth_token_limit"], status: 401, allows: ["AUTH-019"], means: "The request carries no usable authorization token." },
    { codes: ["unauthorized"], status: 401, allows: ["AUTH-019"], says: /authorize account/i, isUnsure: true, means: "B2 does not know this pair of key id and application key: the id is that of the application key (keyID), and the account's id goes with the master key alone. Old tools say the same of a key that lacks the capability listBuckets." },
    { codes: ["unauthorized"], status: 401, allows: ["PERM-007", "AUTH-014", "AUTH-019"], isUnsure: true, means: "The application key lacks a capability that the call needs (listBuckets, listFiles, readFiles, writeFiles …), or is restricted to another bucket or prefix of names. Make a key with this capability; a key cannot be changed." },
    { codes: ["access_denied"], status: 403, allows: ["PERM-007"], means: "The application key has not the capability for this, or the bucket or file is not its own." },
    { codes: ["cap_exceeded", "storage_cap_exceeded", "transaction_cap_exceeded", "download_cap_exceeded"], status: 403, allows: ["SVC-007"], means: cap },
    { codes: ["account_trouble", "email_not_verified", "user_suspended"], status: 401, allows: ["PERM-010"], means: "Something is the matter with the account (payment, e-mail address, suspension): sign in on the web site to see what." },
    { codes: ["bad_bucket_id", "invalid_bucket_id"], status: 400, allows: ["PLACE-005"], means: "No bucket of the account has this id: the native API takes ids, not names." },
    { codes: ["duplicate_bucket_name"], status: 400, allows: ["SVC-011"], means: "The bucket's name is taken: names are unique over all accounts of B2." },
    { codes: ["too_many_buckets"], status: 400, allows: ["SVC-007"], means: "An account has at most 100 buckets." },
    { codes: ["no_such_file", "file_not_present", "not_found", "already_hidden", "invalid_file_id"], status: 404, allows: ["SVC-025"], means: "The file, or this version of it, does not exist or is hidden." },
    { codes: ["range_not_satisfiable", "out_of_range"], status: 416, allows: ["SVC-015"], means: "The range or number lies outside of what the file or the call permits." },
    { codes: ["too_many_requests"], status: 429, allows: ["SVC-002"], means: "B2 limits the requests a second of an account: wait as Retry-After says." },
    { codes: ["service_unavailable"], status: 503, allows: ["SVC-003"], means: "This storage pod is busy (\"no tomes available\"), which is ordinary in B2: get a new upload URL (b2_get_upload_url) and send the file there." },
    { codes: ["internal_error"], status: 500, allows: ["SVC-004"], means: "An upload goes to a new upload URL." },
    { codes: ["request_timeout"], status: 408, allows: ["BODY-004"], means: "The upload took too long: get a new upload URL and try again." },
    { codes: ["bad_request"], says: /sha1 is wrong length|not a valid hex|invalid sha1/i, status: 400, allows: ["BODY-011"], means: "X-Bz-Content-Sha1 is not the SHA-1 in 40 hexadecimal digits." },
    { codes: ["bad_request"], says: /sha1|checksum|digest/i, status: 400, allows: ["BODY-012"], means: "The SHA-1 in X-Bz-Content-Sha1 is not that of the bytes that arrived." },
    { codes: ["bad_request"], says: /auth token|upload url/i, status: 400, allows: ["AUTH-019"], means: "An upload URL and its token serve one upload at a time: several threads need one each." },
    { codes: ["bad_request", "bad_json", "unsupported", "source_too_large", "bucket_missing_file_lock"], status: 400, allows: ["SVC-030"], means: "A field of the request is missing or not valid; the message names it." },
    { codes: ["conflict"], status: 409, allows: ["SVC-005"], means: "The bucket was changed by another request in between." },
  ],
} // prettier-ignore
