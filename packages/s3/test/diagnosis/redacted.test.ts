import { assert, describe, it } from "@effect/vitest"
import * as Diagnosis from "@holdfast/s3/Diagnosis"

/** An error with everything that a server can report about a signature, in Swift's notation. */
const canonical =
  "PUT\n/cap/u.txt\nX-Amz-Algorithm=AWS4-HMAC-SHA256&amp;X-Amz-Credential=test%3Atester%2F20261121%2Fus-east-1%2Fs3%2Faws4_request" +
  "&amp;X-Amz-Date=20261121T214202Z&amp;X-Amz-Expires=300&amp;X-Amz-SignedHeaders=content-type%3Bhost\n" +
  "content-type:image/png\nhost:127.0.0.1:7710\n\ncontent-type;host\nUNSIGNED-PAYLOAD"

const octets = (text: string) =>
  Array.from(Buffer.from(text.replaceAll("&amp;", "&")), (byte) => byte.toString(16).padStart(2, "0")).join(" ")

const exchange = {
  request: {
    method: "PUT",
    url:
      "http://127.0.0.1:7710/cap/u.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=test%3Atester%2F20261121%2Fus-east-1" +
      "%2Fs3%2Faws4_request&X-Amz-Date=20261121T214202Z&X-Amz-Expires=300&X-Amz-SignedHeaders=content-type%3Bhost" +
      `&X-Amz-Signature=${"0123456789abcdef".repeat(4)}`,
    headers: { Host: "127.0.0.1:7710", "Content-Type": "image/png", "Content-Length": "4" },
  },
  response: {
    status: 403,
    headers: {
      "x-amz-request-id": "tx448b4119151543a2917bc-006b02102a",
      "X-Trans-Id": "tx448b4119151543a2917bc-006b02102a",
      Date: "Sat, 21 Nov 2026 21:42:02 GMT",
    },
    body:
      "<Error><Code>SignatureDoesNotMatch</Code><RequestId>tx448b4119151543a2917bc-006b02102a</RequestId>" +
      `<CanonicalRequest>${canonical}</CanonicalRequest>` +
      `<CanonicalRequestBytes>${octets(canonical)}</CanonicalRequestBytes></Error>`,
  },
}

describe("a redacted exchange", () => {
  it("shows which headers were signed, even if the server repeats some of the headers", () => {
    const { code, evidence } = Diagnosis.explain(exchange)
    assert.strictEqual(code, "HF-S3-SIGN-013")
    assert.include(
      evidence.map(({ observed }) => observed),
      "image/png",
    )
  })

  it("keeps the request id even if an unknown header contains the same value", () => {
    assert.strictEqual(Diagnosis.explain(exchange).vendor.requestId, "tx448b4119151543a2917bc-006b02102a")
  })

  it("hides the token in a response header whose name identifies a token", () => {
    const token = "FwoGZXIvYXdzEXAMPLEtoken0123"
    const explained = Diagnosis.explain({
      response: {
        status: 403,
        headers: { "X-Renewed-Token": token },
        body: `<Error><Code>InvalidToken</Code><Message>take ${token}</Message></Error>`,
      },
    })
    assert.notInclude(JSON.stringify(explained), token)
  })
})

describe("a form that is sent with PUT to a signed URL", () => {
  it("does not treat a PUT to a signed URL as a form for S3, even if the request contains form fields", () => {
    const form = [
      { name: "key", value: "u.txt" },
      { name: "policy", value: "e30=" },
      { name: "x-amz-signature", value: "0123456789abcdef".repeat(4) },
      { name: "file", filename: "u.txt", size: 4 },
    ]
    const headers = { ...exchange.request.headers, "Content-Type": "multipart/form-data; boundary=x" }
    const request = { ...exchange.request, headers, form }
    const response = { status: 403, body: "<Error><Code>SignatureDoesNotMatch</Code></Error>" }
    assert.strictEqual(Diagnosis.explain({ request, response }).code, "HF-S3-SIGN-012")
  })
})
