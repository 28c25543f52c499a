import { Signature } from "@holdfast/sandbox"
import { assert, describe, it } from "@effect/vitest"
import { Redacted } from "effect"

describe("Signature", () => {
  it("reproduces the signature of the presigned GET in AWS's example", () => {
    const signer = {
      accessKeyId: "AKIAIOSFODNN7EXAMPLE",
      secretAccessKey: Redacted.make("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
      region: "us-east-1",
    }
    const query = new URLSearchParams({
      "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
      "X-Amz-Credential": "AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request",
      "X-Amz-Date": "20130524T000000Z",
      "X-Amz-Expires": "86400",
      "X-Amz-SignedHeaders": "host",
      "X-Amz-Signature": "aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404",
    })
    const request = { method: "GET", path: "/test.txt", query, headers: { host: "examplebucket.s3.amazonaws.com" } }
    const signedAt = Date.UTC(2013, 4, 24)
    assert.isUndefined(Signature.verify(signer, request, signedAt))
    assert.isUndefined(Signature.verify(signer, request, signedAt + 86_400_000))
    assert.strictEqual(Signature.verify(signer, request, signedAt + 86_400_001)?.message, "Request has expired")
    const other = { ...request, path: "/test2.txt" }
    assert.strictEqual(Signature.verify(signer, other, signedAt)?.code, "SignatureDoesNotMatch")
  })
})
