/**
 * The sentences that S3 sends with its codes. SDKs print the sentence and keep the code in a field, so a pasted exception may have
 * the sentence alone (https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html).
 */

const sentences: ReadonlyArray<readonly [sentence: string, code: string, status: number]> = [
  ["The AWS Access Key Id you provided does not exist in our records", "InvalidAccessKeyId", 403],
  ["The Access Key Id you provided does not exist in our records", "InvalidAccessKeyId", 403],
  ["The request signature we calculated does not match the signature you provided", "SignatureDoesNotMatch", 403],
  ["The difference between the request time and the", "RequestTimeTooSkewed", 403],
  ["The provided token has expired", "ExpiredToken", 400],
  ["The provided token is malformed or otherwise invalid", "InvalidToken", 400],
  ["The security token included in the request is expired", "ExpiredToken", 400],
  ["The security token included in the request is invalid", "InvalidToken", 400],
  ["Request has expired", "AccessDenied", 403],
  ["Invalid according to Policy", "AccessDenied", 403],
  ["The specified bucket does not exist", "NoSuchBucket", 404],
  ["The specified key does not exist", "NoSuchKey", 404],
  ["Requested bucket does not exist", "NoSuchBucket", 404],
  ["Requested object does not exist", "NoSuchKey", 404],
  ["Object does not exist", "NoSuchKey", 404],
  ["Bucket does not exist", "NoSuchBucket", 404],
  ["No OpenIDConnect provider found in your account", "InvalidIdentityToken", 400],
  ["Incorrect token audience", "InvalidIdentityToken", 400],
  ["The specified upload does not exist", "NoSuchUpload", 404],
  ["The specified multipart upload does not exist", "NoSuchUpload", 404],
  ["One or more of the specified parts could not be found", "InvalidPart", 400],
  ["The list of parts was not in ascending order", "InvalidPartOrder", 400],
  ["Your proposed upload exceeds the maximum allowed", "EntityTooLarge", 400],
  ["Your proposed upload is smaller than the minimum allowed", "EntityTooSmall", 400],
  ["The Content-MD5 you specified did not match what we received", "BadDigest", 400],
  ["The Content-MD5 you specified was invalid", "InvalidDigest", 400],
  ["The Content-MD5 you specified is not valid", "InvalidDigest", 400],
  ["Your socket connection to the server was not read from or written to within the timeout", "RequestTimeout", 400],
  ["Please reduce your request rate", "SlowDown", 503],
  ["We encountered an internal error. Please try again", "InternalError", 500],
  ["The bucket you are attempting to access must be addressed using the specified endpoint", "PermanentRedirect", 301],
  ["The authorization header is malformed", "AuthorizationHeaderMalformed", 400],
  ["The provided 'x-amz-content-sha256' header does not match what was computed", "XAmzContentSHA256Mismatch", 400],
  ["The XML you provided was not well-formed", "MalformedXML", 400],
  ["The bucket does not allow ACLs", "AccessControlListNotSupported", 400],
  ["You must provide the Content-Length HTTP header", "MissingContentLength", 411],
  ["You did not provide the number of bytes specified by the Content-Length HTTP header", "IncompleteBody", 400],
  ["At least one of the pre-conditions you specified did not hold", "PreconditionFailed", 412],
  ["The conditional request cannot succeed due to a conflicting operation", "ConditionalRequestConflict", 409],
  ["A conflicting conditional operation is currently in progress", "OperationAborted", 409],
  ["The bucket you tried to delete is not empty", "BucketNotEmpty", 409],
  ["The requested bucket name is not available", "BucketAlreadyExists", 409],
  ["Your previous request to create the named bucket succeeded", "BucketAlreadyOwnedByYou", 409],
  ["The specified method is not allowed against this resource", "MethodNotAllowed", 405],
  ["you provided implies functionality that is not implemented", "NotImplemented", 501],
  ["The requested range is not satisfiable", "InvalidRange", 416],
  ["The requested range cannot be satisfied", "InvalidRange", 416],
  ["Your metadata headers exceed the maximum", "MetadataTooLarge", 400],
  ["Your key is too long", "KeyTooLongError", 400],
  ["The storage class you specified is not valid", "InvalidStorageClass", 400],
  ["The operation is not valid for the object's storage class", "InvalidObjectState", 403],
  ["The operation is not valid for the object's access tier", "InvalidObjectState", 403],
  ["The operation is not valid for the current state of the object", "InvalidObjectState", 403],
  ["The specified bucket is not valid", "InvalidBucketName", 400],
  ["The unspecified location constraint is incompatible", "IllegalLocationConstraintException", 400],
  ["location constraint is incompatible for the region specific endpoint", "IllegalLocationConstraintException", 400],
  ["The specified location-constraint is not valid", "InvalidLocationConstraint", 400],
  ["The specified location constraint is not valid", "InvalidLocationConstraint", 400],
  ["The Content-SHA256 you specified did not match what we received", "XAmzContentSHA256Mismatch", 400],
  ["Your request was too big", "MaxMessageLengthExceeded", 400],
  ["Your POST request fields preceeding the upload file", "MaxPostPreDataLengthExceeded", 400],
  ["The body of your POST request is not well-formed", "MalformedPOSTRequest", 400],
  ["Bucket POST must be of the enclosure-type", "PreconditionFailed", 412],
  ["Bucket POST must contain a field named", "InvalidArgument", 400],
  ["POST requires exactly one file upload", "InvalidArgument", 400],
  ["CORSResponse: ", "AccessForbidden", 403],
  ["Object is WORM protected", "InvalidRequest", 400],
  ["Storage backend has reached its minimum free", "XMinioStorageFull", 507],
  ["The authorization mechanism you have provided is not supported", "InvalidRequest", 400],
  ["x-amz-sdk-checksum-algorithm specified, but no corresponding", "InvalidRequest", 400],
  ["Checksum Type mismatch occurred", "InvalidRequest", 400],
  ["The complete request must include the checksum for each part", "InvalidRequest", 400],
  ["Expecting a single x-amz-checksum", "InvalidRequest", 400],
  ["Value for x-amz-checksum-", "InvalidRequest", 400],
  ["Value for x-amz-sdk-checksum-algorithm", "InvalidRequest", 400],
  ["Checksum algorithm provided is unsupported", "InvalidRequest", 400],
  ["Missing required header for this request", "InvalidRequest", 400],
  ["HTTP header is required for Put Object requests with Object Lock parameters", "InvalidRequest", 400],
  ["HTTP header is required for Put Part requests with Object Lock parameters", "InvalidRequest", 400],
  ["The encryption parameters are not applicable to this object", "InvalidRequest", 400],
  ["The provided encryption parameters did not match", "InvalidRequest", 400],
  ["The object was stored using a form of Server Side Encryption", "InvalidRequest", 400],
  ["Requests specifying Server Side Encryption with", "InvalidArgument", 400],
  ["The calculated MD5 hash of the key did not match", "InvalidArgument", 400],
  ["The secret key was invalid for the specified algorithm", "InvalidArgument", 400],
  ["The specified copy source is larger than the maximum", "InvalidRequest", 400],
  ["The specified copy source is not supported as a byte-range", "InvalidRequest", 400],
  ["This copy request is illegal because it is trying to copy an object to itself", "InvalidRequest", 400],
  ["Metadata cannot be specified in this context", "InvalidArgument", 400],
  ["Part number must be an integer between 1 and", "InvalidArgument", 400],
  ["Unsupported value for canned acl", "InvalidArgument", 400],
  ["Unsupported header 'x-amz-", "InvalidArgument", 400],
  ["All non-trailing parts must have the same length", "InvalidPart", 400],
  ["Reduce your concurrent request rate for the same object", "TooManyRequests", 429],
  ["Only one auth mechanism allowed", "InvalidArgument", 400],
  ["Anonymous access is forbidden for this operation", "AccessDenied", 403],
  ["S3 API Requests must be made to API port", "InvalidArgument", 400],
  ["Anonymous caller does not have", "AccessDenied", 401],
  ["does not have storage.", "AccessDenied", 403],
  ["is not authorized to perform", "AccessDenied", 403],
  ["Not authorized to perform", "AccessDenied", 403],
  ["Access Denied", "AccessDenied", 403],
]

/** A sentence of S3 in a text. */
export interface Sentence {
  readonly code: string
  readonly status: number
  /** From the sentence to the end of its line, at most 500 characters. */
  readonly message: string
}

const lower = sentences.map(([sentence, code, status]) => ({ sentence: sentence.toLowerCase(), code, status }))

/** The first sentence of the table that the text has. */
export const sentenceIn = (text: string): Sentence | undefined => {
  const small = text.toLowerCase()
  for (const { code, sentence, status } of lower) {
    const at = small.indexOf(sentence)
    if (at === -1) continue
    const end = text.indexOf("\n", at)
    const line = text.slice(at, Math.min(end === -1 ? text.length : end, at + 500))
    return { code, status, message: (/^[^()[\]{}<>"]{1,500}/.exec(line)?.[0] ?? line).trim() }
  }
  return undefined
}
