/**
 * The rows that an upload can get: codes with their own class, their spellings, refinements by message, and responses
 * without an S3 document.
 *
 * Codes, statuses and verdicts are those of the S3 API reference ("Error responses"): S3 asks clients to retry after
 * `InternalError`, `OperationAborted`, `ConditionalRequestConflict`, `RequestTimeout` and every request to slow down. A
 * rejected request would be rejected again. `change` is Holdfast's conclusion: `url` if the URL must be signed again,
 * `plan` if the request itself must change.
 */
import * as Verdict from "@holdfast/core/Verdict"
import { always, bare, damaged, marked, named, refused, seen } from "../row.ts"

const slower: Verdict.Options = { pace: "throttled" }

/** Codes after which the same request may succeed later. */
export const passing = [
  always("SlowDown", "SlowDown", 503, slower, "Too many requests for the prefix: send fewer"),
  always("SlowDown", "ServiceUnavailable", 503, slower, "The service lacks capacity: send fewer requests"),
  always("SlowDown", "503 SlowDown", 503, slower, "SlowDown, spelled with its status"),
  { ...always("SlowDown", "Busy", 503, slower, "The service is busy (S3 Select)"), inferred: true },
  { ...always("SlowDown", "SlowDownRead", 503, slower, "Too many reads: send fewer (MinIO)"), inferred: true },
  { ...always("SlowDown", "SlowDownWrite", 503, slower, "Too many writes: send fewer (MinIO)"), inferred: true },
  { ...always("SlowDown", "TooManyRequests", 429, slower, "Too many requests (Cloudflare R2)"), inferred: true },
  always("InternalServerError", "InternalError", 500, {}, "S3 failed inside"),
  always("OperationAborted", "OperationAborted", 409, {}, "Another operation on the same resource is in progress"),
  always(
    "ConditionalRequestConflict",
    "ConditionalRequestConflict",
    409,
    {},
    "A conflicting write happened at the same time; a multipart upload must start again",
  ),
  always("RequestTimeout", "RequestTimeout", 400, { outcome: "overload" }, "The socket was idle for too long"),
  damaged("BadDigest", 400, "The bytes that arrived do not have the digest that was sent"),
  damaged("IncompleteBody", 400, "Fewer bytes arrived than Content-Length announced"),
  {
    ...damaged("XAmzContentSHA256Mismatch", 400, "The bytes do not have the signed SHA-256"),
    inferred: true,
  },
] as const

/** Codes that reject the signature, its key, its session or its time. */
export const signing = [
  refused("AccessDenied", 403, "url", "The signer may not do this, or the URL no longer permits it"),
  seen("AccessDenied", "AccessDenied: Request has expired", 403, "url", "The presigned URL has expired"),
  seen("AccessDenied", "AccessDenied: Request is not yet valid", 403, "clock", "The URL was signed in the future"),
  seen("AccessDenied", "AccessDenied: Invalid according to Policy: Policy expired", 403, "url", "The form has expired"),
  seen("AccessDenied", "AccessDenied: Policy expired", 403, "url", "The form has expired (Ceph)"),
  seen(
    "AccessDenied",
    "AccessDenied: Invalid according to Policy",
    403,
    "plan",
    "A field of the form violates its policy",
  ),
  seen(
    "AccessDenied",
    "AccessDenied: Policy condition failed",
    403,
    "plan",
    "A field of the form violates its policy (Ceph)",
  ),
  seen(
    "AccessDenied",
    "AccessDenied: Policy missing condition",
    403,
    "plan",
    "A field that the policy does not mention (Ceph)",
  ),
  seen("AccessDenied", "AccessDenied: There were headers present", 403, "plan", "An unsigned x-amz header was sent"),
  seen("AccessDenied", "AccessDenied: User:", 403, "human", "The signer lacks a permission that the message names"),
  refused("AuthorizationHeaderMalformed", 400, "url", "The authorization header is unreadable or for another region"),
  refused("AuthorizationQueryParametersError", 400, "url", "The signed query is incomplete or for another region"),
  refused("ExpiredToken", 400, "url", "The session behind the URL has expired"),
  refused("InvalidAccessKeyId", 403, "url", "The signing key is unknown, or its session token is missing"),
  refused("InvalidPolicyDocument", 400, "url", "The policy of the form is unreadable or not met"),
  refused("InvalidToken", 400, "url", "The session token is damaged"),
  refused("RequestTimeTooSkewed", 403, "clock", "The clocks are more than 15 minutes apart"),
  refused("SignatureDoesNotMatch", 403, "url", "The request differs from the signed one"),
] as const

