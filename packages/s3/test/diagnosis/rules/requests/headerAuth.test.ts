import { assert, describe, it } from "@effect/vitest"
import {
  authorization,
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
  url2,
} from "../../../support/requests.ts"

const only = refused(
  400,
  "InvalidArgument",
  "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter …",
  {
    ArgumentName: "Authorization",
    ArgumentValue: "Bearer EXAMPLE",
  },
)

describe("two authentications", () => {
  it("finds two authentication methods in a signed URL that is sent with any Authorization header", () => {
    for (const header of ["Bearer EXAMPLE", "Basic RVhBTVBMRQ==", authorization(), "EXAMPLETOKEN"]) {
      for (const url of [put().url, url2()]) {
        const request = put({ url, headers: { authorization: header } })
        assert.include(found(request), "TwoProofs", header)
        for (const answer of [only, refused(400, "InvalidArgument"), mismatch, denied]) {
          assert.strictEqual(first(request, answer), "HF-S3-AUTH-010 certain", header)
        }
        assert.notInclude(codes(request, refused(404, "NoSuchBucket")), "HF-S3-AUTH-010")
      }
    }
  })

  it("considers two authentication methods likely if only the message is available, and rules them out if the request has only one", () => {
    assert.strictEqual(first(undefined, only), "HF-S3-AUTH-010 likely")
    assert.include(
      explain(put(), mute).ruledOut.map(({ check }) => check),
      "proofs",
    )
  })
})

describe("an Authorization header", () => {
  it("recognizes an Authorization header that belongs to another API", () => {
    const request = own({}, { Authorization: "Bearer EXAMPLE.TOKEN.EXAMPLE" })
    assert.include(found(request), "ForeignScheme")
    for (const answer of [refused(400, "InvalidArgument"), denied, refused(400, "InvalidRequest")]) {
      assert.strictEqual(first(request, answer), "HF-S3-AUTH-011 certain")
    }
    const words = refused(400, "InvalidArgument", "Unsupported Authorization Type", { ArgumentName: "Authorization" })
    assert.strictEqual(first(undefined, words), "HF-S3-AUTH-011 likely")
    const google = own(
      { url: "https://storage.googleapis.com/talks/talk.mov" },
      { Authorization: "Bearer EXAMPLE.TOKEN" },
    )
    assert.deepStrictEqual(found(google), [])
  })

  it("reports an Authorization header as malformed if a part is missing", () => {
    for (const header of [
      "AWS4-HMAC-SHA256 nonsense",
      authorization().replace(/SignedHeaders=[^,]*, /, ""),
      authorization().replace(/, Signature=.*/, ""),
      "AWS AKIAIOSFODNN7EXAMPLE",
    ]) {
      const request = own({}, { Authorization: header })
      assert.include(found(request), "AuthorizationMalformed", header)
      for (const answer of [refused(400, "AuthorizationHeaderMalformed"), refused(400, "InvalidArgument")]) {
        assert.strictEqual(first(request, answer), "HF-S3-AUTH-012 certain", header)
      }
    }
    assert.strictEqual(first(undefined, refused(400, "AuthorizationHeaderMalformed")), "HF-S3-AUTH-012 likely")
    assert.deepStrictEqual(found(own()), [])
    assert.deepStrictEqual(found(own({}, { Authorization: "AWS AKIAIOSFODNN7EXAMPLE:RkVFRA==" })), [])
  })

  it("reports an Authorization header that is sent without the digest and time headers", () => {
    const { Authorization = "" } = own().headers ?? {}
    const request = { ...own(), headers: { Authorization, "Content-Length": "1" } }
    assert.include(found(request), "HashHeaderMissing")
    assert.strictEqual(first(request, refused(400, "InvalidRequest")), "HF-S3-AUTH-013 likely")
    const words = "AWS authentication requires a valid Date or x-amz-date header"
    assert.strictEqual(first(undefined, refused(403, "AccessDenied", words)), "HF-S3-AUTH-013 likely")
  })
})

describe("a request without a signature", () => {
  const bare = put({ url: "https://talks.s3.eu-west-1.amazonaws.com/takes/talk.mov" })

  it("considers a missing signature the likely cause of an error, and the certain cause if the server reports it", () => {
    for (const answer of [
      denied,
      mute,
      refused(403, "Forbidden"),
      { status: 403, headers: { "x-amz-request-id": "A" } },
    ]) {
      assert.strictEqual(first(bare, answer), "HF-S3-AUTH-014 likely")
    }
    for (const answer of [refused(403, "MissingAuthenticationToken"), refused(401, "AuthenticationRequired")]) {
      assert.strictEqual(first(bare, answer), "HF-S3-AUTH-014 certain")
      assert.strictEqual(first(undefined, answer), "HF-S3-AUTH-014 likely")
    }
  })

  it("lint does not reject an unsigned request, because the bucket may be public", () => {
    assert.deepStrictEqual(found(bare), [])
  })

  it("does not treat a request as unsigned if it has another service's signature", () => {
    const google = put({ url: "https://storage.googleapis.com/talks/talk.mov?X-Goog-Signature=feed" })
    assert.notInclude(codes(google, denied), "HF-S3-AUTH-014")
  })
})
