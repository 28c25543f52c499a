/**
 * The rows that an upload can meet: codes with a class of their own, their spellings, refinements by message, and
 * responses without an S3 document.
 *
 * Codes and statuses are those of the S3 API reference ("Error responses"). The retries are those of Frame.io's guide:
 * five codes always, all others once. `change` is our reading: `url` where the signer must sign anew, `plan` where the
 * request itself must be another one.
 */
import * as Verdict from "@holdfast/core/Verdict"
import { always, bare, named, once, seen } from "./row.ts"

/** Codes that say: the same request may well succeed later. */
export const passing = [
  always("SlowDown", "SlowDown", 503, "throttled", "Too many requests for the prefix: send less"),
  always("SlowDown", "ServiceUnavailable", 503, "throttled", "The service is short of capacity: send less"),
  always("SlowDown", "503 SlowDown", 503, "throttled", "SlowDown, spelled with its status"),
  { ...always("SlowDown", "Busy", 503, "throttled", "The service is busy (S3 Select)"), inferred: true },
  always("InternalServerError", "InternalError", 500, "transient", "S3 failed inside"),
  always(
    "OperationAborted",
    "OperationAborted",
    409,
    "transient",
    "Another operation on the same resource is under way",
  ),
  always("RequestTimeout", "RequestTimeout", 400, "transient", "The socket stood still for too long"),
  once("ConditionalRequestConflict", 409, "nothing", "A conflicting write happened at the same moment"),
  once("BadDigest", 400, "nothing", "The bytes that arrived do not have the digest that was sent"),
  once("IncompleteBody", 400, "nothing", "Fewer bytes arrived than Content-Length said"),
  seen(
    "XAmzContentSHA256Mismatch",
    "XAmzContentSHA256Mismatch",
    400,
    "nothing",
    "The bytes do not have the signed SHA-256",
  ),
] as const

/** Codes that refuse the signature, its key, its session or its time. */
export const signing = [
  once("AccessDenied", 403, "url", "The signer may not do this, or the URL no longer permits it"),
  seen("AccessDenied", "AccessDenied: Request has expired", 403, "url", "The presigned URL is past its time"),
  seen("AccessDenied", "AccessDenied: Request is not yet valid", 403, "clock", "The URL was signed in the future"),
  seen(
    "AccessDenied",
    "AccessDenied: Invalid according to Policy: Policy expired",
    403,
    "url",
    "The form is past its time",
  ),
  seen("AccessDenied", "AccessDenied: Policy expired", 403, "url", "The form is past its time (Ceph)"),
  seen(
    "AccessDenied",
    "AccessDenied: Invalid according to Policy",
    403,
    "plan",
    "A field of the form breaks its policy",
  ),
  seen(
    "AccessDenied",
    "AccessDenied: Policy condition failed",
    403,
    "plan",
    "A field of the form breaks its policy (Ceph)",
  ),
  seen(
    "AccessDenied",
    "AccessDenied: Policy missing condition",
    403,
    "plan",
    "A field that the policy does not name (Ceph)",
  ),
  seen(
    "AccessDenied",
    "AccessDenied: There were headers present",
    403,
    "plan",
    "An x-amz header was sent that is not signed",
  ),
  seen("AccessDenied", "AccessDenied: User:", 403, "human", "The signer lacks a permission that the message names"),
  once("AuthorizationHeaderMalformed", 400, "url", "The authorization header is unreadable or for another region"),
  once("AuthorizationQueryParametersError", 400, "url", "The signed query is incomplete or for another region"),
  once("ExpiredToken", 400, "url", "The session behind the URL has ended"),
  once("InvalidAccessKeyId", 403, "url", "The key that signed is unknown, or its session token is missing"),
  once("InvalidPolicyDocument", 400, "url", "The policy of the form is unreadable or not met"),
  once("InvalidToken", 400, "url", "The session token is damaged"),
  once("RequestTimeTooSkewed", 403, "clock", "The clocks are more than 15 minutes apart"),
  once("SignatureDoesNotMatch", 403, "url", "The request is not the one that was signed"),
] as const

