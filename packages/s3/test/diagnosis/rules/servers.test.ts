import { assert, describe, it } from "@effect/vitest"
import type { Exchange, Request, Response } from "@holdfast/diagnosis/Exchange"
import {
  answered,
  authorization,
  codes,
  first,
  longLived,
  mute,
  own,
  put,
  refused,
  token,
  url,
  url2,
} from "../../support/requests.ts"

const at = "http://storage.example.com:9000/talks/talk.mov"
const asked = (change: Parameters<typeof url>[0] = {}, headers: Readonly<Record<string, string>> = {}) =>
  put({ url: url(change, at), headers })
const signedBy = (key: string, region = "us-east-1") => ({
  "X-Amz-Credential": `${key}/20261121/${region}/s3/aws4_request`,
})
const old = asked({ "X-Amz-Date": "20261121T152358Z" })
const acl = asked({ "X-Amz-SignedHeaders": "host;x-amz-acl" }, { "x-amz-acl": "public-read" })
const emptyChecksum = asked({ "x-amz-checksum-crc32": "AAAAAA==" })
const completion = own({
  method: "POST",
  url: `${at}?uploadId=EXAMPLE`,
  body: "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>a</ETag></Part></CompleteMultipartUpload>",
})
const google = put({ url: url({}, "https://storage.googleapis.com/talks/talk.mov"), headers: {} })

/** The response of a server to a request, and the cause that must come first. */
type Case = readonly [server: string, expected: string, request: Request, response: Response, more?: Partial<Exchange>]

