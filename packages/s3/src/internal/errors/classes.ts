/**
 * The classes of S3's errors.
 */
import * as Schema from "effect/Schema"
import { fields } from "./fields.ts"

/** Too many requests, or the service lacks capacity. */
export class SlowDown extends Schema.TaggedError<SlowDown>()("SlowDown", fields) {}

/** S3 had an internal error; its code is `InternalError`. */
export class InternalServerError extends Schema.TaggedError<InternalServerError>()("InternalServerError", fields) {}

/** Another conditional operation on the same resource is already in progress. */
export class OperationAborted extends Schema.TaggedError<OperationAborted>()("OperationAborted", fields) {}

/** The socket was idle for too long before the request was complete. */
export class RequestTimeout extends Schema.TaggedError<RequestTimeout>()("RequestTimeout", fields) {}

/** A conflicting write happened at the same time. */
export class ConditionalRequestConflict extends Schema.TaggedError<ConditionalRequestConflict>()(
  "ConditionalRequestConflict",
  fields,
) {}

/** An intermediary sent the response: neither the body nor the headers come from S3. */
export class NotFromS3 extends Schema.TaggedError<NotFromS3>()("NotFromS3", fields) {}

/** The signer is not allowed to perform this operation, or the URL no longer permits it. */
export class AccessDenied extends Schema.TaggedError<AccessDenied>()("AccessDenied", fields) {}

/** The bucket does not accept ACLs. */
export class AccessControlListNotSupported extends Schema.TaggedError<AccessControlListNotSupported>()(
  "AccessControlListNotSupported",
  fields,
) {}

/** The authorization header cannot be parsed, or was signed for another region. */
export class AuthorizationHeaderMalformed extends Schema.TaggedError<AuthorizationHeaderMalformed>()(
  "AuthorizationHeaderMalformed",
  fields,
) {}

/** The signature in the query is incomplete, has a lifetime that is too long, or was signed for another region. */
export class AuthorizationQueryParametersError extends Schema.TaggedError<AuthorizationQueryParametersError>()(
  "AuthorizationQueryParametersError",
  fields,
) {}

/** The received bytes do not have the digest that was sent. */
export class BadDigest extends Schema.TaggedError<BadDigest>()("BadDigest", fields) {}

/** The upload contains more bytes than the plan or the policy permits. */
export class EntityTooLarge extends Schema.TaggedError<EntityTooLarge>()("EntityTooLarge", fields) {}

/** The upload contains fewer bytes than the plan or the policy permits. */
export class EntityTooSmall extends Schema.TaggedError<EntityTooSmall>()("EntityTooSmall", fields) {}

/** The session that was used to sign the URL has expired. */
export class ExpiredToken extends Schema.TaggedError<ExpiredToken>()("ExpiredToken", fields) {}

/** The server received fewer bytes than `Content-Length` announced. */
export class IncompleteBody extends Schema.TaggedError<IncompleteBody>()("IncompleteBody", fields) {}

/** A form must contain exactly one file. */
export class IncorrectNumberOfFilesInPostRequest extends Schema.TaggedError<IncorrectNumberOfFilesInPostRequest>()(
  "IncorrectNumberOfFilesInPostRequest",
  fields,
) {}

/** The signing key is not recognized, or its session token is missing. */
export class InvalidAccessKeyId extends Schema.TaggedError<InvalidAccessKeyId>()("InvalidAccessKeyId", fields) {}

/** S3 does not accept the value of a field or header. */
export class InvalidArgument extends Schema.TaggedError<InvalidArgument>()("InvalidArgument", fields) {}

/** The digest that was sent has an invalid format. */
export class InvalidDigest extends Schema.TaggedError<InvalidDigest>()("InvalidDigest", fields) {}

/** A part is missing, or its ETag differs. */
export class InvalidPart extends Schema.TaggedError<InvalidPart>()("InvalidPart", fields) {}

/** The parts of a multipart upload were not listed in order. */
export class InvalidPartOrder extends Schema.TaggedError<InvalidPartOrder>()("InvalidPartOrder", fields) {}

/** The policy of a form cannot be parsed, or the form does not meet its conditions. */
export class InvalidPolicyDocument extends Schema.TaggedError<InvalidPolicyDocument>()(
  "InvalidPolicyDocument",
  fields,
) {}

/** The parts of the request contradict each other or the bucket's settings. */
export class InvalidRequest extends Schema.TaggedError<InvalidRequest>()("InvalidRequest", fields) {}

/** The session token is damaged. */
export class InvalidToken extends Schema.TaggedError<InvalidToken>()("InvalidToken", fields) {}

/** The object key is longer than 1024 bytes. */
export class KeyTooLongError extends Schema.TaggedError<KeyTooLongError>()("KeyTooLongError", fields) {}

/** The form is not well-formed multipart/form-data. */
export class MalformedPOSTRequest extends Schema.TaggedError<MalformedPOSTRequest>()("MalformedPOSTRequest", fields) {}

/** The XML in the request cannot be parsed. */
export class MalformedXML extends Schema.TaggedError<MalformedXML>()("MalformedXML", fields) {}

