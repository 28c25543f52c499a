import { assert, describe, it } from "@effect/vitest"
import {
  authorization,
  codes,
  explain,
  first,
  found,
  longLived,
  mismatch,
  own,
  put,
  refused,
  signature,
  url,
  url2,
} from "../../../support/requests.ts"

const scope = (region: string) => `${longLived}/20261121/${region}/s3/aws4_request`
const signedFor = (region: string, at?: string) =>
  put({ url: url({ "X-Amz-Credential": scope(region) }, at), headers: {} })
const global = "https://talks.s3.amazonaws.com/talk.mov"

describe("a request for another region", () => {
  const wrong = "the region 'us-east-1' is wrong; expecting 'eu-west-1'"

  it("uses the host alone to detect a request that belongs to another region", () => {
    for (const host of ["s3.eu-west-1", "talks.s3.eu-west-1", "s3-eu-west-1", "talks.s3.dualstack.eu-west-1"]) {
      const at = `https://${host}.amazonaws.com/talks/talk.mov`
      assert.deepStrictEqual(found(signedFor("eu-west-1", at)), [], host)
      assert.include(found(signedFor("us-east-1", at)), "WrongRegion", host)
    }
    for (const host of [
      "s3.amazonaws.com",
      "talks.s3-accelerate.amazonaws.com",
      "minio.example.com",
      "127.0.0.1:9000",
    ]) {
      assert.deepStrictEqual(found(signedFor("us-east-1", `https://${host}/talks/talk.mov`)), [], host)
    }
  })

  it("lists the regions that the server accepts", () => {
    const answer = refused(
      400,
      "InvalidRegionName",
      "The region name 'eu-west-1' is not valid. Must be one of: wnam, enam, weur, eeur, apac, oc, auto",
    )
    const { code, detail } = explain(
      signedFor("eu-west-1", "https://acc.r2.cloudflarestorage.com/talks/talk.mov"),
      answer,
    )
    assert.strictEqual(code, "HF-S3-PLACE-001")
    assert.match(detail, /the server accepts auto/)
  })

  it("is certain that the region is wrong if the response says so, whatever its wording", () => {
    for (const answer of [
      refused(400, "AuthorizationQueryParametersError", `Error parsing the X-Amz-Credential parameter; ${wrong}`, {
        Region: "eu-west-1",
      }),
      refused(400, "AuthorizationHeaderMalformed", `The authorization header is malformed; ${wrong}`, {
        Region: "eu-west-1",
      }),
      refused(
        400,
        "AuthorizationHeaderMalformed",
        "The authorization header is malformed; the region is wrong; expecting 'eu-west-1'.",
      ),
      refused(
        400,
        "AuthorizationHeaderMalformed",
        "Authorization header malformed, unexpected scope: 20261121/us-east-1/s3/aws4_request, expected: 20261121/eu-west-1/s3/aws4_request",
      ),
      refused(400, "InvalidArgument", wrong, { Region: "eu-west-1" }),
    ]) {
      for (const request of [
        signedFor("us-east-1", global),
        own({ url: global }, { Authorization: authorization(scope("us-east-1")) }),
      ]) {
        assert.strictEqual(first(request, answer), "HF-S3-PLACE-001 certain")
        assert.include(explain(request, answer).detail, "eu-west-1")
      }
      assert.match(first(undefined, answer), /^HF-S3-PLACE-001/)
    }
    const r2 = refused(
      400,
      "InvalidRegionName",
      "The region name 'eu-west-1' is not valid. Must be one of: wnam, enam, weur, eeur, apac, auto",
    )
    assert.match(first(signedFor("eu-west-1", "https://account.example.com/talks/talk.mov"), r2), /^HF-S3-PLACE-001/)
  })

  it("considers a wrong region likely if an error names the bucket's region incidentally", () => {
    const answer = refused(403, "AccessDenied", "Access Denied", {}, { "x-amz-bucket-region": "eu-west-1" })
    assert.strictEqual(first(signedFor("us-east-1", global), answer), "HF-S3-PLACE-001 likely")
    assert.notInclude(codes(signedFor("eu-west-1", global), answer), "HF-S3-PLACE-001")
  })

  it("does not report a wrong region for a mismatch if the region is correct", () => {
    assert.notInclude(codes(put(), mismatch), "HF-S3-PLACE-001")
  })
})

