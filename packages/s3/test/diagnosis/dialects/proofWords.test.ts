import { assert, describe, it } from "@effect/vitest"
import * as Diagnosis from "@holdfast/s3/Diagnosis"

const alone = (status: number, code: string, message: string) =>
  Diagnosis.explain({
    response: {
      status,
      headers: { "content-type": "application/xml", "x-amz-request-id": "18031TESTEXAMPLE" },
      body: `<Error><Code>${code}</Code><Message>${message.replaceAll("<", "&lt;")}</Message></Error>`,
    },
  })

/** Messages from the servers' published tables: status, code, message, cause. */
const table = [
  // MinIO, cmd/api-errors.go
  [400, "InvalidRequest", "Missing Credential field for this request.", "AUTH-012"],
  [400, "InvalidRegion", "Region does not match.", "PLACE-001"],
  [400, "AccessDenied", "Signature header missing Signature field.", "AUTH-012"],
  [400, "InvalidArgument", "Signature header missing SignedHeaders field.", "AUTH-012"],
  [400, "InvalidArgument", "Authorization header is invalid -- one and only one ' ' (space) required.", "AUTH-012"],
  [400, "AuthorizationQueryParametersError", 'X-Amz-Algorithm only supports "AWS4-HMAC-SHA256"', "URL-008"],
  [403, "InvalidAccessKeyId", "Your account is disabled; please contact your administrator.", "AUTH-018"],
  [403, "AccessDenied", "No AWSAccessKey was presented.", "AUTH-014"],
  // SeaweedFS, weed/s3api/s3err/s3api_errors.go
  [400, "InvalidRequest", "Signed request requires setting up SeaweedFS S3 authentication", "AUTH-007"],
  [400, "AccessDenied", "Service scope should be of value 's3'.", "URL-007"],
  [400, "AccessDenied", "Request scope should be of value 'aws4_request'.", "URL-007"],
  // Garage, src/api/common/signature
  [403, "AccessDenied", "Forbidden: Garage does not support anonymous access yet", "AUTH-014"],
  [400, "InvalidRequest", "Bad request: Missing X-Amz-Date field", "AUTH-013"],
  [400, "InvalidRequest", "Bad request: X-Amz-Expires not found in query parameters", "URL-006"],
  // Amazon
  [400, "InvalidArgument", "AWS authorization header is invalid.  Expected AwsAccessKeyId:signature", "AUTH-012"],
  [400, "AuthorizationHeaderMalformed", "The authorization header is malformed; missing Credential.", "AUTH-012"],
  [403, "AccessDenied", "Anonymous access is forbidden for this operation", "AUTH-014"],
  [403, "AccessDenied", "Anonymous users cannot initiate multipart uploads.  Please authenticate.", "AUTH-014"],
  [
    403,
    "InvalidSignatureException",
    "Signature not yet current: 20261101T103010Z is still later than 20261101T102000Z (20261101T101500Z + 5 min.)",
    "CLOCK-002",
  ],
  [403, "UnrecognizedClientException", "The security token included in the request is invalid.", "AUTH-005"],
  [403, "AccountExpired", "Account has expired", "PERM-010"],
  // Alibaba, Huawei, Baidu, Backblaze, Ozone
  [403, "InvalidAccessKeyId", "The OSS Access Key Id you provided is disabled.", "AUTH-018"],
  [403, "AccessDenied", "The security token you provided has expired.", "AUTH-004"],
  [403, "InvalidSecurityToken", "The security token you provided is invalid.", "AUTH-005"],
  [400, "InvalidArgument", 'Invalid signing region in Authorization header. Expected "cn-hangzhou"', "PLACE-001"],
  [403, "Unauthorized", "This account has not been verified in real name", "PERM-010"],
  [400, "InvalidHTTPAuthHeader", "The HTTP authorization header is invalid.", "AUTH-012"],
  [403, "InvalidAccessKeyId", "The key '000aTESTEXAMPLE' is not valid", "AUTH-007"],
  [403, "SignatureDoesNotMatch", "Authorization header or Query param is malformed", "AUTH-012"],
  [403, "InvalidAccessKeyId", "S3 authentication with revoked secret", "AUTH-018"],
  [
    400,
    "IncompleteSignature",
    "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got 'a/b/c/d/e/f'",
    "AUTH-012",
  ],
  // Supabase and Google
  [400, "InvalidRequest", "Session token should be a valid JWT token", "AUTH-005"],
  [403, "SignatureDoesNotMatch", "The request signature was not base64 encoded", "SIGN-029"],
] as const

describe("a server's message about the authentication", () => {
  it.each(table)("explains the cause from only the response: %i %s %s", (status, code, message, cause) => {
    const explanation = alone(status, code, message)
    assert.strictEqual(explanation.code, `HF-S3-${cause}`)
    assert.notStrictEqual(explanation.confidence, "certain")
  })

  it("determines the cause from the code and the status if the message is empty", () => {
    assert.strictEqual(alone(403, "InvalidAccessKeyId", "").code, "HF-S3-AUTH-007")
    assert.strictEqual(alone(403, "InvalidRegion", "").code, "HF-S3-PERM-010")
    assert.strictEqual(alone(400, "InvalidRegion", "").code, "HF-S3-PLACE-001")
  })

  it("quotes the server's message if no table contains the code", () => {
    const explanation = alone(400, "RegionDisabledException", "STS is not activated in this region.")
    assert.strictEqual(explanation.code, "HF-S3-SVC-032")
    assert.include(explanation.detail, "STS is not activated")
  })
})

describe("a secret in place of a key id", () => {
  it("redacts a secret that a server quotes in place of a key id, however many slashes the secret contains", () => {
    for (const credential of [
      "AKIAIOSFODNN7EXAMPLE/wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
      "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    ]) {
      const explanation = alone(
        400,
        "IncompleteSignature",
        `Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '${credential}/20261110/us-east-1/iam/aws4_request'`,
      )
      const shown = JSON.stringify(explanation)
      for (const part of ["wJalrX", "K7MDENG", "bPxRfi", "IOSFODNN7"]) assert.notInclude(shown, part)
      assert.include(shown, "/20261110/us-east-1/iam/aws4_request")
    }
  })
})
