import { assert, describe, it } from "@effect/vitest"
import * as Diagnosis from "@holdfast/s3/Diagnosis"
import { S3Error } from "@holdfast/s3/S3Error"

/** The form of the documentation's story: the token comes after the file. */
const request = {
  method: "POST",
  url: "https://talks.s3.amazonaws.com/",
  form: [
    { name: "key", value: "talk.mov" },
    { name: "AWSAccessKeyId", value: "ASIAEXAMPLEKEYID0001" },
    { name: "policy", value: "eyJleHBpcmF0aW9uIjoiMjAyNi0xMS0yMVQxODoyMzo1OFoiLCJjb25kaXRpb25zIjpbXX0=" },
    { name: "signature", value: "RVhBTVBMRVNJR05BVFVSRTAwMDE=" },
    { name: "file", filename: "talk.mov", size: 3 },
    { name: "x-amz-security-token", value: "FwoGZXIvYXdzEXAMPLE" },
  ],
}

const page = (items: string) =>
  `<html><head><title>403 Forbidden</title></head><body><h1>403 Forbidden</h1><ul>${items}</ul><hr/></body></html>`

const items =
  "<li>Code: InvalidAccessKeyId</li><li>Message: The AWS Access Key Id you provided does not exist &amp; never did.</li>" +
  "<li>RequestId: R1</li><li>HostId: H1</li>"

const answer = (type: string, body: string) => ({ status: 403, headers: { "content-type": type }, body })

describe("S3's error in another form than XML", () => {
  it("reads an error from the page of a website endpoint", () => {
    const { code, vendor } = Diagnosis.explain({ request, response: answer("text/html", page(items)) })
    assert.strictEqual(code, "HF-S3-POST-011")
    assert.strictEqual(vendor.code, "InvalidAccessKeyId")
    assert.strictEqual(vendor.requestId, "R1")
    assert.include(vendor.message, "exist & never did")
  })

  it("reads an error from JSON, bare or within Error, if the request shows that S3 sent it", () => {
    for (const body of [
      '{"code":"InvalidAccessKeyId","message":"no"}',
      '{"Error":{"Code":"InvalidAccessKeyId","Message":"no","RequestId":"R1"}}',
    ]) {
      const { code, vendor } = Diagnosis.explain({ request, response: answer("application/json", body) })
      assert.strictEqual(code, "HF-S3-POST-011", body)
      assert.strictEqual(vendor.code, "InvalidAccessKeyId")
    }
  })

  it("determines the verdict of an HTML or JSON error from the error's code", () => {
    const answered = S3Error.fromResponse({ status: 503, headers: {}, body: '{"Code":"SlowDown"}' })
    assert.strictEqual(answered._tag, "SlowDown")
    assert.strictEqual(S3Error.fromResponse(answer("text/html", page(items)))._tag, "InvalidAccessKeyId")
  })

  it("does not mistake another server's error for an error from S3", () => {
    const foreign = [
      answer("text/html", page("<li>Code: InvalidAccessKeyId</li>")),
      answer("text/html", "<html><body>403 Forbidden, says nginx</body></html>"),
      answer("application/json", '{"error":"invalid_grant"}'),
      answer("application/json", '{"code":409,"message":"Channel Paused"}'),
      answer("application/json", '{"code":"rate_limited"}'),
    ]
    for (const response of foreign) {
      assert.strictEqual(Diagnosis.explain({ request, response }).vendor.code, "", response.body)
    }
    const alone = Diagnosis.explain({ response: answer("application/json", '{"code":"AccessDenied"}') })
    assert.notStrictEqual(alone.vendor.system, "s3", "JSON is everybody's")
  })
})
