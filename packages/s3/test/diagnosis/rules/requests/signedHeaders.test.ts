import { assert, describe, it } from "@effect/vitest"
import {
  codes,
  denied,
  explain,
  first,
  found,
  mismatch,
  mute,
  own,
  put,
  refused,
  url,
} from "../../../support/requests.ts"

const unsigned = (named?: string) =>
  refused(
    403,
    "AccessDenied",
    "There were headers present in the request which were not signed",
    named === undefined ? {} : { HeadersNotSigned: named },
  )

describe("an unsigned x-amz- header", () => {
  it("finds an unsigned x-amz- header in URLs and in headers, in upper or lower case", () => {
    for (const name of [
      "x-amz-acl",
      "X-Amz-Meta-Author",
      "x-amz-storage-class",
      "x-amz-date",
      "x-amz-security-token",
    ]) {
      const request = put({ headers: { [name]: "private", "Content-Length": "1" } })
      assert.include(found(request), "UnsignedHeader", name)
      for (const [answer, confidence] of [
        [unsigned(name.toLowerCase()), "certain"],
        [unsigned(), "certain"],
        [mismatch, "likely"],
      ] as const) {
        // Without a message about it, a token that was appended is the more specific cause.
        if (name === "x-amz-security-token" && answer === mismatch) continue
        assert.strictEqual(first(request, answer), `HF-S3-SIGN-001 ${confidence}`, name)
        assert.include(explain(request, answer).detail, name.toLowerCase())
      }
    }
    assert.include(found(own({}, { "x-amz-acl": "private" })), "UnsignedHeader")
  })

  it("does not report a header that is signed, is the digest of the body, or only resembles an x-amz- header", () => {
    const headers = {
      "x-amz-acl": "private",
      "x-amz-content-sha256": "UNSIGNED-PAYLOAD",
      "x-amzn-trace-id": "Root=1",
      "x-custom": "1",
    }
    const request = put({ url: url({ "X-Amz-SignedHeaders": "host;x-amz-acl" }), headers, size: 1 })
    assert.deepStrictEqual(found(request), [])
    assert.notInclude(codes(request, mismatch), "HF-S3-SIGN-001")
  })

  it("recognizes an unsigned x-amz- header from the response alone, and is certain if the response names it", () => {
    assert.strictEqual(first(undefined, unsigned("x-amz-acl")), "HF-S3-SIGN-001 certain")
    assert.strictEqual(first(undefined, unsigned()), "HF-S3-SIGN-001 likely")
  })

  it("does not report an unsigned x-amz- header as the cause of a missing bucket", () => {
    assert.notInclude(
      codes(put({ headers: { "x-amz-acl": "private" } }), refused(404, "NoSuchBucket")),
      "HF-S3-SIGN-001",
    )
  })
})

describe("a signed header that was not sent", () => {
  it("is found", () => {
    for (const name of ["content-type", "x-amz-acl", "content-md5", "x-amz-meta-author"]) {
      const request = put({ url: url({ "X-Amz-SignedHeaders": ["host", name].toSorted().join(";") }) })
      assert.include(found(request), "SignedHeaderMissing", name)
      for (const answer of [mismatch, mute]) assert.strictEqual(first(request, answer), "HF-S3-SIGN-002 certain", name)
      assert.notInclude(codes(request, refused(404, "NoSuchBucket")), "HF-S3-SIGN-002")
    }
  })

  it("does not report a signed header as missing if the transport adds it or if only its case differs", () => {
    const list = "accept-encoding;content-length;content-type;host;user-agent"
    const request = put({
      url: url({ "X-Amz-SignedHeaders": list }),
      headers: { "Content-Type": "video/mp4" },
      size: 1,
    })
    assert.deepStrictEqual(found(request), [])
    assert.include(
      explain(request, denied).ruledOut.map(({ check }) => check),
      "signed headers",
    )
  })

  it("does not report a signed header as missing if no headers were captured", () => {
    const { headers: _, ...request } = put({ url: url({ "X-Amz-SignedHeaders": "host;x-amz-acl" }) })
    assert.deepStrictEqual(found(request), [])
  })
})

describe("a signed header that MinIO misses", () => {
  const minio = {
    ...unsigned(),
    headers: { server: "MinIO", "content-type": "application/xml" },
  }

  it("attributes MinIO's message about unsigned headers to a missing signed header", () => {
    const request = put({ url: url({ "X-Amz-SignedHeaders": "content-type;host" }) })
    assert.strictEqual(first(request, minio), "HF-S3-SIGN-002 certain")
    assert.include(explain(request, minio).detail, "content-type")
    const added = put({ headers: { Host: "talks.s3.eu-west-1.amazonaws.com", "x-amz-acl": "private" } })
    assert.strictEqual(first(added, minio), "HF-S3-SIGN-001 certain")
  })
})

describe("a presigned URL without the headers of its request", () => {
  it("names the headers that must be sent with a presigned URL", () => {
    const alone = { url: url({ "X-Amz-SignedHeaders": "host;x-amz-acl" }) }
    assert.strictEqual(first(alone, { status: 403 }), "HF-S3-SIGN-002 possible")
    assert.strictEqual(first(alone, mismatch), "HF-S3-SIGN-002 likely")
    assert.notInclude(codes({ url: url() }, { status: 403 }), "HF-S3-SIGN-002")
  })
})
