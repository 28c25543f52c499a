import { assert, describe, it } from "@effect/vitest"
import * as Diagnosis from "@holdfast/s3/Diagnosis"
import { codes, denied, explain, first, found, mismatch, put, refused, url } from "../../../support/requests.ts"

const at = (path: string, host = "http://127.0.0.1:9000") => put({ url: url({}, `${host}${path}`), headers: {} })

describe("a bucket", () => {
  it("names a missing bucket", () => {
    const answer = refused(404, "NoSuchBucket", "The specified bucket does not exist", { BucketName: "takes" })
    assert.strictEqual(first(at("/takes/talk.mov"), answer), "HF-S3-PLACE-005 certain")
    assert.include(explain(at("/takes/talk.mov"), answer).detail, '"takes"')
    assert.strictEqual(first(at("/takes/talk.mov"), refused(404, "NoSuchBucket")), "HF-S3-PLACE-005 certain")
    assert.strictEqual(first(undefined, refused(404, "NoSuchBucket")), "HF-S3-PLACE-005 certain")
    assert.notInclude(codes(put(), denied), "HF-S3-PLACE-005")
  })

  it("is certain that a bucket is missing if the server reports this and the name is valid", () => {
    for (const name of ["abc", "a".repeat(63), "talks.example.com", "a-1"]) {
      assert.strictEqual(first(at(`/${name}/talk.mov`), refused(404, "NoSuchBucket")), "HF-S3-PLACE-005 certain", name)
    }
  })

  it("recognizes a bucket that is both in the host and in the path", () => {
    const twice = at("/talks/talk.mov", "https://talks.s3.eu-west-1.amazonaws.com")
    assert.include(explain(twice, refused(404, "NoSuchBucket")).detail, "in the host and in the path")
  })

  it("distinguishes a bucket with an impossible name from a missing bucket", () => {
    for (const name of ["UPPER", "my_talks", "ab", "a..b", "-talks", "192.168.0.1", "a".repeat(64)]) {
      for (const answer of [refused(404, "NoSuchBucket", "", { BucketName: name }), refused(404, "NoSuchBucket")]) {
        assert.strictEqual(first(at(`/${name}/talk.mov`), answer), "HF-S3-PLACE-004 likely", name)
      }
      const stated = refused(400, "InvalidBucketName", "The specified bucket is not valid.", { BucketName: name })
      assert.strictEqual(first(at(`/${name}/talk.mov`), stated), "HF-S3-PLACE-004 certain", name)
    }
    assert.strictEqual(first(undefined, refused(400, "InvalidBucketName")), "HF-S3-PLACE-004 likely")
    assert.deepStrictEqual(found(at("/UPPER/talk.mov")), [], "old buckets may have such names")
  })
})

describe("a key", () => {
  it("allows at most 1024 bytes in a key", () => {
    const long = (bytes: number) => at(`/talks/${"é".repeat(bytes / 2)}`)
    assert.deepStrictEqual(found(long(1024)), [])
    assert.deepStrictEqual(found(long(1026)), ["KeyTooLong"])
    for (const answer of [
      refused(400, "KeyTooLongError"),
      refused(400, "InvalidObjectName"),
      refused(400, "InvalidURI"),
    ]) {
      assert.strictEqual(first(long(1026), answer), "HF-S3-PLACE-006 certain")
      assert.strictEqual(first(undefined, answer), "HF-S3-PLACE-006 likely")
    }
    assert.notInclude(codes(long(1026), mismatch), "HF-S3-PLACE-006")
  })
})

describe("a method", () => {
  it("recognizes a method that the resource does not allow", () => {
    const answer = refused(405, "MethodNotAllowed", "The specified method is not allowed against this resource.", {
      Method: "POST",
    })
    assert.strictEqual(first(put({ method: "POST" }), answer), "HF-S3-PLACE-007 likely")
    assert.strictEqual(first(undefined, answer), "HF-S3-PLACE-007 likely")
    assert.notInclude(codes(put({ method: "POST" }), denied), "HF-S3-PLACE-007")
  })
})

describe("a form", () => {
  const address = "https://0123456789abcdef0123456789abcdef.r2.cloudflarestorage.com/takes"

  it("explains that a storage server without POST Object does not accept a form, whether or not the form's fields are known", () => {
    const answer = refused(501, "NotImplemented", "Presigned post requests are not yet implemented")
    const headers = { "Content-Type": "multipart/form-data; boundary=b" }
    assert.strictEqual(first({ method: "POST", url: address, headers }, answer), "HF-S3-PLACE-008 certain")
    assert.strictEqual(codes(undefined, answer)[0], "HF-S3-PLACE-008")
  })

  it("infers from the host that the storage does not support forms, even if the browser hides the response", () => {
    const failure =
      "Access to fetch at 'x' from origin 'y' has been blocked by CORS policy: No 'Access-Control-Allow-Origin'"
    const explained = (url: string) => Diagnosis.explain({ request: { method: "POST", url }, failure })
    assert.strictEqual(explained(address).code, "HF-S3-PLACE-008")
    assert.notStrictEqual(explained(`${address}/a?uploads`).code, "HF-S3-PLACE-008")
    assert.notStrictEqual(explained("https://takes.s3.eu-west-1.amazonaws.com/").code, "HF-S3-PLACE-008")
  })
})

describe("a host that names the bucket twice", () => {
  it("attributes a certificate mismatch to a host that names the bucket twice", () => {
    const explained = (host: string) =>
      Diagnosis.explain({
        failure: `ERR_TLS_CERT_ALTNAME_INVALID: Hostname/IP does not match certificate's altnames: Host: ${host}. is not in the cert's altnames: DNS:*.fra1.digitaloceanspaces.com`,
      })
    assert.strictEqual(explained("takes.takes.fra1.digitaloceanspaces.com").code, "HF-S3-PLACE-010")
    assert.notStrictEqual(explained("takes.fra1.digitaloceanspaces.com").code, "HF-S3-PLACE-010")
  })
})