/** Messages of S3-compatible servers from their sources, public threads or real responses. */
const cases: ReadonlyArray<Case> = [
  ["MinIO", "HF-S3-URL-001 certain", old, refused(403, "AccessDenied", "Request has expired")],
  [
    "MinIO",
    "HF-S3-AUTH-007 likely",
    asked(signedBy("nosuchkey")),
    refused(403, "InvalidAccessKeyId", "The Access Key Id you provided does not exist in our records."),
  ],
  [
    "MinIO",
    "HF-S3-AUTH-001 likely",
    asked(signedBy("Q3AM3UQ867SPQQA43P2F")),
    refused(403, "InvalidTokenId", "The security token included in the request is invalid"),
  ],
  [
    "MinIO",
    "HF-S3-AUTH-005 likely",
    asked({ ...signedBy("Q3AM3UQ867SPQQA43P2F"), "X-Amz-Security-Token": token }),
    refused(403, "InvalidTokenId", "The security token included in the request is invalid"),
  ],
  [
    "MinIO",
    "HF-S3-PLACE-001 certain",
    asked(signedBy("minioadmin", "eu-west-1")),
    refused(
      400,
      "AuthorizationQueryParametersError",
      "Error parsing the X-Amz-Credential parameter; the region is wrong; expecting 'us-east-1'.",
    ),
  ],
  [
    "MinIO",
    "HF-S3-BODY-001 certain",
    asked({}, { "transfer-encoding": "chunked" }),
    refused(411, "MissingContentLength"),
  ],
  [
    "MinIO",
    "HF-S3-MPU-001 certain",
    completion,
    refused(400, "EntityTooSmall", "Your proposed upload is smaller than the minimum allowed object size."),
  ],
  [
    "MinIO",
    "HF-S3-AUTH-014 likely",
    put({ url: at, headers: {} }),
    refused(403, "AccessDenied", "Access Denied.", { BucketName: "talks", Resource: "/talks/talk.mov" }),
  ],
  [
    "MinIO",
    "HF-S3-PERM-007 likely",
    asked(),
    refused(403, "AccessDenied", "Access Denied.", { BucketName: "talks", Resource: "/talks/talk.mov" }),
  ],
  [
    "MinIO",
    "HF-S3-AUTH-011 certain",
    own({ url: at }, { Authorization: "Bearer EXAMPLE" }),
    refused(
      400,
      "InvalidRequest",
      "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.",
    ),
  ],
  [
    "MinIO",
    "HF-S3-SIGN-001 certain",
    asked({}, { "x-amz-acl": "private" }),
    refused(403, "AccessDenied", "There were headers present in the request which were not signed"),
  ],
  [
    "MinIO",
    "HF-S3-BODY-010 certain",
    emptyChecksum,
    refused(
      400,
      "XAmzContentChecksumMismatch",
      "The provided 'x-amz-checksum' header does not match what was computed.",
    ),
  ],
  [
    "Garage",
    "HF-S3-AUTH-007 likely",
    asked(),
    refused(403, "AccessDenied", "Forbidden: No such key: GK0000000000000000EXAMPLE", { Region: "garage" }),
  ],
  [
    "Garage",
    "HF-S3-SIGN-019 likely",
    asked(signedBy(longLived, "garage")),
    refused(403, "AccessDenied", "Forbidden: Invalid signature", { Region: "garage" }),
  ],
  [
    "Garage",
    "HF-S3-PLACE-001 certain",
    asked(),
    refused(
      400,
      "AuthorizationHeaderMalformed",
      "Authorization header malformed, unexpected scope: 20261121/eu-west-1/s3/aws4_request",
      { Region: "garage" },
    ),
  ],
  [
    "Garage",
    "HF-S3-PERM-001 likely",
    asked(signedBy(longLived, "garage")),
    refused(403, "AccessDenied", "Forbidden: Operation is not allowed for this key.", { Region: "garage" }),
  ],
  [
    "Garage",
    "HF-S3-URL-001 certain",
    old,
    refused(400, "InvalidRequest", "Bad request: Date is too old", { Region: "garage" }),
  ],
  [
    "GCS",
    "HF-S3-URL-001 certain",
    old,
    refused(400, "ExpiredToken", "Invalid argument.", {
      Details: "The provided token has expired. Request signature expired at: 2026-11-21T15:38:58+00:00",
    }),
  ],
  [
    "GCS",
    "HF-S3-AUTH-014 certain",
    put({ url: "https://storage.googleapis.com/talks/talk.mov", headers: {} }),
    refused(401, "AuthenticationRequired", "Authentication required.", {
      Details: "Anonymous caller does not have storage.objects.create access.",
    }),
  ],
  [
    "GCS",
    "HF-S3-PERM-001 likely",
    google,
    refused(403, "AccessDenied", "Access denied.", {
      Details: "app@project.example.com does not have storage.objects.create access to the object.",
    }),
  ],
  ["GCS", "HF-S3-SIGN-019 likely", google, refused(403, "SignatureDoesNotMatch", "Access denied.")],
  [
    "GCS",
    "HF-S3-SIGN-002 certain",
    {
      ...google,
      url: url({ "X-Amz-SignedHeaders": "content-type;host" }, "https://storage.googleapis.com/talks/talk.mov"),
    },
    refused(400, "MalformedSecurityHeader", "Your request has a malformed header.", { ParameterName: "content-type" }),
  ],
  ["R2", "HF-S3-URL-001 certain", old, refused(403, "ExpiredRequest", "Request has expired")],
  ["R2", "HF-S3-AUTH-007 likely", asked(), refused(401, "Unauthorized", "Unauthorized")],
  [
    "R2",
    "HF-S3-AUTH-009 likely",
    asked(),
    refused(400, "InvalidArgument", "Credential access key has length 20, should be 32"),
  ],
  [
    "R2",
    "HF-S3-BODY-007 likely",
    acl,
    refused(501, "NotImplemented", "Header 'x-amz-acl' with value 'public-read' not implemented"),
  ],
  [
    "R2",
    "HF-S3-PLACE-001 likely",
    asked(),
    refused(400, "InvalidRegionName", "The region name 'eu-west-1' is not valid. Must be one of: wnam, enam, auto"),
  ],
  [
    "R2",
    "HF-S3-BODY-010 certain",
    emptyChecksum,
    refused(400, "BadDigest", "The CRC32 checksum you specified did not match what we received."),
  ],
  ["B2", "HF-S3-SVC-003 certain", asked(), refused(503, "ServiceUnavailable", "no tomes available")],
  ["B2", "HF-S3-PERM-001 likely", asked(), refused(403, "AccessDenied", "not entitled")],
  [
    "OSS",
    "HF-S3-AUTH-001 certain",
    put({ url: `${at}?OSSAccessKeyId=STS.EXAMPLEKEY&Expires=1795282738&Signature=EXAMPLE`, headers: {} }),
    refused(403, "InvalidAccessKeyId", "The OSS Access Key Id you provided does not exist in our records."),
  ],
  [
    "OSS",
    "HF-S3-AUTH-004 certain",
    put({
      url: `${at}?OSSAccessKeyId=STS.EXAMPLEKEY&Expires=1795282738&Signature=EXAMPLE&security-token=EXAMPLE`,
      headers: {},
    }),
    refused(403, "SecurityTokenExpired", "The security token you provided has expired."),
  ],
  [
    "swift",
    "HF-S3-SIGN-019 likely",
    asked(),
    refused(
      403,
      "SignatureDoesNotMatch",
      "The request signature we calculated does not match the signature you provided. Check your key and signing method.",
    ),
  ],
  [
    "swift",
    "HF-S3-PLACE-001 certain",
    asked(),
    refused(400, "AuthorizationQueryParametersError", "…; the region 'eu-west-1' is wrong; expecting 'us-east-1'", {
      Region: "us-east-1",
    }),
  ],
  [
    "swift",
    "HF-S3-CLOCK-001 likely",
    own({ url: at }, { "x-amz-date": "20261121T152358Z", Authorization: authorization() }),
    refused(403, "RequestTimeTooSkewed"),
    { at: answered },
  ],
  [
    "swift",
    "HF-S3-MPU-002 certain",
    asked({ partNumber: "1001", uploadId: "EXAMPLE" }),
    refused(400, "InvalidArgument", "Part number must be an integer between 1 and 1000, inclusive", {
      ArgumentName: "partNumber",
      ArgumentValue: "1001",
    }),
  ],
  [
    "Ceph",
    "HF-S3-AUTH-004 likely",
    asked({ ...signedBy("mgBI53lJ29O3we8asQU"), "X-Amz-Security-Token": token }),
    refused(403, "InvalidAccessKeyId"),
  ],
  ["Ceph", "HF-S3-PERM-002 likely", acl, refused(403, "AccessDenied", "", { BucketName: "talks" })],
  [
    "Ceph",
    "HF-S3-BODY-003 certain",
    put({ url: url({}, at), headers: { "content-length": "1000" }, size: 4 }),
    refused(404, "NoSuchKey", "", { BucketName: "talks" }),
  ],
  ["Ceph", "HF-S3-BODY-004 likely", asked(), refused(408, "RequestTimeout")],
  ["Ceph", "HF-S3-SVC-007 certain", asked(), refused(403, "QuotaExceeded")],
  [
    "AWS",
    "HF-S3-SIGN-013 likely",
    put({ url: url2({}, at), headers: { "content-type": "video/mp4" } }),
    refused(403, "SignatureDoesNotMatch", "…", { StringToSign: "PUT\n\nvideo/mp4\n1795282738\n/talks/talk.mov" }),
  ],
  [
    "AWS",
    "HF-S3-SIGN-011 possible",
    put({ method: "HEAD" }),
    { status: 403, headers: { "x-amz-request-id": "A" }, body: "" },
  ],
]

