import { assert, describe, it } from "@effect/vitest"
import {
  authorization,
  codes,
  denied,
  explain,
  first,
  found,
  longLived,
  mismatch,
  mute,
  own,
  put,
  refused,
  url,
  url2,
} from "../../../support/requests.ts"

const incomplete = refused(400, "AuthorizationQueryParametersError", "Query-string authentication version 4 requires …")

describe("an incomplete URL", () => {
  it("detects an incomplete URL, whichever parameter is missing", () => {
    const names = ["Algorithm", "Credential", "Date", "Expires", "SignedHeaders", "Signature"].map((n) => `X-Amz-${n}`)
    for (const name of names) {
      const request = put({ url: url({ [name]: undefined }) })
      assert.include(found(request), "UrlIncomplete", name)
      for (const answer of [incomplete, mute, denied]) {
        assert.strictEqual(first(request, answer), "HF-S3-URL-006 certain", name)
        assert.include(explain(request, answer).detail, name)
      }
    }
    for (const name of ["AWSAccessKeyId", "Expires", "Signature"]) {
      if (name === "Signature") continue
      assert.include(found(put({ url: url2({ [name]: undefined }) })), "UrlIncomplete", name)
    }
  })

  it("recognizes an incomplete URL from the parameters that the server requires or cannot read", () => {
    const words = "Query-string authentication requires the Signature, Expires and AWSAccessKeyId parameters"
    const at = "https://talks.s3.us-east-1.amazonaws.com/k?GoogleAccessId=a&Expires=1795282738&Signature=RkVFREZBQ0U%3D"
    const { code, detail } = explain(put({ url: at }), refused(403, "AccessDenied", words))
    assert.strictEqual(code, "HF-S3-URL-006")
    assert.match(detail, /The URL lacks AWSAccessKeyId\. The URL has GoogleAccessId/)
  })

  it("accepts another service's signed URL, which has a parameter named Signature", () => {
    for (const signed of [
      "https://d1.cloudfront.net/k?Expires=1795282738&Signature=RkVFREZBQ0U_&Key-Pair-Id=K2",
      "https://d1.cloudfront.net/k?Policy=e30_&Signature=RkVFREZBQ0U_&Key-Pair-Id=K2",
      "https://b.obs.cn-north-4.myhuaweicloud.com/k?AccessKeyId=A&Expires=1795282738&Signature=RkVFREZBQ0U%3D",
      "https://up.example/k?signature=feed&expires=3600",
    ]) {
      assert.deepStrictEqual(found(put({ url: signed })), [], signed)
    }
  })

  it("distinguishes an incomplete URL from a URL whose ampersands are still escaped", () => {
    assert.match(explain(put({ url: url().replaceAll("&", "&amp;") }), incomplete).detail, /&amp;/)
    assert.match(explain(put({ url: url().replaceAll("&", String.raw`\u0026`) }), incomplete).detail, /u0026/)
  })

  it("does not report a complete URL as incomplete, and does not report an incomplete URL for other errors", () => {
    assert.include(
      explain(put(), mute).ruledOut.map(({ check }) => check),
      "URL parameters",
    )
    assert.notInclude(
      codes(put({ url: url({ "X-Amz-Signature": undefined }) }), refused(404, "NoSuchBucket")),
      "HF-S3-URL-006",
    )
    assert.deepStrictEqual(found(put({ url: `${url2({ AWSAccessKeyId: undefined })}&OSSAccessKeyId=LTAIEXAMPLE` })), [])
  })

  it("considers an incomplete URL likely if only the message is available", () => {
    assert.strictEqual(first(undefined, incomplete), "HF-S3-URL-006 likely")
    const words = "Query-string authentication requires the Signature, Expires and AWSAccessKeyId parameters"
    assert.strictEqual(first(undefined, refused(403, "AccessDenied", words)), "HF-S3-URL-006 likely")
    assert.strictEqual(first(undefined, refused(400, "AuthorizationQueryParametersError")), "HF-S3-URL-006 possible")
  })
})

