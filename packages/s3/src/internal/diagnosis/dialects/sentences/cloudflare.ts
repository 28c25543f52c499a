/** Cloudflare R2's errors: https://developers.cloudflare.com/r2/api/error-codes/. Plain data. */
import type { Vendor } from "./row.ts"

/** Cloudflare R2's error table. */
export const cloudflare: Vendor = {
  source: "https://developers.cloudflare.com/r2/api/error-codes/",
  of: ["Cloudflare R2"],
  rows: [
    { codes: ["NotEntitled"], status: 403, allows: ["PERM-010"], means: "R2 is not enabled for this Cloudflare account. The account owner must activate the R2 subscription in the dashboard, which requires a payment method even for the free tier." },
    { codes: ["TooManyRequests", "ServiceUnavailable", "SlowDown"], says: /same object|concurrent/i, status: 429, allows: ["SVC-002"], means: "R2 accepts one write per second for the same object key. Write to the key less often, let only one client write at a time, or use other keys." },
    { codes: ["TooManyRequests"], status: 429, allows: ["SVC-002"], means: "Usually, several requests are writing the same object key at the same time. R2 accepts one write per second for each key." },
    { codes: ["Unauthorized"], status: 401, allows: ["AUTH-007", "AUTH-*", "SIGN-*"], isUnsure: true, means: "R2 found no valid credentials. The token (access key) was revoked, has expired or belongs to another account, or the request is not signed." },
    { codes: ["ObjectLockedByBucketPolicy"], status: 403, allows: ["PERM-006"], means: "A lock rule of the bucket protects the object until its retention period ends." },
    { codes: ["NoSuchBucket"], status: 404, allows: ["PLACE-005", "PLACE-*"], isUnsure: true, means: "The account has no bucket with this name at this address. The name or the account id in the host is wrong, or the bucket has a jurisdiction (EU, FedRAMP). A bucket with a jurisdiction is available only at its own host, such as ACCOUNT.eu.r2.cloudflarestorage.com. In the REST API, such a bucket requires the header cf-r2-jurisdiction." },
    { codes: ["BucketConflict"], status: 409, allows: ["SVC-011"], means: "The account already has a bucket with this name." },
    { codes: ["ClientDisconnect"], status: 400, allows: ["BODY-003"], means: "The client closed the connection before the request was complete." },
  ],
} // prettier-ignore