/** Codes that refuse what is sent, or where it goes. */
export const sending = [
  once("AccessControlListNotSupported", 400, "plan", "The bucket takes no ACLs"),
  once("EntityTooLarge", 400, "plan", "More bytes than the service or the policy permits"),
  once("EntityTooSmall", 400, "plan", "Fewer bytes than the service or the policy permits"),
  once("IncorrectNumberOfFilesInPostRequest", 400, "plan", "A form must hold exactly one file"),
  once("InvalidArgument", 400, "plan", "A field or header has a value that S3 does not take"),
  once("InvalidDigest", 400, "plan", "The digest that was sent is not a digest"),
  once("InvalidPart", 400, "plan", "A part is missing or has another ETag"),
  once("InvalidPartOrder", 400, "plan", "The parts were not listed in order"),
  once("InvalidRequest", 400, "plan", "The request contradicts itself or the bucket's settings"),
  once("KeyTooLongError", 400, "plan", "The object key is over 1024 bytes"),
  seen("KeyTooLongError", "InvalidObjectName", 400, "plan", "The object key is over 1024 bytes (Ceph)"),
  once("MalformedPOSTRequest", 400, "plan", "The form is not well-formed multipart/form-data"),
  once("MalformedXML", 400, "plan", "The XML that was sent cannot be read"),
  seen(
    "MaxPostPreDataLengthExceeded",
    "MaxPostPreDataLengthExceeded",
    400,
    "plan",
    "Fields before the file over 20 KiB (on the wire)",
  ),
  named(
    "MaxPostPreDataLengthExceeded",
    "MaxPostPreDataLengthExceededError",
    400,
    "plan",
    "Fields before the file over 20 KiB",
  ),
  once("MetadataTooLarge", 400, "plan", "The metadata headers are over 2 KB"),
  once("MethodNotAllowed", 405, "plan", "The method does not exist for this resource"),
  once("MissingContentLength", 411, "plan", "The request had no Content-Length"),
  once("NoSuchBucket", 404, "human", "The bucket does not exist"),
  once("NoSuchKey", 404, "plan", "The object does not exist"),
  once("NoSuchUpload", 404, "url", "The multipart upload was completed, aborted or never begun"),
  once("NotImplemented", 501, "plan", "A header asks for what S3 does not do, such as a body of unknown length"),
  once("PermanentRedirect", 301, "url", "The bucket lives at another endpoint"),
  once("PreconditionFailed", 412, "plan", "A condition of the request does not hold"),
  once("RequestHeaderSectionTooLarge", 400, "plan", "Headers and query are over 8192 bytes"),
  once("RequestIsNotMultiPartContent", 412, "plan", "The form was not sent as multipart/form-data"),
  once("TemporaryRedirect", 307, "url", "The bucket is reached elsewhere while DNS catches up"),
  named("TemporaryRedirect", "Redirect", 307, "url", "The bucket is reached elsewhere while DNS catches up"),
  once("UserKeyMustBeSpecified", 400, "plan", "A form field is missing or stands after the file"),
] as const

/** Responses whose body is not an S3 document, and everything that no row names. */
export const unlisted = [
  bare("InternalServerError", 500, Verdict.always(), "No S3 document"),
  bare("NotFromS3", 502, Verdict.always(), "No S3 document: a gateway found no answer"),
  bare("SlowDown", 503, Verdict.always({ pace: "throttled" }), "No S3 document"),
  bare("NotFromS3", 504, Verdict.always(), "No S3 document: a gateway waited too long"),
  bare("NotFromS3", 404, Verdict.always(), "No S3 document: a box in between answered"),
  bare("PermanentRedirect", 301, Verdict.once({ change: "url" }), "No S3 document"),
  bare("TemporaryRedirect", 307, Verdict.once({ change: "url" }), "No S3 document"),
  bare("SlowDown", 429, Verdict.once({ pace: "throttled" }), "No S3 document: something on the way limits the rate"),
  { class: "UnknownS3Error", verdict: Verdict.once(), description: "A code or status that no row names" },
] as const