describe("a signature of version 2", () => {
  const sorry = "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256."

  it("rejects a version 2 signature for KMS and for regions that opened after 2014, but not for other regions", () => {
    for (const region of ["eu-central-1", "us-east-2", "ap-south-1"]) {
      const request = put({ url: url2({}, `https://talks.s3.${region}.amazonaws.com/talk.mov`) })
      assert.include(found(request), "OldSignature", region)
      assert.strictEqual(first(request, refused(400, "InvalidRequest", sorry)), "HF-S3-SIGN-020 certain")
    }
    for (const region of ["us-east-1", "eu-west-1", "us-west-2"]) {
      assert.deepStrictEqual(
        found(put({ url: url2({}, `https://talks.s3.${region}.amazonaws.com/talk.mov`) })),
        [],
        region,
      )
    }
    assert.include(found(put({ url: url2(), headers: { "x-amz-server-side-encryption": "aws:kms" } })), "OldSignature")
    assert.deepStrictEqual(found(put({ url: url2({}, "http://127.0.0.1:9000/talks/talk.mov") })), [])
  })

  it("rejects a version 2 signature for a storage server that accepts only version 4", () => {
    for (const host of ["s3.us-west-002.backblazeb2.com", `${"0123456789abcdef".repeat(2)}.r2.cloudflarestorage.com`]) {
      const request = put({ url: url2({}, `https://${host}/talks/talk.mov`), headers: {} })
      assert.include(found(request), "OldSignature", host)
      const { code, detail } = explain(request, refused(403, "SignatureDoesNotMatch", "Signature does not match."))
      assert.strictEqual(code, "HF-S3-SIGN-020", host)
      assert.match(detail, /accepts only version 4/)
    }
  })

  it("reports the signature version as the certain cause if the server requires version 4 and the request uses version 2, and as the likely cause if only the message is available", () => {
    const request = put({ url: url2({}, "http://storage.example.com/talks/talk.mov") })
    for (const answer of [
      refused(400, "InvalidRequest", sorry),
      refused(
        400,
        "InvalidArgument",
        "Requests specifying Server Side Encryption with AWS KMS managed keys require AWS Signature Version 4.",
      ),
    ]) {
      assert.strictEqual(first(request, answer), "HF-S3-SIGN-020 certain")
      assert.strictEqual(first(undefined, answer), "HF-S3-SIGN-020 likely")
      assert.notInclude(codes(put(), answer), "HF-S3-SIGN-020")
    }
    const header = own({}, { Authorization: `AWS ${longLived}:${signature}` })
    assert.strictEqual(first(header, refused(400, "InvalidRequest", sorry)), "HF-S3-SIGN-020 certain")
  })
})

describe("a redirect", () => {
  it("names the endpoint to which a permanent redirect points", () => {
    for (const answer of [
      refused(301, "PermanentRedirect", "The bucket you are attempting to access …", {
        Endpoint: "talks.s3.eu-west-1.amazonaws.com",
      }),
      refused(400, "IllegalLocationConstraintException", "…", { Region: "eu-west-1" }),
    ]) {
      for (const request of [signedFor("eu-west-1", global), undefined]) {
        assert.strictEqual(first(request, answer), "HF-S3-PLACE-002 certain")
        assert.include(explain(request, answer).detail, "eu-west-1")
      }
    }
    const wordless = { status: 301, headers: { "x-amz-request-id": "A", "x-amz-bucket-region": "eu-west-1" } }
    assert.include(codes(signedFor("eu-west-1", global), wordless), "HF-S3-PLACE-002")
  })

  it("reports a temporary redirect", () => {
    const answer = refused(307, "TemporaryRedirect", "Please re-send …", {
      Endpoint: "talks.s3-eu-west-1.amazonaws.com",
    })
    assert.strictEqual(first(signedFor("us-east-1", global), answer), "HF-S3-PLACE-003 certain")
    assert.strictEqual(first(undefined, answer), "HF-S3-PLACE-003 certain")
    assert.notInclude(codes(put(), mismatch), "HF-S3-PLACE-003")
  })
})
