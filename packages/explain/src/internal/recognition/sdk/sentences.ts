/**
 * Lists the messages that S3 sends with its error codes. SDKs print the message and store the code in a field, so a pasted
 * exception may contain only the message (https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html). MinIO's
 * client for Go, which restic, Loki, Thanos and Velero use, prints only the message
 * (https://github.com/minio/minio/blob/master/cmd/api-errors.go).
 */

const sentences: ReadonlyArray<readonly [sentence: string, code: string, status: number]> = [
  // Messages of single vendors with an unmistakable start.
  ["Insufficient permissions to access this", "AccessDenied", 403],
  ["sha1 did not match data received", "bad_request", 400],
  ["Checksum did not match data received", "bad_request", 400],
  ["more than one upload using auth token", "bad_request", 400],
  ["unauthorized for application key with capabilities", "unauthorized", 401],
  ["Transaction cap exceeded", "transaction_cap_exceeded", 403],
  ["Storage cap exceeded", "storage_cap_exceeded", 403],
  ["no tomes available", "service_unavailable", 503],
  ["Please enable R2 through the Cloudflare Dashboard", "NotEntitled", 403],
  ["Reduce your concurrent request rate for the same object", "TooManyRequests", 429],
  ["The specified bucket is not valid", "InvalidBucketName", 400],
  ["Server failed to authenticate the request. Make sure the value of Authorization", "AuthenticationFailed", 403],
  [
    "This request is not authorized to perform this operation using this permission",
    "AuthorizationPermissionMismatch",
    403,
  ],
  ["This request is not authorized to perform this operation", "AuthorizationFailure", 403],
  ["Public access is not permitted on this storage account", "PublicAccessNotPermitted", 409],
  ["Key based authentication is not permitted on this storage account", "KeyBasedAuthenticationNotPermitted", 403],
  ["The specified account is disabled", "AccountIsDisabled", 403],
  ["The specified container does not exist", "ContainerNotFound", 404],
  ["The specified blob does not exist", "BlobNotFound", 404],
  ["There is currently a lease on the", "LeaseIdMissing", 412],
  ["The specified container is being deleted", "ContainerBeingDeleted", 409],
  ["This operation is not permitted on an archived blob", "BlobArchived", 409],
  ["The billing account for the owning project is", "UserProjectAccountProblem", 403],
  ["The project to be billed", "UserProjectAccountProblem", 403],
  ["exceeded the rate limit for object mutation operations", "SlowDown", 429],
  ["Server not initialized", "XMinioServerNotInitialized", 503],
  ["Could not reach quorum of", "ServiceUnavailable", 503],
  ["You have no right to access this object", "AccessDenied", 403],
  ["The bucket you access does not belong to you", "AccessDenied", 403],
  ["You are denied by bucket referer policy", "AccessDenied", 403],
  ["Storage backend has reached its minimum free", "XMinioStorageFull", 507],
  ["Resource requested is unwritable", "SlowDownWrite", 503],
  ["Resource requested is unreadable", "SlowDownRead", 503],
  ["Reduce your request rate", "SlowDown", 503],
  // Credentials and signatures
  ["Access Key Id you provided does not exist in our records", "InvalidAccessKeyId", 403],
  ["The request signature we calculated does not match the signature you provided", "SignatureDoesNotMatch", 403],
  ["Signature validation failed", "SignatureDoesNotMatch", 403],
  ["The difference between the request time and the", "RequestTimeTooSkewed", 403],
  ["The provided token has expired", "ExpiredToken", 400],
  ["The provided token is malformed or otherwise invalid", "InvalidToken", 400],
  ["The security token included in the request is expired", "ExpiredToken", 400],
  ["The security token included in the request is invalid", "InvalidClientTokenId", 403],
  ["No AWSAccessKey was presented", "AccessDenied", 403],
  ["authentication requires a valid Date", "AccessDenied", 403],
  ["There were headers present in the request which were not signed", "AccessDenied", 403],
  ["Request has expired", "AccessDenied", 403],
  ["Request is not valid yet", "AccessDenied", 403],
  ["Invalid according to Policy", "AccessDenied", 403],
  ["X-Amz-Expires must be less than", "AuthorizationQueryParametersError", 400],
  ["X-Amz-Expires must be non-negative", "AuthorizationQueryParametersError", 400],
  ["X-Amz-Expires should be a number", "AuthorizationQueryParametersError", 400],
  ["Error parsing the X-Amz-Credential parameter", "AuthorizationQueryParametersError", 400],
  ["Query-string authentication version 4 requires the", "AuthorizationQueryParametersError", 400],
  ["Authorization header malformed, unexpected scope", "AuthorizationHeaderMalformed", 400],
  ["The authorization header is malformed", "AuthorizationHeaderMalformed", 400],
  ["The authorization header that you provided is not valid", "AuthorizationHeaderMalformed", 400],
  ["The authorization mechanism you have provided is not supported", "InvalidRequest", 400],
  ["Only one auth mechanism allowed", "InvalidArgument", 400],
  ["Region does not match", "InvalidRegion", 400],
  ["No OpenIDConnect provider found in your account", "InvalidIdentityToken", 400],
  ["Incorrect token audience", "InvalidIdentityToken", 400],
  ["Couldn't retrieve verification key from your identity provider", "InvalidIdentityToken", 400],
  // Buckets, keys and regions
  ["The specified bucket does not exist", "NoSuchBucket", 404],
  ["The specified key does not exist", "NoSuchKey", 404],
  ["Requested bucket does not exist", "NoSuchBucket", 404],
  ["Requested object does not exist", "NoSuchKey", 404],
  ["Object does not exist", "NoSuchKey", 404],
  ["Bucket does not exist", "NoSuchBucket", 404],
  ["The specified bucket is not valid", "InvalidBucketName", 400],
  ["The bucket you are attempting to access must be addressed using the specified endpoint", "PermanentRedirect", 301],
  [
    "Received redirect without LOCATION, this normally indicates an incorrectly configured region",
    "PermanentRedirect",
    301,
  ],
  ["301 response missing Location header", "PermanentRedirect", 301],
  ["The requested bucket name is not available", "BucketAlreadyExists", 409],
  ["Your previous request to create the named bucket succeeded and you already own it", "BucketAlreadyOwnedByYou", 409],
  ["The bucket you tried to delete is not empty", "BucketNotEmpty", 409],
  ["The specified method is not allowed against this resource", "MethodNotAllowed", 405],
  ["Your key is too long", "KeyTooLongError", 400],
  ["Object name contains unsupported characters", "XMinioInvalidObjectName", 400],
  ["Object-prefix is already an object", "XMinioParentIsObject", 400],
  ["Object name already exists as a directory", "XMinioObjectExistsAsDirectory", 409],
  ["S3 API Requests must be made to API port", "InvalidArgument", 400],
  ["Cannot respond to plain-text request from TLS-encrypted server", "XMinioInsecureClientRequest", 400],
  // Uploads and bodies
  ["The specified upload does not exist", "NoSuchUpload", 404],
  ["The specified multipart upload does not exist", "NoSuchUpload", 404],
  ["One or more of the specified parts could not be found", "InvalidPart", 400],
  ["The list of parts was not in ascending order", "InvalidPartOrder", 400],
  ["Your proposed upload exceeds the maximum allowed", "EntityTooLarge", 400],
  ["Your proposed upload is smaller than the minimum allowed", "EntityTooSmall", 400],
  ["The Content-MD5 you specified did not match what we received", "BadDigest", 400],
  ["The Content-MD5 you specified was invalid", "InvalidDigest", 400],
  ["The Content-MD5 you specified is not valid", "InvalidDigest", 400],
  ["did not match the calculated checksum", "BadDigest", 400],
  ["The provided 'x-amz-content-sha256' header does not match what was computed", "XAmzContentSHA256Mismatch", 400],
  ["Your socket connection to the server was not read from or written to within the timeout", "RequestTimeout", 400],
  ["You must provide the Content-Length HTTP header", "MissingContentLength", 411],
  ["You did not provide the number of bytes specified by the Content-Length HTTP header", "IncompleteBody", 400],
  ["Your metadata headers exceed the maximum allowed metadata size", "MetadataTooLarge", 400],
  ["The XML you provided was not well-formed", "MalformedXML", 400],
  ["You must specify at least one part", "MalformedXML", 400],
  ["The body of your POST request is not well-formed multipart/form-data", "MalformedPOSTRequest", 400],
  ["POST requires exactly one file upload per request", "IncorrectNumberOfFilesInPostRequest", 400],
  ["STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER not implemented", "NotImplemented", 501],
  ["STREAMING-AWS4-HMAC-SHA256-PAYLOAD not implemented", "NotImplemented", 501],
  ["STREAMING-UNSIGNED-PAYLOAD-TRAILER not implemented", "NotImplemented", 501],
  ["A header you provided implies functionality that is not implemented", "NotImplemented", 501],
  // The state of objects and buckets
  ["At least one of the pre-conditions you specified did not hold", "PreconditionFailed", 412],
  ["The requested range is not satisfiable", "InvalidRange", 416],
  ["The operation is not valid for the object's storage class", "InvalidObjectState", 403],
  ["The operation is not valid for the current state of the object", "InvalidObjectState", 403],
  ["Restore is not allowed, as object's storage class", "InvalidObjectState", 403],
  ["Restore is not allowed, because the object's storage class", "InvalidObjectState", 403],
  ["Object is WORM protected and cannot be overwritten", "InvalidRequest", 400],
  ["is WORM protected and cannot be overwritten", "ObjectLocked", 400],
  ["Access Denied because object protected by object lock", "AccessDenied", 403],
  ["Bucket is missing ObjectLockConfiguration", "InvalidRequest", 400],
  ["Object Lock configuration cannot be enabled on existing buckets", "InvalidBucketState", 409],
  ["The bucket does not allow ACLs", "AccessControlListNotSupported", 400],
  ["The TagSet does not exist", "NoSuchTagSet", 404],
  ["The CORS configuration does not exist", "NoSuchCORSConfiguration", 404],
  ["The lifecycle configuration does not exist", "NoSuchLifecycleConfiguration", 404],
  ["The bucket policy does not exist", "NoSuchBucketPolicy", 404],
  ["The server side encryption configuration was not found", "ServerSideEncryptionConfigurationNotFoundError", 404],
  ["Policy has invalid resource", "MalformedPolicy", 400],
  ["All access to this bucket has been disabled", "AllAccessDisabled", 403],
  ["The provided encryption parameters did not match the ones used originally", "InvalidArgument", 400],
  ["Server side encryption specified but KMS", "NotImplemented", 501],
  // The server
  ["Storage backend has reached its minimum free", "XMinioStorageFull", 507],
  ["Bucket quota exceeded", "XMinioAdminBucketQuotaExceeded", 400],
  ["Server not initialized", "XMinioServerNotInitialized", 503],
  ["Object storage backend is unreachable", "XMinioBackendDown", 503],
  ["Storage resources are insufficient for the", "XMinioStorageFull", 507],
  ["please reduce your request rate", "SlowDown", 503],
  ["Resource requested is unreadable", "SlowDownRead", 503],
  ["Resource requested is unwritable", "SlowDownWrite", 503],
  ["We encountered an internal error", "InternalError", 500],
  // Requests
  ["The conditional request cannot succeed due to a conflicting operation", "ConditionalRequestConflict", 409],
  ["A conflicting conditional operation is currently in progress", "OperationAborted", 409],
  ["A header or query you provided implies functionality that is not implemented", "NotImplemented", 501],
  ["The requested range cannot be satisfied", "InvalidRange", 416],
  ["GLACIER is not allowed", "InvalidStorageClass", 400],
  ["DEEP_ARCHIVE is not allowed", "InvalidStorageClass", 400],
  ["The storage class you specified is not valid", "InvalidStorageClass", 400],
  ["The operation is not valid for the object's access tier", "InvalidObjectState", 403],
  ["The unspecified location constraint is incompatible", "IllegalLocationConstraintException", 400],
  ["location constraint is incompatible for the region specific endpoint", "IllegalLocationConstraintException", 400],
  ["The specified location-constraint is not valid", "InvalidLocationConstraint", 400],
  ["The specified location constraint is not valid", "InvalidLocationConstraint", 400],
  ["The Content-SHA256 you specified did not match what we received", "XAmzContentSHA256Mismatch", 400],
  ["Your request was too big", "MaxMessageLengthExceeded", 400],
  ["Your POST request fields preceeding the upload file", "MaxPostPreDataLengthExceeded", 400],
  ["Bucket POST must be of the enclosure-type", "PreconditionFailed", 412],
  ["Bucket POST must contain a field named", "InvalidArgument", 400],
  ["CORSResponse: ", "AccessForbidden", 403],
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
  // Permissions; the last messages are part of many others.
  ["Anonymous access is forbidden for this operation", "AccessDenied", 403],
  ["Anonymous caller does not have", "AccessDenied", 401],
  ["does not have storage.", "AccessDenied", 403],
  ["is not authorized to perform", "AccessDenied", 403],
  ["Not authorized to perform", "AccessDenied", 403],
  ["Either the bucket named", "BucketNotFound", 404],
  ["The bucket you access does not belong to you", "AccessDenied", 403],
  ["All access to this object has been disabled", "AllAccessDisabled", 403],
  ["Missing Key-Pair-Id query parameter or cookie value", "MissingKey", 403],
  ["Access Denied", "AccessDenied", 403],
]

/** An S3 message that was found in text. */
export interface Sentence {
  readonly code: string
  readonly status: number
  /** The message up to the end of its line, limited to 500 characters. */
  readonly message: string
}

const lower = sentences.map(([sentence, code, status]) => ({ sentence: sentence.toLowerCase(), code, status }))

/**
 * Matches the message up to a character that is not part of the message, such as a bracket or a quote. Quotes around a
 * resource name are part of the message.
 */
const upToOthers =
  /^(?:Invalid according to Policy: Policy Condition failed: \[[^\]\n]{1,400}\]|(?:[^()[\]{}<>"]|"arn:[^"\n]{1,300}"){1,500})/

/** Returns the first message in the table that occurs in the text. */
export const sentenceIn = (text: string): Sentence | undefined => {
  const small = text.toLowerCase()
  for (const { code, sentence, status } of lower) {
    const at = small.indexOf(sentence)
    if (at === -1) continue
    const end = text.indexOf("\n", at)
    const line = text.slice(at, Math.min(end === -1 ? text.length : end, at + 500))
    const plain = line.replaceAll('\\"', '"')
    return { code, status, message: (upToOthers.exec(plain)?.[0] ?? plain).trim() }
  }
  return undefined
}
