/**
 * The union of S3's errors as a list, because types see a member only where it is written down.
 *
 * In groups, because the compiler does not follow a list of this length in one go; they are those of the rows.
 */
import * as Schema from "effect/Schema"
import * as Errors from "../S3Errors.ts"

const passing = Schema.Union([
  Errors.SlowDown,
  Errors.InternalServerError,
  Errors.OperationAborted,
  Errors.RequestTimeout,
  Errors.ConditionalRequestConflict,
  Errors.BadDigest,
  Errors.IncompleteBody,
  Errors.XAmzContentSHA256Mismatch,
])

const signing = Schema.Union([
  Errors.AccessDenied,
  Errors.AuthorizationHeaderMalformed,
  Errors.AuthorizationQueryParametersError,
  Errors.ExpiredToken,
  Errors.InvalidAccessKeyId,
  Errors.InvalidPolicyDocument,
  Errors.InvalidToken,
  Errors.RequestTimeTooSkewed,
  Errors.SignatureDoesNotMatch,
])

const sending = Schema.Union([
  Errors.AccessControlListNotSupported,
  Errors.EntityTooLarge,
  Errors.EntityTooSmall,
  Errors.IncorrectNumberOfFilesInPostRequest,
  Errors.InvalidArgument,
  Errors.InvalidDigest,
  Errors.InvalidPart,
  Errors.InvalidPartOrder,
  Errors.InvalidRequest,
  Errors.KeyTooLongError,
  Errors.MalformedPOSTRequest,
  Errors.MalformedXML,
  Errors.MaxPostPreDataLengthExceeded,
  Errors.MetadataTooLarge,
  Errors.MethodNotAllowed,
  Errors.MissingContentLength,
  Errors.NoSuchBucket,
  Errors.NoSuchKey,
  Errors.NoSuchUpload,
  Errors.NotImplemented,
  Errors.PermanentRedirect,
  Errors.PreconditionFailed,
  Errors.RequestHeaderSectionTooLarge,
  Errors.RequestIsNotMultiPartContent,
  Errors.TemporaryRedirect,
  Errors.UserKeyMustBeSpecified,
])

const others = Schema.Union([
  Errors.NotFromS3,
  Errors.AccountRefused,
  Errors.CredentialsRefused,
  Errors.EncryptionKeyRefused,
  Errors.LimitExceeded,
  Errors.ReadInterrupted,
  Errors.RequestRejected,
  Errors.ResourceConflict,
  Errors.ResourceNotFound,
  Errors.WrongEndpoint,
  Errors.UnknownS3Error,
])

/** Every class of `S3Errors`. */
export const union = Schema.Union([passing, signing, sending, others]).pipe(Schema.toTaggedUnion("_tag"))
