import { assert, describe, it } from "@effect/vitest"
import { PresignedUrl } from "@holdfast/s3"
import { Redacted } from "effect"

const url = (query: string) => `https://bucket.s3.us-east-1.amazonaws.com/key?${query}`

describe("PresignedUrl", () => {
  it("reads the expiry of a version 4 URL from its date and its lifetime in seconds", () => {
    const end = PresignedUrl.expiresAt(url("X-Amz-Date=20261121T172358Z&X-Amz-Expires=300&X-Amz-Signature=00"))
    assert.strictEqual(end, Date.UTC(2026, 10, 21, 17, 28, 58))
  })

  it("ignores case in parameter names, even in a redacted URL", () => {
    const end = PresignedUrl.expiresAt(Redacted.make(url("x-amz-date=20261231T235959Z&x-amz-expires=86400")))
    assert.strictEqual(end, Date.UTC(2027, 0, 1, 23, 59, 59))
  })

  it("reads the expiry of a version 2 URL", () => {
    assert.strictEqual(
      PresignedUrl.expiresAt(url("AWSAccessKeyId=A&Expires=1795281838&Signature=x")),
      1_795_281_838_000,
    )
  })

  it("reads the signing time of a version 4 URL", () => {
    const at = Date.UTC(2026, 10, 21, 17, 23, 58)
    assert.strictEqual(PresignedUrl.signedAt(Redacted.make(url("X-Amz-Date=20261121T172358Z"))), at)
    assert.isUndefined(PresignedUrl.signedAt(url("AWSAccessKeyId=A&Expires=1795281838&Signature=x")))
    assert.isUndefined(PresignedUrl.signedAt(url("X-Amz-Date=20261321T172358Z")))
    assert.isUndefined(PresignedUrl.signedAt("no URL"))
  })

  it("returns undefined if the text does not contain a valid expiry", () => {
    for (const query of [
      "",
      "X-Amz-Date=20261121T172358Z",
      "X-Amz-Expires=300",
      "X-Amz-Date=20261321T172358Z&X-Amz-Expires=1",
      "Expires=soon",
      "Expires=-1",
    ]) {
      assert.isUndefined(PresignedUrl.expiresAt(url(query)), query)
    }
    for (const text of ["", "not a URL", "/relative?Expires=1"]) assert.isUndefined(PresignedUrl.expiresAt(text))
  })
})
