import { assert, describe, it } from "@effect/vitest"
import {
  authorization,
  codes,
  denied,
  explain,
  first,
  found,
  longLived,
  mismatch,
  mute,
  own,
  put,
  refused,
  signed,
  temporary,
  token,
  unknownKey,
  url,
  url2,
} from "../../../support/requests.ts"

const scope = `${temporary}/20261121/eu-west-1/s3/aws4_request`
const session = (change: Parameters<typeof url>[0] = {}) => url({ "X-Amz-Credential": scope, ...change })
/** Signed with session keys, with the token where a signer writes it. */
const whole = (text = token) => url({ "X-Amz-Credential": scope, "X-Amz-Security-Token": text })
const ofCeph = (key: string) =>
  url({ "X-Amz-Credential": `${key}/20261121/us-east-1/s3/aws4_request` }, "http://127.0.0.1:7480/talks/talk.mov")

describe("the key of a session without its token", () => {
  it("uses Amazon's key prefix to detect a session key sent without its token, in URLs of both versions and in headers", () => {
    const requests = [
      put({ url: session() }),
      put({ url: url2({ AWSAccessKeyId: temporary }) }),
      own({}, { Authorization: authorization(scope) }),
      own({}, { Authorization: `AWS ${temporary}:RkVFREZBQ0U=` }),
    ]
    for (const request of requests) {
      assert.include(found(request), "TokenMissing")
      for (const answer of [
        unknownKey,
        mute,
        denied,
        refused(403, "InvalidTokenId"),
        refused(403, "InvalidSecurity"),
      ]) {
        assert.strictEqual(first(request, answer), "HF-S3-AUTH-001 certain")
      }
      assert.notInclude(codes(request, refused(404, "NoSuchBucket")), "HF-S3-AUTH-001")
    }
  })

  it("finds a session key whose token is empty or has another name", () => {
    assert.strictEqual(first(put({ url: whole("") }), unknownKey), "HF-S3-AUTH-001 certain")
    const { detail } = explain(put({ url: session({ AmzSecurityToken: token }) }), unknownKey)
    assert.include(detail, "the server does not read the token from AmzSecurityToken")
  })

  it("considers a missing token likely if the key id has no type but has the length of Ceph's session keys", () => {
    const ceph = put({ url: ofCeph("mgBI53lJ29O3we8asQU"), headers: {} })
    assert.strictEqual(first(ceph, refused(403, "InvalidAccessKeyId")), "HF-S3-AUTH-001 likely")
    assert.strictEqual(first(ceph, mute), "HF-S3-AUTH-001 likely")
    const user = put({ url: ofCeph("0555b35654ad1656d804"), headers: {} })
    assert.strictEqual(first(user, refused(403, "InvalidAccessKeyId")), "HF-S3-AUTH-007 likely")
    assert.include(codes(user, refused(403, "InvalidAccessKeyId")), "HF-S3-AUTH-001")
  })

  it("considers a missing token likely if the server mentions a token and the request has none", () => {
    const user = put({ url: ofCeph("0555b35654ad1656d804"), headers: {} })
    const answer = refused(403, "InvalidTokenId", "The security token included in the request is invalid")
    assert.strictEqual(first(user, answer), "HF-S3-AUTH-001 likely")
  })

  it("considers a missing token likely if only the key id in the response is available", () => {
    const answer = (key: string) => refused(403, "InvalidAccessKeyId", "", { AWSAccessKeyId: key })
    assert.include(codes(undefined, answer(temporary)), "HF-S3-AUTH-001")
    assert.strictEqual(first(undefined, answer("AKIAIOSFODNN7EXAMPLE")), "HF-S3-AUTH-007 likely")
  })

  it("rules out a missing token if the token is present or not needed", () => {
    for (const request of [put(), put({ url: whole() })]) {
      assert.include(
        explain(request, mismatch).ruledOut.map(({ check }) => check),
        "session token",
      )
      assert.deepStrictEqual(found(request), [])
    }
  })
})

