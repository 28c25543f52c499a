import { assert, describe, it } from "@effect/vitest"
import type { Request } from "@holdfast/diagnosis/Exchange"
import * as Lint from "@holdfast/s3/Lint"

const r2 = "https://0123456789abcdef0123456789abcdef.r2.cloudflarestorage.com/talks/talk.mov"
const b2 = "https://talks.s3.us-west-004.backblazeb2.com/talk.mov"

const put = (url: string, headers: Readonly<Record<string, string>> = {}): Request => ({
  method: "PUT",
  url,
  headers: { "content-length": "4", ...headers },
  size: 4,
})

const codes = (request: Request) => Lint.check(request).map(({ code }) => code)

describe("the lint of a request to a known storage", () => {
  it("reports what the storage rejects according to its documentation", () => {
    assert.deepStrictEqual(codes(put(r2, { "x-amz-acl": "public-read" })), ["HF-S3-BODY-007"])
    assert.deepStrictEqual(codes(put(r2, { "x-amz-tagging": "a=b" })), ["HF-S3-BODY-007"])
    assert.deepStrictEqual(codes(put(b2, { "x-amz-tagging": "a=b" })), ["HF-S3-BODY-007"])
    const [first] = Lint.check(put(r2, { "x-amz-object-lock-mode": "GOVERNANCE" }))
    assert.include(first?.detail, "https://developers.cloudflare.com/r2/api/s3/api/")
  })

  it("accepts what a known storage server supports or may silently ignore, and accepts everything for other servers", () => {
    assert.deepStrictEqual(codes(put(r2, { "x-amz-acl": "private" })), [])
    assert.deepStrictEqual(codes(put(b2, { "x-amz-acl": "public-read" })), [])
    assert.deepStrictEqual(codes(put(r2, { "x-amz-checksum-crc32": "yZRlqg==" })), [])
    const s3 = "https://talks.s3.eu-west-1.amazonaws.com/talk.mov"
    assert.deepStrictEqual(codes(put(s3, { "x-amz-acl": "public-read", "x-amz-tagging": "a=b" })), [])
  })
})
