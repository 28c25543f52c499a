/**
 * The responses of S3 to failed checks (AWS's error responses, and recorded responses).
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
 */
import type { Refusal } from "./wire.ts"

const refusal = (
  step: string,
  status: number,
  code: string,
  message: string,
  fields?: Readonly<Record<string, string>>,
): Refusal => ({ step, status, code, message, ...(fields === undefined ? {} : { fields }) })

export const make = refusal

export const denied = refusal("denied", 403, "AccessDenied", "Access Denied")

/** The response to an unauthenticated request. */
export const anonymous = refusal("anonymous", 403, "AccessDenied", "Access Denied")

export const twoProofs = refusal(
  "twoProofs",
  400,
  "InvalidArgument",
  "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string parameter or the Authorization header should be specified",
  { ArgumentName: "Authorization", ArgumentValue: "Bearer 0123456789" },
)

/** An error in the parameters of a URL. */
export const parameters = (message: string, fields?: Readonly<Record<string, string>>): Refusal =>
  refusal("urlParameters", 400, "AuthorizationQueryParametersError", message, fields)

export const incomplete = parameters(
  "Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.",
)

export const incomplete2 = refusal(
  "urlParameters",
  403,
  "AccessDenied",
  "Query-string authentication requires the Signature, Expires and AWSAccessKeyId parameters",
)

/** An error in the Authorization header. */
export const headerMalformed = (message: string): Refusal =>
  refusal("headerMalformed", 400, "AuthorizationHeaderMalformed", `The authorization header is malformed; ${message}`)

export const wrongRegion = (code: string, before: string, region: string, expected: string): Refusal =>
  refusal("region", 400, code, `${before}the region '${region}' is wrong; expecting '${expected}'`, {
    Region: expected,
  })

export const unknownKey = (id: string): Refusal =>
  refusal(
    "unknownKey",
    403,
    "InvalidAccessKeyId",
    "The AWS Access Key Id you provided does not exist in our records.",
    {
      AWSAccessKeyId: id,
    },
  )

export const badToken = (token: string): Refusal =>
  refusal("badToken", 400, "InvalidToken", "The provided token is malformed or otherwise invalid.", {
    "Token-0": token,
  })

export const sessionEnded = (token: string): Refusal =>
  refusal("sessionEnded", 400, "ExpiredToken", "The provided token has expired.", { "Token-0": token })

export const expired = (fields: Readonly<Record<string, string>>): Refusal =>
  refusal("expired", 403, "AccessDenied", "Request has expired", fields)

export const notYet = refusal("notYet", 403, "AccessDenied", "Request is not yet valid")

export const skewed = (requestTime: string, serverTime: string): Refusal =>
  refusal(
    "skewed",
    403,
    "RequestTimeTooSkewed",
    "The difference between the request time and the current time is too large.",
    { RequestTime: requestTime, ServerTime: serverTime, MaxAllowedSkewMilliseconds: "900000" },
  )

export const unsigned = (names: string): Refusal =>
  refusal("unsigned", 403, "AccessDenied", "There were headers present in the request which were not signed", {
    HeadersNotSigned: names,
  })

export const badSignature = (fields: Readonly<Record<string, string>>): Refusal =>
  refusal(
    "badSignature",
    403,
    "SignatureDoesNotMatch",
    "The request signature we calculated does not match the signature you provided. Check your key and signing method.",
    fields,
  )

export const noBucket = (name: string): Refusal =>
  refusal("noBucket", 404, "NoSuchBucket", "The specified bucket does not exist", { BucketName: name })

export const noObject = (key: string): Refusal =>
  refusal("noObject", 404, "NoSuchKey", "The specified key does not exist.", { Key: key })

export const version4Only = refusal(
  "version4Only",
  400,
  "InvalidRequest",
  "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.",
)

export const fieldMissing = (name: string): Refusal =>
  refusal(
    "fieldMissing",
    400,
    "InvalidArgument",
    `Bucket POST must contain a field named '${name}'.  If it is specified, please check the order of the fields.`,
    { ArgumentName: name, ArgumentValue: "" },
  )

export const invalidByPolicy = (step: string, words: string): Refusal =>
  refusal(step, 403, "AccessDenied", `Invalid according to Policy: ${words}`)

export const notMultipart = refusal(
  "notMultipart",
  412,
  "PreconditionFailed",
  "At least one of the pre-conditions you specified did not hold",
  { Condition: "Bucket POST must be of the enclosure-type multipart/form-data" },
)

export const noBoundary = refusal(
  "noBoundary",
  400,
  "MalformedPOSTRequest",
  "The body of your POST request is not well-formed multipart/form-data.",
)

export const noLength = refusal(
  "noLength",
  501,
  "NotImplemented",
  "A header you provided implies functionality that is not implemented",
  { Header: "Transfer-Encoding" },
)
