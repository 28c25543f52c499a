/** Cloudflare R2's errors: https://developers.cloudflare.com/r2/api/error-codes/. Plain data. */
import type { Vendor } from "./row.ts"

/** The error table, by S3 code. */
export const cloudflare: Vendor = {
  source: "https://developers.cloudflare.com/r2/api/error-codes/",
  of: ["Cloudflare R2"],
  rows: [
    { codes: ["NotEntitled"], status: 403, allows: ["PERM-010"], means: "R2 is not enabled for this Cloudflare account: its owner activates the R2 subscription in the dashboard, which needs a means of payment even for the free tier." },
    { codes: ["TooManyRequests", "ServiceUnavailable", "SlowDown"], says: /same object|concurrent/i, status: 429, allows: ["SVC-002"], means: "R2 takes one write a second for the same object key: write it less often, let one client at a time write it, or use other keys." },
    { codes: ["TooManyRequests"], status: 429, allows: ["SVC-002"], means: "Mostly several requests write the same object key at the same time: R2 takes one write a second for a key." },
    { codes: ["Unauthorized"], status: 401, allows: ["AUTH-007", "AUTH-*", "SIGN-*"], isUnsure: true, means: "R2 found no valid credentials: the token (access key) was revoked, has expired, belongs to another account, or the request is not signed." },
    { codes: ["ObjectLockedByBucketPolicy"], status: 403, allows: ["PERM-006"], means: "A lock rule of the bucket protects the object until its retention ends." },
    { codes: ["NoSuchBucket"], status: 404, allows: ["PLACE-005", "PLACE-*"], isUnsure: true, means: "The account has no bucket of this name here: the name or the account id in the host is wrong, or the bucket has a jurisdiction (EU, FedRAMP) and is found only at ACCOUNT.eu.r2.cloudflarestorage.com, in the REST API with the header cf-r2-jurisdiction." },
    { codes: ["BucketConflict"], status: 409, allows: ["SVC-011"], means: "The account has a bucket of this name already." },
    { codes: ["ClientDisconnect"], status: 400, allows: ["BODY-003"], means: "The client closed the connection before the request was complete." },
  ],
} // prettier-ignore
