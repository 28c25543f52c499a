/**
 * The rows for errors that an upload can receive: codes with their own class, spelling variants, refinements by message, and
 * responses without an S3 document.
 *
 * The codes, statuses and verdicts are those in the S3 API reference ("Error responses"): S3 asks clients to retry after
 * `InternalError`, `OperationAborted`, `ConditionalRequestConflict`, `RequestTimeout`, and any response that asks the client
 * to slow down. A rejected request would be rejected again if it were repeated. Holdfast derives `change`: `url` means that
 * the URL must be signed again, and `plan` means that the request itself must change.
 */
import * as Verdict from "@holdfast/core/Verdict"
import { always, bare, damaged, marked, named, refused, seen } from "../row.ts"

const slower: Verdict.Options = { pace: "throttled" }

/** Codes after which the same request may succeed later. */
export const passing = [
  always("SlowDown", "SlowDown", 503, slower, "The request rate for the prefix is too high: send fewer requests"),
  always("SlowDown", "ServiceUnavailable", 503, slower, "The service lacks capacity: send fewer requests"),
  always("SlowDown", "503 SlowDown", 503, slower, "SlowDown, with the status in the code"),
  { ...always("SlowDown", "Busy", 503, slower, "The service is busy (S3 Select)"), inferred: true },
  {
    ...always("SlowDown", "SlowDownRead", 503, slower, "The read rate is too high: send fewer reads (MinIO)"),
    inferred: true,
  },
  {
    ...always("SlowDown", "SlowDownWrite", 503, slower, "The write rate is too high: send fewer writes (MinIO)"),
    inferred: true,
  },
  {
    ...always("SlowDown", "TooManyRequests", 429, slower, "The request rate is too high (Cloudflare R2)"),
    inferred: true,
  },
  always("InternalServerError", "InternalError", 500, {}, "An internal error occurred in S3"),
  always("OperationAborted", "OperationAborted", 409, {}, "Another operation on the same resource is in progress"),
  always(
    "ConditionalRequestConflict",
    "ConditionalRequestConflict",
    409,
    {},
    "A concurrent write conflicted with the request; a multipart upload must be restarted",
  ),
  always("RequestTimeout", "RequestTimeout", 400, { outcome: "overload" }, "The socket was idle for too long"),
  damaged("BadDigest", 400, "The digest of the received bytes differs from the digest that was sent"),
  damaged("IncompleteBody", 400, "The server received fewer bytes than Content-Length specified"),
  {
    ...damaged("XAmzContentSHA256Mismatch", 400, "The SHA-256 of the received bytes differs from the signed value"),
    inferred: true,
  },
] as const

/** Codes that reject the signature, its key, its session or its timestamp. */
export const signing = [
  refused("AccessDenied", 403, "url", "The signer lacks the permission, or the URL no longer permits the request"),
  seen("AccessDenied", "AccessDenied: Request has expired", 403, "url", "The presigned URL has expired"),
  seen(
    "AccessDenied",
    "AccessDenied: Request is not yet valid",
    403,
    "clock",
    "The signing time of the URL is in the future",
  ),
  seen("AccessDenied", "AccessDenied: Invalid according to Policy: Policy expired", 403, "url", "The form has expired"),
  seen("AccessDenied", "AccessDenied: Policy expired", 403, "url", "The form has expired (Ceph)"),
  seen("AccessDenied", "AccessDenied: Invalid according to Policy", 403, "plan", "A form field violates the policy"),
  seen("AccessDenied", "AccessDenied: Policy condition failed", 403, "plan", "A form field violates the policy (Ceph)"),
  seen(
    "AccessDenied",
    "AccessDenied: Policy missing condition",
    403,
    "plan",
    "The form has a field that the policy does not contain (Ceph)",
  ),
  seen(
    "AccessDenied",
    "AccessDenied: There were headers present",
    403,
    "plan",
    "The request contains an unsigned x-amz header",
  ),
  seen("AccessDenied", "AccessDenied: User:", 403, "human", "The signer lacks the permission named in the message"),
  refused(
    "AuthorizationHeaderMalformed",
    400,
    "url",
    "The Authorization header is unreadable or was signed for another region",
  ),
  refused(
    "AuthorizationQueryParametersError",
    400,
    "url",
    "The signed query is incomplete or was signed for another region",
  ),
  refused("ExpiredToken", 400, "url", "The session that signed the URL has expired"),
  refused("InvalidAccessKeyId", 403, "url", "The signing key is unknown, or its session token is missing"),
  refused("InvalidPolicyDocument", 400, "url", "The policy of the form is unreadable or not satisfied"),
  refused("InvalidToken", 400, "url", "The session token is damaged"),
  refused(
    "RequestTimeTooSkewed",
    403,
    "clock",
    "The clocks of the client and the server differ by more than 15 minutes",
  ),
  refused("SignatureDoesNotMatch", 403, "url", "The request differs from the request that was signed"),
] as const

