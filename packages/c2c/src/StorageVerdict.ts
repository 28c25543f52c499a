/**
 * Assigns the verdicts that Frame.io's error guide requires for failed chunks, in addition to the verdicts from S3's error
 * table.
 */
import { S3Error } from "@holdfast/s3/S3Error"
import * as StatusTable from "@holdfast/http/StatusTable"

/**
 * The error classes for the five codes that Frame.io's error guide says to retry many times, and the class for errors from an
 * intermediary.
 */
const many: ReadonlySet<S3Error["_tag"]> = new Set([
  "SlowDown",
  "InternalServerError",
  "OperationAborted",
  "RequestTimeout",
  "NotFromS3",
])

/** Returns whether a value is an error from the storage. */
export const isS3Error = (u: unknown): u is S3Error => classes.some((storageClass) => u instanceof storageClass)

const classes = Object.values(S3Error.table.classes)

/**
 * Applies the verdict that Frame.io's error guide requires for an error: "all other AWS errors: once".
 *
 * **Details**
 *
 * `InternalError`, `OperationAborted`, `RequestTimeout`, `ServiceUnavailable` and `SlowDown` are retried until no attempts
 * are left. All other S3 errors are retried once. The status takes precedence: an error that S3 would retry keeps its verdict
 * if the response has status 408, 425, 429 or 5xx. `outcome` and `applied` always come from S3's error table. A chunk that
 * fails with `NoSuchKey` needs new URLs. A PUT does not require an existing object, so `NoSuchKey` means that the storage no
 * longer recognizes the upload.
 */
export const asked = (error: S3Error): S3Error => {
  const { _tag, status } = error
  // A storage that was restarted or restored no longer knows an earlier upload: a new asset has new URLs.
  const verdict = _tag === "NoSuchKey" ? { ...error.verdict, change: "url" as const } : error.verdict
  if (verdict.retry === "once") return verdict === error.verdict ? error : S3Error.withVerdict(error, verdict)
  if (verdict.retry === "always" && (many.has(_tag) || StatusTable.find(status).verdict.retry === "always"))
    return error
  return S3Error.withVerdict(error, { ...verdict, retry: "once" })
}
