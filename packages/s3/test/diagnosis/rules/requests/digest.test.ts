import { assert, describe, it } from "@effect/vitest"
import { codes, denied, explain, first, found, own, put, refused, url } from "../../../support/requests.ts"

const empty = {
  "x-amz-checksum-crc32": "AAAAAA==",
  "x-amz-checksum-crc32c": "AAAAAA==",
  "x-amz-checksum-crc64nvme": "AAAAAAAAAAA=",
  "x-amz-checksum-sha1": "2jmj7l5rSw0yVb/vlWAYkK/YBwk=",
  "x-amz-checksum-sha256": "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
}

describe("the checksum of an empty body", () => {
  it("finds the checksum of an empty body in the URL of a request with a body", () => {
    for (const [name, value] of Object.entries(empty)) {
      const request = put({ url: url({ [name]: value, "x-amz-sdk-checksum-algorithm": "CRC32" }) })
      assert.deepStrictEqual(found(request), ["EmptyChecksum"], name)
      for (const answer of [
        refused(400, "BadDigest", "The CRC32 you specified did not match the calculated checksum."),
        refused(400, "XAmzContentChecksumMismatch"),
        refused(400, "InvalidRequest", "checksum"),
      ]) {
        assert.strictEqual(first(request, answer), "HF-S3-BODY-010 certain", name)
      }
      assert.notInclude(codes(request, denied), "HF-S3-BODY-010", name)
    }
  })

  it("accepts the checksum of an empty body only if the body is empty", () => {
    const parameter = { "x-amz-checksum-crc32": "AAAAAA==" }
    assert.deepStrictEqual(found(put({ url: url(parameter), headers: { "Content-Length": "0" }, size: 0 })), [])
    assert.deepStrictEqual(found(put({ url: url({ "x-amz-checksum-crc32": "yZRlqg==" }) })), [])
  })

  it("finds the digest of an empty body in the header that signs the body", () => {
    const hash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    const request = own({}, { "x-amz-content-sha256": hash })
    assert.deepStrictEqual(found(request), ["EmptyChecksum"])
    assert.strictEqual(first(request, refused(400, "XAmzContentSHA256Mismatch")), "HF-S3-BODY-010 certain")
    assert.deepStrictEqual(found(own({ method: "GET" }, { "x-amz-content-sha256": hash })), [])
  })
})

describe("a malformed digest", () => {
  it("finds a malformed digest: hex instead of base64, invalid base64, or base64 of the wrong number of bytes", () => {
    for (const [name, value, word] of [
      ["content-md5", "09891eb590524e35fc73372cddc5d596", "hex"],
      ["content-md5", "MTIz", "16 bytes"],
      ["content-md5", "MDk4OTFlYjU5MDUyNGUzNWZjNzMzNzJjZGRjNWQ1OTY=", "16 bytes"],
      ["content-md5", "not base64", "16 bytes"],
      ["x-amz-checksum-crc32", "c9946 5aa", "4 bytes"],
      ["x-amz-checksum-sha256", "yZRlqg==", "32 bytes"],
    ] as const) {
      const request = put({
        url: url({ "X-Amz-SignedHeaders": `host;${name}` }),
        headers: { [name]: value, "content-length": "1" },
      })
      assert.deepStrictEqual(found(request), ["DigestMalformed"], value)
      for (const answer of [
        refused(400, "InvalidDigest"),
        refused(400, "InvalidRequest", `Value for ${name} header is invalid.`),
      ]) {
        assert.strictEqual(first(request, answer), "HF-S3-BODY-011 certain", value)
        assert.include(explain(request, answer).detail, word)
      }
      assert.notInclude(codes(request, denied), "HF-S3-BODY-011")
    }
  })

  it("reports a malformed digest only for a value that S3 does not accept", () => {
    for (const [name, value] of [
      ["content-md5", "CYketZBSTjX8czcs3cXVlg=="],
      ["x-amz-checksum-crc32", "yZRlqg=="],
      ["x-amz-checksum-crc64nvme", "AAAAAAAAAAE="],
      ["x-amz-checksum-sha1", "IFDGm6bv0T8lhBZ5rQwKEWDyXQs="],
      ["x-amz-checksum-sha256", "RBNvo1WzZ4oRRq0W9+hknpT7T8If536DEMBg9hyq/4o="],
    ] as const) {
      const request = put({ url: url({ "X-Amz-SignedHeaders": `host;${name}` }), headers: { [name]: value }, size: 1 })
      assert.deepStrictEqual(found(request), [], name)
    }
  })

  it("reports a malformed digest as likely if only the response is available", () => {
    const answer = refused(400, "InvalidDigest", "The Content-MD5 you specified was invalid.", { "Content-MD5": "000" })
    assert.strictEqual(first(undefined, answer), "HF-S3-BODY-011 likely")
    const crc = "Value for x-amz-checksum-crc64nvme header is invalid."
    assert.strictEqual(first(undefined, refused(400, "InvalidRequest", crc)), "HF-S3-BODY-011 likely")
  })
})

describe("bytes with another digest", () => {
  it("reports changed bytes as likely if their digest differs", () => {
    const md5 = put({ headers: { "content-md5": "CYketZBSTjX8czcs3cXVlg==", "content-length": "1" } })
    for (const answer of [
      refused(400, "BadDigest", "The Content-MD5 you specified did not match what we received."),
      refused(400, "BadDigest"),
      refused(400, "XAmzContentChecksumMismatch"),
    ]) {
      assert.strictEqual(first(md5, answer), "HF-S3-BODY-012 likely")
      assert.strictEqual(first(undefined, answer), "HF-S3-BODY-012 likely")
    }
    assert.notInclude(codes(md5, denied), "HF-S3-BODY-012")
  })

  it("explains that the body arrived empty if the server's digest is that of an empty body", () => {
    const answer = refused(400, "BadDigest", "…", { CalculatedDigest: "1B2M2Y8AsgTpgAmY7PhCfg==" })
    assert.include(explain(put(), answer).detail, "arrived without bytes")
  })

  it("explains that the bytes differ from those that were signed", () => {
    const request = own(
      {},
      { "x-amz-content-sha256": "3a6eb0790f39ac87c94f3856b2dd2c5d110e6811602261a9a923d3bb23adc8b7" },
    )
    const answer = refused(400, "XAmzContentSHA256Mismatch")
    assert.strictEqual(first(request, answer), "HF-S3-BODY-013 certain")
    assert.strictEqual(first(undefined, answer), "HF-S3-BODY-013 likely")
    const names = (...at: Parameters<typeof explain>) => explain(...at).evidence.map(({ name }) => name)
    assert.deepStrictEqual(names(request, answer), ["x-amz-content-sha256", "Code"])
    assert.deepStrictEqual(names(undefined, answer), ["Code"])
    assert.deepStrictEqual(found(request), [])
  })

  it("explains that a part has a different kind of checksum than its upload", () => {
    for (const words of [
      "The upload was created using a crc32 checksum. The complete request must include the checksum for each part.",
      "Checksum Type mismatch occurred, expected checksum Type: sha256, actual checksum Type: crc32",
      "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.",
    ]) {
      assert.strictEqual(first(put(), refused(400, "InvalidRequest", words)), "HF-S3-BODY-014 likely")
    }
    assert.notInclude(codes(put(), refused(400, "BadDigest", "checksum")), "HF-S3-BODY-014")
  })
})
