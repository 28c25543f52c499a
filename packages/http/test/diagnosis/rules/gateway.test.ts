import { assert, describe, it } from "@effect/vitest"
import * as Diagnosis from "@holdfast/http/Diagnosis"

/** CloudFront's response from Lambda for a request with these headers. */
const signedByCloudFront = (
  method: string,
  headers: Readonly<Record<string, string>>,
  url = "https://app.example.com/a",
) =>
  Diagnosis.explain({
    request: { method, url, headers: { "content-type": "application/json", ...headers } },
    response: {
      status: 403,
      headers: {
        "x-amzn-errortype": "InvalidSignatureException",
        "x-amz-cf-id": "TEST==",
        via: "1.1 a.cloudfront.net (CloudFront)",
      },
      body: JSON.stringify({
        message: "The request signature we calculated does not match the signature you provided.",
      }),
    },
  }).causes.map(({ code }) => code)

const code = "HF-HTTP-BOX-016"

describe("a body that CloudFront signs for a function", () => {
  it("reports a missing body digest if CloudFront signs the request for a function", () => {
    assert.strictEqual(signedByCloudFront("POST", {})[0], code)
    assert.strictEqual(signedByCloudFront("PUT", { "x-content-sha256": "00" })[0], code)
  })

  it("does not report a missing digest if the client signs the request, sends the digest, or sends no body", () => {
    assert.notInclude(signedByCloudFront("POST", { authorization: "AWS4-HMAC-SHA256 Credential=TEST" }), code)
    assert.notInclude(signedByCloudFront("POST", {}, "https://app.example.com/a?X-Amz-Signature=00"), code)
    assert.notInclude(signedByCloudFront("POST", { "x-amz-content-sha256": "00" }), code)
    assert.notInclude(signedByCloudFront("GET", {}), code)
  })
})