/** Codes that reject the content of a request or its destination. */
export const sending = [
  refused("AccessControlListNotSupported", 400, "plan", "The bucket does not accept ACLs"),
  refused("EntityTooLarge", 400, "plan", "The upload is larger than the service or the policy permits"),
  refused("EntityTooSmall", 400, "plan", "The upload is smaller than the service or the policy permits"),
  refused("IncorrectNumberOfFilesInPostRequest", 400, "plan", "A form must contain exactly one file"),
  refused("InvalidArgument", 400, "plan", "S3 rejects the value of a field or header"),
  refused("InvalidDigest", 400, "plan", "The digest that was sent is malformed"),
  refused("InvalidPart", 400, "plan", "A part is missing, or its ETag does not match"),
  refused("InvalidPartOrder", 400, "plan", "The parts are not listed in ascending order"),
  refused("InvalidRequest", 400, "plan", "The request is inconsistent or conflicts with the bucket's settings"),
  refused("KeyTooLongError", 400, "plan", "The object key is longer than 1024 bytes"),
  seen("KeyTooLongError", "InvalidObjectName", 400, "plan", "The object key is longer than 1024 bytes (Ceph)"),
  refused("MalformedPOSTRequest", 400, "plan", "The form is not well-formed multipart/form-data"),
  refused("MalformedXML", 400, "plan", "The XML document in the request cannot be parsed"),
  seen(
    "MaxPostPreDataLengthExceeded",
    "MaxPostPreDataLengthExceeded",
    400,
    "plan",
    "The fields before the file exceed 20 KiB (the code that S3 sends)",
  ),
  named(
    "MaxPostPreDataLengthExceeded",
    "MaxPostPreDataLengthExceededError",
    400,
    "plan",
    "The fields before the file exceed 20 KiB",
  ),
  refused("MetadataTooLarge", 400, "plan", "The metadata headers exceed 2 KB"),
  refused("MethodNotAllowed", 405, "plan", "The resource does not support this method"),
  refused("MissingContentLength", 411, "plan", "The request does not have a Content-Length header"),
  refused("NoSuchBucket", 404, "human", "The bucket does not exist"),
  refused("NoSuchKey", 404, "plan", "The object does not exist"),
  refused("NoSuchUpload", 404, "url", "The multipart upload has been completed or aborted, or was never started"),
  refused(
    "NotImplemented",
    501,
    "plan",
    "A header requires a feature that S3 does not support, such as a body of unknown length",
  ),
  refused("PermanentRedirect", 301, "url", "The bucket must be addressed through another endpoint"),
  refused("PreconditionFailed", 412, "plan", "A condition of the request is not met"),
  refused("RequestHeaderSectionTooLarge", 400, "plan", "The headers and the query exceed 8192 bytes"),
  refused("RequestIsNotMultiPartContent", 412, "plan", "The form was not sent as multipart/form-data"),
  refused(
    "TemporaryRedirect",
    307,
    "url",
    "Until DNS is updated, the bucket must be addressed through another endpoint",
  ),
  named(
    "TemporaryRedirect",
    "Redirect",
    307,
    "url",
    "Until DNS is updated, the bucket must be addressed through another endpoint",
  ),
  refused("UserKeyMustBeSpecified", 400, "plan", "A form field is missing or comes after the file"),
] as const

const moved = Verdict.never({ change: "url", outcome: "ignored", applied: "no" })
const plan = Verdict.never({ change: "plan" })

/**
 * Responses whose body is not an S3 document, and the row for all other responses.
 *
 * **Details**
 *
 * A 404 without an S3 document or a header that identifies the storage comes from an intermediary and is retried.
 */
export const unlisted = [
  bare("InternalServerError", 500, Verdict.always(), "The response has no S3 document"),
  bare("NotFromS3", 502, Verdict.always(), "A gateway did not get a response, and the body is not an S3 document"),
  bare("SlowDown", 503, Verdict.always(slower), "The response has no S3 document"),
  bare("NotFromS3", 504, Verdict.always(), "A gateway timed out, and the body is not an S3 document"),
  bare(
    "NotFromS3",
    404,
    Verdict.always(),
    "An intermediary responded: the response has neither an S3 document nor a header from the storage service",
  ),
  bare("PermanentRedirect", 301, moved, "The response has no S3 document"),
  bare("TemporaryRedirect", 307, moved, "The response has no S3 document"),
  bare(
    "SlowDown",
    429,
    Verdict.always(slower),
    "An intermediary enforces a rate limit, and the body is not an S3 document",
  ),
  marked(
    "InternalServerError",
    500,
    Verdict.always(),
    "The response is from the storage itself but contains no S3 document",
  ),
  marked(
    "InternalServerError",
    502,
    Verdict.always(),
    "The response is from the storage itself but contains no S3 document",
  ),
  marked(
    "SlowDown",
    503,
    Verdict.always(slower),
    "The response is from the storage itself but contains no S3 document",
  ),
  marked(
    "InternalServerError",
    504,
    Verdict.always(),
    "The response is from the storage itself but contains no S3 document",
  ),
  marked(
    "SlowDown",
    429,
    Verdict.always(slower),
    "The response is from the storage itself but contains no S3 document",
  ),
  marked("PermanentRedirect", 301, moved, "The storage itself responded to a HEAD request"),
  marked("TemporaryRedirect", 307, moved, "The storage itself responded to a HEAD request"),
  marked("AccessDenied", 403, Verdict.never({ change: "url" }), "The storage itself responded to a HEAD request"),
  marked(
    "NoSuchKey",
    404,
    plan,
    "The storage itself responded to a HEAD request: the object or its bucket does not exist",
  ),
  marked("MethodNotAllowed", 405, plan, "The storage itself responded to a HEAD request"),
  marked("PreconditionFailed", 412, plan, "The storage itself responded to a HEAD request"),
  {
    class: "UnknownS3Error",
    verdict: Verdict.never(),
    description: "The code or status is not listed in the error table",
  },
] as const
