import { assert, describe, it } from "@effect/vitest"
import { codes, denied, explain, first, found, mismatch, own, put, refused, url } from "../../../support/requests.ts"

const gib = 1024 ** 3

describe("a body of unknown length", () => {
  const chunked = put({ headers: { "transfer-encoding": "chunked" } })

  it("detects a body of unknown length by its chunked transfer encoding, whatever error the server returns", () => {
    assert.include(found(chunked), "LengthUnknown")
    for (const answer of [
      refused(501, "NotImplemented", "A header you provided implies functionality that is not implemented", {
        Header: "Transfer-Encoding",
      }),
      refused(411, "MissingContentLength", "You must provide the Content-Length HTTP header."),
      { status: 411, headers: { "x-amz-request-id": "A" }, body: "" },
    ]) {
      assert.strictEqual(first(chunked, answer), "HF-S3-BODY-001 certain")
    }
  })

  it("recognizes a body of unknown length from the response alone", () => {
    const named = refused(501, "NotImplemented", "…", { Header: "Transfer-Encoding" })
    assert.strictEqual(first(undefined, named), "HF-S3-BODY-001 certain")
    assert.strictEqual(first(undefined, refused(411, "MissingContentLength")), "HF-S3-BODY-001 certain")
  })

  it("rejects a body of unknown length before sending, but does not report a missing length merely because a capture does not show it", () => {
    const bare = { method: "PUT", url: url(), headers: {} }
    assert.deepStrictEqual(found(bare), ["LengthUnknown"])
    assert.deepStrictEqual(found({ ...bare, size: 0 }), [])
    assert.deepStrictEqual(found({ ...bare, headers: { "content-length": "5" } }), [])
    assert.deepStrictEqual(found({ ...bare, method: "POST", url: url({ uploads: "" }) }), [])
    assert.deepStrictEqual(found({ ...bare, method: "GET" }), [])
    for (const answer of [denied, mismatch, refused(400, "BadDigest")]) {
      assert.notInclude(codes(bare, answer), "HF-S3-BODY-001")
    }
  })

  it("accepts the chunked encoding that S3 itself defines", () => {
    const headers = { "transfer-encoding": "chunked", "x-amz-decoded-content-length": "5" }
    const list = { "X-Amz-SignedHeaders": "host;x-amz-decoded-content-length" }
    assert.deepStrictEqual(found(put({ url: url(list), headers })), [])
  })

  it("does not blame an unknown length for a digest mismatch", () => {
    assert.strictEqual(first(chunked, refused(400, "BadDigest")), "HF-S3-BODY-012 likely")
  })
})

describe("a body that is too large", () => {
  const sized = (size: number) => put({ headers: { "Content-Length": String(size) }, size: 4 })

  it("rejects a body of more than 5 GiB", () => {
    assert.deepStrictEqual(found(sized(5 * gib)), [])
    assert.deepStrictEqual(found(sized(5 * gib + 1)), ["TooLarge"])
    for (const answer of [
      refused(400, "EntityTooLarge"),
      refused(400, "EntityTooLarge", "…", { MaxSizeAllowed: "5368709120" }),
      { status: 413, headers: { "x-amz-request-id": "A" } },
    ]) {
      assert.strictEqual(first(sized(6 * gib), answer), "HF-S3-BODY-002 certain")
    }
    assert.strictEqual(first(sized(1000), refused(400, "EntityTooLarge")), "HF-S3-BODY-002 likely")
    const limit = refused(400, "EntityTooLarge", "…", { ProposedSize: "6442450944", MaxSizeAllowed: "5368709120" })
    assert.strictEqual(first(undefined, limit), "HF-S3-BODY-002 possible")
    assert.notInclude(codes(sized(6 * gib), denied), "HF-S3-BODY-002")
  })
})