describe("messages of other servers", () => {
  cases.forEach(([server, expected, request, response, more = {}], n) => {
    it(`explains response ${n} from ${server} as ${expected}`, () => {
      assert.strictEqual(first(request, response, more), expected)
    })
  })

  it("is not certain of a cause without the request if the request may have another fault", () => {
    for (const answer of [
      refused(403, "AccessDenied", "Access Denied"),
      refused(403, "SignatureDoesNotMatch"),
      refused(403, "InvalidAccessKeyId"),
      refused(400, "InvalidArgument"),
      refused(400, "InvalidRequest"),
      mute,
    ]) {
      assert.notMatch(first(undefined, answer), /certain/, answer.body)
    }
  })

  it("reports several possible causes and the missing evidence for a message without a reason", () => {
    const all = codes(asked(), mute)
    assert.includeMembers(all, ["HF-S3-SIGN-019", "HF-S3-PERM-007"])
  })
})

describe("a missing response", () => {
  it("attributes a missing response to a defect that the server must have rejected before it read the body", () => {
    assert.strictEqual(
      first(asked({}, { "x-amz-acl": "private" }), undefined, { failure: "EPIPE" }),
      "HF-S3-SIGN-001 certain",
    )
    assert.strictEqual(first(old, undefined, { failure: "ECONNRESET", at: answered }), "HF-S3-URL-001 certain")
  })
})
