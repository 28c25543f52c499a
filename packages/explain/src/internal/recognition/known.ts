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