describe("a body that ended early", () => {
  it("reports a truncated body if fewer bytes were sent than announced", () => {
    for (const answer of [
      refused(400, "IncompleteBody"),
      refused(400, "RequestTimeout"),
      refused(408, "RequestTimeout"),
      refused(404, "NoSuchKey"),
    ]) {
      const short = put({ headers: { "Content-Length": "1000" }, size: 1000, sent: 10 })
      assert.strictEqual(first(short, answer), "HF-S3-BODY-003 certain")
      assert.include(explain(short, answer).detail, "announced 1000 bytes, but only 10 bytes were sent")
    }
  })

  it("reports a truncated body as likely if only the code indicates it, even if the server reports the key of a PUT as missing", () => {
    assert.strictEqual(first(put(), refused(400, "IncompleteBody")), "HF-S3-BODY-003 likely")
    assert.strictEqual(first(put(), refused(404, "NoSuchKey")), "HF-S3-BODY-003 likely")
    assert.strictEqual(first(undefined, refused(400, "IncompleteBody")), "HF-S3-BODY-003 likely")
    assert.notInclude(codes(put({ method: "GET" }), refused(404, "NoSuchKey")), "HF-S3-BODY-003")
    assert.notInclude(codes(put({ size: 4 }), refused(400, "EntityTooLarge")), "HF-S3-BODY-003")
  })

  it("distinguishes a truncated body from a stalled connection", () => {
    for (const answer of [refused(400, "RequestTimeout"), refused(408, "RequestTimeout")]) {
      assert.strictEqual(first(put({ sent: 1000 }), answer), "HF-S3-BODY-004 likely")
      assert.strictEqual(first(undefined, answer), "HF-S3-BODY-004 likely")
      assert.strictEqual(explain(put({ sent: 1000 }), answer).retry.verdict === "never", false)
    }
    assert.notInclude(codes(put(), denied), "HF-S3-BODY-004")
  })
})

describe("request headers that are too large", () => {
  it("rejects metadata over 2 KB", () => {
    const list = { "X-Amz-SignedHeaders": "host;x-amz-meta-a;x-amz-meta-b" }
    const request = (bytes: number) =>
      put({
        url: url(list),
        headers: { "x-amz-meta-a": "é".repeat(512), "x-amz-meta-b": "b".repeat(bytes - 1026) },
        size: 1,
      })
    assert.deepStrictEqual(found(request(2048)), [])
    assert.deepStrictEqual(found(request(2049)), ["MetadataTooLarge"])
    assert.strictEqual(first(request(2049), refused(400, "MetadataTooLarge")), "HF-S3-BODY-005 certain")
    assert.strictEqual(first(undefined, refused(400, "MetadataTooLarge")), "HF-S3-BODY-005 certain")
    assert.notInclude(codes(request(2049), denied), "HF-S3-BODY-005")
  })

  it("reports headers and a query over 8 KB as the likely cause of RequestHeaderSectionTooLarge", () => {
    assert.strictEqual(first(own(), refused(400, "RequestHeaderSectionTooLarge")), "HF-S3-BODY-006 likely")
    assert.strictEqual(first(undefined, refused(400, "RequestHeaderSectionTooLarge")), "HF-S3-BODY-006 likely")
    assert.notInclude(codes(own(), denied), "HF-S3-BODY-006")
  })
})

describe("a feature that the server does not have", () => {
  it("is named", () => {
    const answer = refused(501, "NotImplemented", "Header 'x-amz-acl' with value 'public-read' not implemented")
    assert.strictEqual(first(put(), answer), "HF-S3-BODY-007 likely")
    assert.include(explain(put(), answer).detail, "x-amz-acl")
    assert.strictEqual(
      first(undefined, refused(501, "NotImplemented", "…", { Header: "x-amz-acl" })),
      "HF-S3-BODY-007 likely",
    )
    assert.notInclude(codes(put(), refused(411, "MissingContentLength")), "HF-S3-BODY-007")
  })
})
