/**
 * The verdicts that Frame.io's error guide requires for failed chunks, in addition to S3's own.
 */
import { S3Error } from "@holdfast/s3/S3Error"
import * as StatusTable from "@holdfast/http/StatusTable"

/** The classes of the five codes that Frame.io lists for many retries, and the error of an intermediary. */
const many: ReadonlySet<S3Error["_tag"]> = new Set([
  "SlowDown",
  "InternalServerError",
  "OperationAborted",
  "RequestTimeout",
  "NotFromS3",
])

/** Whether a value is an error of the storage. */
export const isS3Error = (u: unknown): u is S3Error => classes.some((storageClass) => u instanceof storageClass)

const classes = Object.values(S3Error.table.classes)

/**
 * Gives an error the verdict that Frame.io's error guide requires: "all other AWS errors: once".
 *
 * **Details**
 *
 * `InternalError`, `OperationAborted`, `RequestTimeout`, `ServiceUnavailable` and `SlowDown` are retried until no attempts are
 * left, and all other S3 errors once. The status takes precedence: an error that S3 would retry keeps its verdict if it arrived
 * with 408, 425, 429 or 5xx. `outcome` and `applied` always come from S3's table. A chunk that fails with `NoSuchKey` needs new
 * URLs, because no object has to exist before a PUT.
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