/** The fields before the file exceed 20 KiB. */
export class MaxPostPreDataLengthExceeded extends Schema.TaggedError<MaxPostPreDataLengthExceeded>()(
  "MaxPostPreDataLengthExceeded",
  fields,
) {}

/** The metadata headers exceed 2 KB. */
export class MetadataTooLarge extends Schema.TaggedError<MetadataTooLarge>()("MetadataTooLarge", fields) {}

/** This resource does not support the method. */
export class MethodNotAllowed extends Schema.TaggedError<MethodNotAllowed>()("MethodNotAllowed", fields) {}

/** The request had no `Content-Length`. */
export class MissingContentLength extends Schema.TaggedError<MissingContentLength>()("MissingContentLength", fields) {}

/** The bucket does not exist. */
export class NoSuchBucket extends Schema.TaggedError<NoSuchBucket>()("NoSuchBucket", fields) {}

/** The object does not exist. */
export class NoSuchKey extends Schema.TaggedError<NoSuchKey>()("NoSuchKey", fields) {}

/** The multipart upload has been completed or aborted, or was never started. */
export class NoSuchUpload extends Schema.TaggedError<NoSuchUpload>()("NoSuchUpload", fields) {}

/** A header requests a feature that S3 does not support, such as a body of unknown length. */
export class NotImplemented extends Schema.TaggedError<NotImplemented>()("NotImplemented", fields) {}

/** The bucket is located at another endpoint. */
export class PermanentRedirect extends Schema.TaggedError<PermanentRedirect>()("PermanentRedirect", fields) {}

/** A condition in the request is not met. */
export class PreconditionFailed extends Schema.TaggedError<PreconditionFailed>()("PreconditionFailed", fields) {}

/** The headers and the query exceed 8192 bytes. */
export class RequestHeaderSectionTooLarge extends Schema.TaggedError<RequestHeaderSectionTooLarge>()(
  "RequestHeaderSectionTooLarge",
  fields,
) {}

/** A form was not sent as multipart/form-data. */
export class RequestIsNotMultiPartContent extends Schema.TaggedError<RequestIsNotMultiPartContent>()(
  "RequestIsNotMultiPartContent",
  fields,
) {}

/** The local clock differs from the server's clock by more than 15 minutes. */
export class RequestTimeTooSkewed extends Schema.TaggedError<RequestTimeTooSkewed>()("RequestTimeTooSkewed", fields) {}

/** The request differs from the request that was signed. */
export class SignatureDoesNotMatch extends Schema.TaggedError<SignatureDoesNotMatch>()(
  "SignatureDoesNotMatch",
  fields,
) {}

/** The bucket is temporarily at another endpoint. */
export class TemporaryRedirect extends Schema.TaggedError<TemporaryRedirect>()("TemporaryRedirect", fields) {}

/** A form field is missing, or comes after the file. */
export class UserKeyMustBeSpecified extends Schema.TaggedError<UserKeyMustBeSpecified>()(
  "UserKeyMustBeSpecified",
  fields,
) {}

/** The received bytes do not have the SHA-256 digest that was signed. */
export class XAmzContentSHA256Mismatch extends Schema.TaggedError<XAmzContentSHA256Mismatch>()(
  "XAmzContentSHA256Mismatch",
  fields,
) {}

/** The account, the region or the payer is not allowed to use the service. */
export class AccountRefused extends Schema.TaggedError<AccountRefused>()("AccountRefused", fields) {}

/** The credentials in the Authorization header are not accepted. */
export class CredentialsRefused extends Schema.TaggedError<CredentialsRefused>()("CredentialsRefused", fields) {}

/** KMS does not permit the use of the encryption key. */
export class EncryptionKeyRefused extends Schema.TaggedError<EncryptionKeyRefused>()("EncryptionKeyRefused", fields) {}

/** A quota or limit of the account is exhausted. */
export class LimitExceeded extends Schema.TaggedError<LimitExceeded>()("LimitExceeded", fields) {}

/** The body of an Object Lambda response was truncated in transit. */
export class ReadInterrupted extends Schema.TaggedError<ReadInterrupted>()("ReadInterrupted", fields) {}

/** The request is malformed or does not match the resource, so the program must be changed. */
export class RequestRejected extends Schema.TaggedError<RequestRejected>()("RequestRejected", fields) {}

/** The state of the bucket or object forbids this operation. */
export class ResourceConflict extends Schema.TaggedError<ResourceConflict>()("ResourceConflict", fields) {}

/** A resource other than a bucket, an object or an upload does not exist. */
export class ResourceNotFound extends Schema.TaggedError<ResourceNotFound>()("ResourceNotFound", fields) {}

/** The request must be sent to another host or region. */
export class WrongEndpoint extends Schema.TaggedError<WrongEndpoint>()("WrongEndpoint", fields) {}

/** A code that the table does not list, or a status without a code. */
export class UnknownS3Error extends Schema.TaggedError<UnknownS3Error>()("UnknownS3Error", fields) {}