describe("a malformed credential", () => {
  const scopes = {
    "AKIAIOSFODNN7EXAMPLE/20261121/eu-west-1/s3": "4 parts",
    "AKIAIOSFODNN7EXAMPLE/20261121/eu-west-1/ec2/aws4_request": "ec2",
    "AKIAIOSFODNN7EXAMPLE/20261121/eu-west-1/s3/aws4": "aws4_request",
    "AKIAIOSFODNN7EXAMPLE/2026-11-21/eu-west-1/s3/aws4_request": "2026-11-21",
    "AKIAIOSFODNN7EXAMPLE/20261120/eu-west-1/s3/aws4_request": "20261120",
    "AKIAIOSFODNN7EXAMPLE%2F20261121%2Feu-west-1%2Fs3%2Faws4_request": "twice",
    AKIAIOSFODNN7EXAMPLE: "1 part",
  }

  it("finds a malformed credential in a URL and in a header", () => {
    for (const [scope, word] of Object.entries(scopes)) {
      const request = put({ url: url({ "X-Amz-Credential": scope }) })
      assert.include(found(request), "CredentialMalformed", scope)
      for (const answer of [
        refused(400, "AuthorizationQueryParametersError", "the Credential is mal-formed"),
        mismatch,
      ]) {
        assert.strictEqual(first(request, answer), "HF-S3-URL-007 certain", scope)
        assert.include(explain(request, answer).detail, word)
      }
      const header = own({}, { Authorization: authorization(scope) })
      assert.strictEqual(first(header, refused(400, "AuthorizationHeaderMalformed")), "HF-S3-URL-007 certain", scope)
      assert.notInclude(JSON.stringify(explain(request, mismatch)), longLived)
    }
  })

  it("does not report a credential as malformed if S3 accepts it", () => {
    for (const service of ["s3", "s3express", "s3-object-lambda"]) {
      const scope = `${longLived}/20261121/eu-west-1/${service}/aws4_request`
      assert.deepStrictEqual(found(put({ url: url({ "X-Amz-Credential": scope }) })), [], service)
    }
    const regions = url({
      "X-Amz-Algorithm": "AWS4-ECDSA-P256-SHA256",
      "X-Amz-Credential": `${longLived}/20261121/s3/aws4_request`,
    })
    assert.deepStrictEqual(found(put({ url: regions })), [])
  })

  it("considers a malformed credential likely if only the message is available, unless the message concerns the region", () => {
    const code = "AuthorizationQueryParametersError"
    const words =
      'Error parsing the X-Amz-Credential parameter; the Credential is mal-formed; expecting "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request".'
    assert.strictEqual(first(undefined, refused(400, code, words)), "HF-S3-URL-007 likely")
    const region =
      "Error parsing the X-Amz-Credential parameter; the region 'us-east-1' is wrong; expecting 'eu-west-1'"
    assert.strictEqual(first(undefined, refused(400, code, region)), "HF-S3-PLACE-001 certain")
  })
})

describe("other parameters", () => {
  it("requires an algorithm that exists", () => {
    const request = put({ url: url({ "X-Amz-Algorithm": "AWS4-HMAC-SHA1" }) })
    assert.include(found(request), "AlgorithmUnknown")
    assert.strictEqual(first(request, mute), "HF-S3-URL-008 certain")
  })

  it("requires a list of signed headers that is encoded once and includes the host", () => {
    for (const [list, word] of [
      ["host%3Bcontent-type", "twice"],
      ["content-type", "host is not among"],
      ["", "empty"],
    ] as const) {
      const request = put({ url: url({ "X-Amz-SignedHeaders": list }), headers: { "Content-Type": "video/mp4" } })
      assert.include(found(request), "SignedHeadersMalformed", list)
      assert.strictEqual(first(request, mismatch), "HF-S3-URL-009 certain", list)
      assert.include(explain(request, mismatch).detail, word)
    }
    assert.notInclude(codes(put(), mismatch), "HF-S3-URL-009")
  })
})