describe("a present token", () => {
  it("reports a token that contains spaces or percent signs as damaged", () => {
    const blanks = put({
      url: session().replace("&X-Amz-Signed", `&X-Amz-Security-Token=${token.replaceAll("/", "%2F")}&X-Amz-Signed`),
    })
    const twice = put({ url: whole(encodeURIComponent(token)) })
    for (const request of [blanks, twice]) {
      assert.include(found(request), "TokenDamaged")
      for (const answer of [refused(400, "InvalidToken"), unknownKey, mute]) {
        assert.strictEqual(first(request, answer), "HF-S3-AUTH-002 certain")
      }
      assert.notInclude(JSON.stringify(explain(request, mute)), "EXAMPLE0")
    }
    const header = own({}, { Authorization: authorization(scope), "x-amz-security-token": token.replaceAll("+", " ") })
    assert.include(found(header), "TokenDamaged")
  })

  it("reports a token as damaged in transit if the server shows a different one", () => {
    const answer = refused(400, "InvalidToken", "", { "Token-0": token.slice(0, 40) })
    assert.strictEqual(first(put({ url: whole() }), answer), "HF-S3-AUTH-002 certain")
    assert.include(explain(put({ url: whole() }), answer).detail, "40 bytes")
    const same = refused(400, "InvalidToken", "", { "Token-0": token })
    assert.strictEqual(first(put({ url: whole() }), same), "HF-S3-AUTH-005 likely")
    assert.strictEqual(first(undefined, same), "HF-S3-AUTH-005 likely")
  })

  it("reports a token as appended if it follows the signature", () => {
    const appended = put({ url: `${session()}&X-Amz-Security-Token=${encodeURIComponent(token)}` })
    for (const answer of [unknownKey, mismatch, mute]) {
      assert.strictEqual(first(appended, answer), "HF-S3-AUTH-003 likely")
    }
    assert.deepStrictEqual(found(appended), [])
    assert.notInclude(codes(put({ url: whole() }), mismatch), "HF-S3-AUTH-003")
  })

  it("explains that a token belongs to an expired session if the URL is still valid", () => {
    for (const code of ["ExpiredToken", "TokenRefreshRequired"]) {
      assert.strictEqual(first(put({ url: whole() }), refused(400, code)), "HF-S3-AUTH-004 certain")
    }
    assert.match(explain(put({ url: whole() }), refused(400, "ExpiredToken")).detail, /valid for another 15 min/)
    assert.strictEqual(first(put({ url: whole() }), unknownKey), "HF-S3-AUTH-004 likely")
    assert.strictEqual(first(put({ url: whole() }), mute), "HF-S3-AUTH-004 possible")
    assert.strictEqual(first(undefined, refused(400, "ExpiredToken")), "HF-S3-AUTH-004 likely")
    const old = put({ url: url({ "X-Amz-Credential": scope, "X-Amz-Security-Token": token, "X-Amz-Expires": "1" }) })
    assert.strictEqual(first(old, refused(400, "ExpiredToken")), "HF-S3-URL-001 certain")
  })

  it("reports a session token that is used with a long-lived key", () => {
    const mixed = put({ url: url({ "X-Amz-Security-Token": token }) })
    assert.strictEqual(first(mixed, unknownKey), "HF-S3-AUTH-006 likely")
    assert.deepStrictEqual(found(mixed, { at: signed }), [])
  })

  it("accepts the token of a directory bucket", () => {
    const express = url({ "X-Amz-Credential": scope, "X-Amz-S3session-Token": token })
    assert.deepStrictEqual(found(put({ url: express })), [])
  })
})

describe("an unknown key", () => {
  it("considers an unknown key likely, based on the code or the message, if the key needs no token", () => {
    for (const answer of [
      unknownKey,
      refused(403, "InvalidAccessKeyId", "The Access Key Id you provided does not exist in our records."),
      refused(403, "AccessDenied", "Forbidden: No such key: GK31c2f218a2e44f485b94239e"),
    ]) {
      assert.strictEqual(first(put(), answer), "HF-S3-AUTH-007 likely")
    }
    assert.notInclude(codes(put(), mismatch), "HF-S3-AUTH-007")
  })

  it("recognizes a key of another vendor by its format, and recognizes a key that a log has masked", () => {
    const signedBy = (id: string) =>
      put({ url: url({ "X-Amz-Credential": `${id}/20261121/eu-west-1/s3/aws4_request` }) })
    const answer = refused(
      403,
      "InvalidAccessKeyId",
      "The AWS Access Key Id you provided does not exist in our records.",
      {},
      { server: "AmazonS3" },
    )
    assert.include(explain(signedBy("DO00EXAMPLETEST00017"), answer).detail, "belongs to DigitalOcean Spaces")
    assert.include(explain(signedBy("GK31c2f218a2e44f485b94239e"), answer).detail, "belongs to Garage")
    assert.notInclude(explain(signedBy(longLived), answer).detail, "By its format")
    assert.include(explain(signedBy("***"), answer).detail, "masks keys")
  })
})

describe("the value in place of an unknown key id", () => {
  const said = (id: string, name = "AWSAccessKeyId") => {
    const message = "The Access Key Id you provided does not exist in our records."
    const headers = { server: name === "OSSAccessKeyId" ? "AliyunOSS" : "AmazonS3", "x-amz-id-2": "a=" }
    return explain(undefined, refused(403, "InvalidAccessKeyId", message, { [name]: id }, headers))
  }

  it("states what is wrong with a key id that cannot be valid", () => {
    for (const [id, says] of [
      [` ${longLived}`, /contains a space/],
      [`${longLived} `, /contains a space/],
      ["1", /has 1 character,/],
      ["YOUR_ACCESS_KEY", /an example or an empty variable/],
      ["undefined", /an example or an empty variable/],
      ["a0B1c2D3e4".repeat(4), /40 characters.*swapped/],
    ] as const) {
      const { code, detail } = said(id)
      assert.strictEqual(code, "HF-S3-AUTH-007", id)
      assert.match(detail, says)
    }
    assert.notMatch(said(longLived).detail, /blank|characters?, /)
  })

  it("reads the unknown key id from the element that its vendor uses", () => {
    assert.match(
      said("1", "OSSAccessKeyId")
        .causes[0]?.evidence.map(({ name }) => name)
        .join() ?? "",
      /OSSAccessKeyId/,
    )
    assert.include(
      said("STS.NTESTEXAMPLE0000000000001", "OSSAccessKeyId").causes.map(({ code }) => code),
      "HF-S3-AUTH-001",
    )
  })
})