/** Codes that reject the content or the destination of a request. */
export const sending = [
  refused("AccessControlListNotSupported", 400, "plan", "The bucket does not accept ACLs"),
  refused("EntityTooLarge", 400, "plan", "More bytes than the service or the policy permits"),
  refused("EntityTooSmall", 400, "plan", "Fewer bytes than the service or the policy permits"),
  refused("IncorrectNumberOfFilesInPostRequest", 400, "plan", "A form must contain exactly one file"),
  refused("InvalidArgument", 400, "plan", "S3 does not accept the value of a field or header"),
  refused("InvalidDigest", 400, "plan", "The digest that was sent is malformed"),
  refused("InvalidPart", 400, "plan", "A part is missing or its ETag differs"),
  refused("InvalidPartOrder", 400, "plan", "The parts were not listed in order"),
  refused("InvalidRequest", 400, "plan", "The request contradicts itself or the bucket's settings"),
  refused("KeyTooLongError", 400, "plan", "The object key is over 1024 bytes"),
  seen("KeyTooLongError", "InvalidObjectName", 400, "plan", "The object key is over 1024 bytes (Ceph)"),
  refused("MalformedPOSTRequest", 400, "plan", "The form is not well-formed multipart/form-data"),
  refused("MalformedXML", 400, "plan", "The XML that was sent cannot be read"),
  seen(
    "MaxPostPreDataLengthExceeded",
    "MaxPostPreDataLengthExceeded",
    400,
    "plan",
    "Fields before the file over 20 KiB (as sent)",
  ),
  named(
    "MaxPostPreDataLengthExceeded",
    "MaxPostPreDataLengthExceededError",
    400,
    "plan",
    "Fields before the file over 20 KiB",
  ),
  refused("MetadataTooLarge", 400, "plan", "The metadata headers are over 2 KB"),
  refused("MethodNotAllowed", 405, "plan", "The method does not exist for this resource"),
  refused("MissingContentLength", 411, "plan", "The request had no Content-Length"),
  refused("NoSuchBucket", 404, "human", "The bucket does not exist"),
  refused("NoSuchKey", 404, "plan", "The object does not exist"),
  refused("NoSuchUpload", 404, "url", "The multipart upload was completed, aborted or never begun"),
  refused(
    "NotImplemented",
    501,
    "plan",
    "A header asks for something that S3 does not support, such as a body of unknown length",
  ),
  refused("PermanentRedirect", 301, "url", "The bucket is at another endpoint"),
  refused("PreconditionFailed", 412, "plan", "A condition of the request does not hold"),
  refused("RequestHeaderSectionTooLarge", 400, "plan", "Headers and query are over 8192 bytes"),
  refused("RequestIsNotMultiPartContent", 412, "plan", "The form was not sent as multipart/form-data"),
  refused("TemporaryRedirect", 307, "url", "The bucket is temporarily at another endpoint, until DNS is updated"),
  named(
    "TemporaryRedirect",
    "Redirect",
    307,
    "url",
    "The bucket is temporarily at another endpoint, until DNS is updated",
  ),
  refused("UserKeyMustBeSpecified", 400, "plan", "A form field is missing or comes after the file"),
] as const

const moved = Verdict.never({ change: "url", outcome: "ignored", applied: "no" })
const plan = Verdict.never({ change: "plan" })

/**
 * Responses whose body is not an S3 document, and the row for everything else.
 *
 * **Details**
 *
 * A 404 without an S3 document or a mark of the storage comes from an intermediary and is retried.
 */
export const unlisted = [
  bare("InternalServerError", 500, Verdict.always(), "No S3 document"),
  bare("NotFromS3", 502, Verdict.always(), "No S3 document: a gateway got no response"),
  bare("SlowDown", 503, Verdict.always(slower), "No S3 document"),
  bare("NotFromS3", 504, Verdict.always(), "No S3 document: a gateway waited too long"),
  bare("NotFromS3", 404, Verdict.always(), "No S3 document and no mark of a storage: an intermediary responded"),
  bare("PermanentRedirect", 301, moved, "No S3 document"),
  bare("TemporaryRedirect", 307, moved, "No S3 document"),
  bare("SlowDown", 429, Verdict.always(slower), "No S3 document: an intermediary limits the rate"),
  marked("InternalServerError", 500, Verdict.always(), "The storage's own response, without a document"),
  marked("InternalServerError", 502, Verdict.always(), "The storage's own response, without a document"),
  marked("SlowDown", 503, Verdict.always(slower), "The storage's own response, without a document"),
  marked("InternalServerError", 504, Verdict.always(), "The storage's own response, without a document"),
  marked("SlowDown", 429, Verdict.always(slower), "The storage's own response, without a document"),
  marked("PermanentRedirect", 301, moved, "The storage's own response to a HEAD"),
  marked("TemporaryRedirect", 307, moved, "The storage's own response to a HEAD"),
  marked("AccessDenied", 403, Verdict.never({ change: "url" }), "The storage's own response to a HEAD"),
  marked("NoSuchKey", 404, plan, "The storage's own response to a HEAD: the object or its bucket does not exist"),
  marked("MethodNotAllowed", 405, plan, "The storage's own response to a HEAD"),
  marked("PreconditionFailed", 412, plan, "The storage's own response to a HEAD"),
  { class: "UnknownS3Error", verdict: Verdict.never(), description: "A code or status without a row" },
] as const
