import { assert, describe, it } from "@effect/vitest"
import { codes, denied, explain, first, own, refused } from "../../../support/requests.ts"

const bucket = "https://talks.s3.eu-west-1.amazonaws.com/"
const object = `${bucket}takes/talk.mov`

describe("a plain denial", () => {
  const cases: ReadonlyArray<readonly [method: string, url: string, action: string]> = [
    ["GET", object, "lacks s3:GetObject,"],
    ["GET", `${object}?versionId=1`, "lacks s3:GetObjectVersion,"],
    ["GET", "https://s3.eu-west-1.amazonaws.com/", "s3:ListAllMyBuckets"],
    ["GET", `${bucket}?list-type=2`, "s3:ListBucket"],
    ["GET", `${bucket}?versions`, "s3:ListBucketVersions"],
    ["GET", `${bucket}?cors`, "s3:GetBucketCORS"],
    ["DELETE", `${bucket}?lifecycle`, "s3:PutLifecycleConfiguration"],
    ["DELETE", object, "s3:DeleteObject"],
    ["DELETE", `${object}?versionId=1`, "s3:DeleteObjectVersion"],
    ["DELETE", bucket, "s3:DeleteBucket"],
    ["PUT", `${object}?tagging`, "s3:PutObjectTagging"],
    ["PUT", `${object}?acl`, "s3:PutObjectAcl"],
    ["POST", `${object}?restore`, "s3:RestoreObject"],
    ["POST", `${bucket}?delete`, "s3:DeleteObject"],
    ["GET", "http://talks.s3.eu-west-1.amazonaws.com/a", "aws:SecureTransport"],
    ["GET", "https://talks-123456789012.s3-accesspoint.eu-west-1.amazonaws.com/a", "ARN of the access point"],
  ]
  for (const [method, url, action] of cases) {
    it(`explains a plain denial of ${method} ${url} with these words: ${action}`, () => {
      assert.strictEqual(first(own({ method, url }), denied), "HF-S3-PERM-007 likely")
      assert.include(explain(own({ method, url }), denied).detail, action)
    })
  }

  it("names the source and the destination after a plain denial of a copy", () => {
    const copy = own({ method: "PUT", url: object }, { "x-amz-copy-source": "/takes/other.mov" })
    assert.include(explain(copy, denied).detail, "s3:GetObject on the source")
  })
})

describe("a request without a signature", () => {
  const bare = { method: "GET", url: object, headers: { Host: "talks.s3.eu-west-1.amazonaws.com" } }

  it("is certain that a request is unsigned if the server's message calls the user anonymous", () => {
    const message =
      'User: anonymous is not authorized to perform: s3:GetObject on resource: "arn:aws:s3:::talks/takes/talk.mov" because no resource-based policy allows the s3:GetObject action'
    assert.strictEqual(first(bare, refused(403, "AccessDenied", message)), "HF-S3-AUTH-014 certain")
  })

  it("explains that an unsigned request cannot read an object encrypted with KMS", () => {
    const answer = refused(
      400,
      "InvalidArgument",
      "Requests specifying Server Side Encryption with AWS KMS managed keys require AWS Signature Version 4.",
      { ArgumentName: "Authorization", ArgumentValue: "null" },
    )
    assert.strictEqual(first(bare, answer), "HF-S3-AUTH-014 certain")
    assert.include(explain(bare, answer).detail, "KMS key")
    assert.notInclude(codes(bare, answer), "HF-S3-SIGN-020")
    assert.strictEqual(first(undefined, answer), "HF-S3-SIGN-020 likely")
  })
})

describe("messages about a credential", () => {
  const cases: ReadonlyArray<readonly [message: string, words: string]> = [
    ["a non-empty Access Key (AKID) must be provided in the credential.", "key id is empty"],
    ["a non-empty region must be provided in the credential.", "region is empty"],
    [
      'Invalid credential date "20261119". This date is not the same as X-Amz-Date: "20261120".',
      "day differs from the day in X-Amz-Date",
    ],
    ['incorrect date format "2026-11-20". This date in the credential must be in the format "yyyyMMdd".', "yyyyMMdd"],
    ['incorrect service "execute-api". This endpoint belongs to "s3".', "a service other than s3"],
    ['incorrect terminal "aws4". This endpoint uses "aws4_request".', "aws4_request"],
    ['the Credential is mal-formed; expecting "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request".', "five parts"],
  ]
  for (const [message, words] of cases) {
    it(`explains an invalid credential with these words: ${words}`, () => {
      for (const [code, before] of [
        ["AuthorizationHeaderMalformed", "The authorization header is malformed; "],
        ["AuthorizationQueryParametersError", "Error parsing the X-Amz-Credential parameter; "],
      ] as const) {
        const answer = refused(400, code, before + message)
        assert.strictEqual(first(undefined, answer), "HF-S3-URL-007 likely")
        assert.include(explain(undefined, answer).detail, words)
      }
    })
  }
})

describe("an archived object", () => {
  it("explains that an archived object must be restored before it can be read", () => {
    const answer = refused(403, "InvalidObjectState", "", { StorageClass: "DEEP_ARCHIVE" })
    assert.strictEqual(first(own({ method: "GET", url: object }), answer), "HF-S3-SVC-021 certain")
    assert.include(explain(undefined, answer).detail, "archived (DEEP_ARCHIVE)")
  })
})
