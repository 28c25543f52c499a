import { assert, describe, it } from "@effect/vitest"
import {
  codes,
  date,
  denied,
  explain,
  first,
  found,
  mismatch,
  mute,
  put,
  refused,
  signed,
  url,
  url2,
} from "../../../support/requests.ts"

const expired = put({ url: url({ "X-Amz-Date": "20261121T162358Z" }) })
const early = put({ url: url({ "X-Amz-Date": "20261121T192358Z" }) })
const ruledOut = (...args: Parameters<typeof explain>) => explain(...args).ruledOut.map(({ check }) => check)

describe("an expired URL", () => {
  it("recognizes an expired URL, whatever wording the server uses", () => {
    for (const answer of [
      refused(403, "AccessDenied", "Request has expired"),
      refused(403, "AccessDenied", "Forbidden: Date is too old"),
      refused(400, "InvalidRequest", "Bad request: Date is too old"),
      refused(400, "ExpiredToken", "Invalid argument.", {
        Details: "The provided token has expired. Request signature expired at: 2026-11-21T16:38:58+00:00",
      }),
      refused(403, "ExpiredRequest", "The request has expired."),
      refused(403, "ExpiredPresignedUrlRequest", ""),
      mute,
      denied,
      { status: 403, headers: { date }, body: "" },
    ]) {
      assert.strictEqual(first(expired, answer), "HF-S3-URL-001 certain", JSON.stringify(answer))
    }
  })

  it("recognizes an expired URL from the elements of the response alone, and considers expiry likely if only the code or message is available", () => {
    const elements = { "X-Amz-Expires": "900", Expires: "2026-11-21T16:38:58Z", ServerTime: "2026-11-21T17:24:10Z" }
    assert.strictEqual(
      first(undefined, refused(403, "AccessDenied", "Request has expired", elements)),
      "HF-S3-URL-001 certain",
    )
    assert.strictEqual(first(undefined, refused(403, "AccessDenied", "Request has expired")), "HF-S3-URL-001 likely")
    assert.strictEqual(first(undefined, refused(403, "ExpiredRequest")), "HF-S3-URL-001 likely")
  })

  it("uses the server's clock to determine whether a URL has expired, and reports a wrong local clock", () => {
    assert.include(ruledOut(put(), denied, { at: signed + 10 * 3_600_000 }), "URL expiry")
    assert.notInclude(codes(put(), denied, { at: signed + 10 * 3_600_000 }), "HF-S3-URL-001")
    const { detail } = explain(expired, mute, { at: signed - 3_600_000 })
    assert.match(detail, /45 min|30 min/)
    assert.match(detail, /The local clock is 60 min slow\./)
  })

  it("finds the expiry of a version 2 URL in Expires", () => {
    assert.strictEqual(first(put({ url: url2({ Expires: "1795281838" }) }), mute), "HF-S3-URL-001 certain")
    assert.include(ruledOut(put({ url: url2() }), mute), "URL expiry")
  })

  it("does not report an expired URL as the cause of a mismatch or a missing bucket", () => {
    assert.strictEqual(first(expired, mismatch), "HF-S3-SIGN-019 likely")
    assert.deepStrictEqual(codes(expired, refused(404, "NoSuchBucket", "", { BucketName: "talks" })).slice(0, 1), [
      "HF-S3-PLACE-005",
    ])
    assert.notInclude(codes(expired, refused(404, "NoSuchBucket")), "HF-S3-URL-001")
  })

  it("lint rejects a URL only after its expiry", () => {
    assert.deepStrictEqual(found(put(), { at: signed + 900_000 }), [])
    assert.deepStrictEqual(found(put(), { at: signed + 900_001 }), ["UrlExpired"])
    assert.deepStrictEqual(found(put(), {}), [])
  })
})

describe("a URL that is dated in the future", () => {
  it("finds a URL that is dated in the future, whatever error the server returns", () => {
    for (const answer of [
      refused(403, "AccessDenied", "Request is not yet valid"),
      refused(403, "AccessDenied", "Request is not valid yet"),
      mute,
    ]) {
      assert.strictEqual(first(early, answer), "HF-S3-URL-002 certain")
    }
    assert.strictEqual(
      first(undefined, refused(403, "AccessDenied", "Request is not yet valid")),
      "HF-S3-URL-002 likely",
    )
  })

  it("accepts a URL that is dated up to 15 minutes in the future", () => {
    assert.deepStrictEqual(found(put(), { at: signed - 900_000 }), [])
    assert.deepStrictEqual(found(put(), { at: signed - 901_000 }), ["NotYetValid"])
    assert.include(ruledOut(put(), mute), "signing time")
  })
})

describe("the lifetime and the date of a URL", () => {
  it("requires a lifetime of at most seven days, given in seconds", () => {
    for (const life of ["-1", "604801", "86400.5", "1h", "", "1e3"]) {
      assert.include(found(put({ url: url({ "X-Amz-Expires": life }) })), "ExpiresOutOfRange", life)
      assert.strictEqual(first(put({ url: url({ "X-Amz-Expires": life }) }), mute), "HF-S3-URL-003 certain")
    }
    for (const life of ["1", "604800"]) {
      assert.deepStrictEqual(found(put({ url: url({ "X-Amz-Expires": life }) }), { at: signed }), [], life)
    }
    const words = "X-Amz-Expires must be less than a week (in seconds)"
    assert.strictEqual(
      first(undefined, refused(400, "AuthorizationQueryParametersError", words)),
      "HF-S3-URL-003 likely",
    )
  })

  it("requires a date in the ISO 8601 basic format", () => {
    for (const text of ["1795281838000", "2026-11-21T17:23:58Z", "20261121T172358", "Sat, 21 Nov 2026 17:23:58 GMT"]) {
      const request = put({ url: url({ "X-Amz-Date": text }) })
      assert.include(found(request), "DateMalformed", text)
      for (const answer of [mute, refused(403, "AccessDenied", "Request is not yet valid")]) {
        assert.strictEqual(first(request, answer), "HF-S3-URL-004 certain", text)
      }
    }
    assert.match(explain(put({ url: url({ "X-Amz-Date": "1795281838000" }) }), mute).detail, /milliseconds/)
    assert.include(found(put({ url: url2({ Expires: "1795282738000" }) })), "DateMalformed")
    assert.strictEqual(
      first(undefined, refused(400, "MalformedDate", "Invalid date format header")),
      "HF-S3-URL-004 likely",
    )
  })
})

describe("a URL that expires before the transfer is complete", () => {
  it("rejects a URL that expires before the transfer is complete if the bandwidth is known", () => {
    const film = put({ headers: { "Content-Length": "1000000000" }, size: 1_000_000_000 })
    assert.deepStrictEqual(found(film, { at: signed, bytesPerSecond: 1_000_000 }), ["UrlEndsTooSoon"])
    assert.deepStrictEqual(found(film, { at: signed, bytesPerSecond: 1_200_000 }), [])
    assert.deepStrictEqual(found(film, { at: signed }), [])
  })

  it("attributes a lost connection to the expiry of the URL only if the URL had expired by then", () => {
    const lost = { failure: "ECONNRESET", at: signed + 1_000_000 }
    assert.strictEqual(first(put({ sent: 500 }), undefined, lost), "HF-S3-URL-005 likely")
    assert.notInclude(codes(put({ sent: 500 }), undefined, { ...lost, at: signed + 1000 }), "HF-S3-URL-005")
    assert.strictEqual(first(put({ sent: 0 }), undefined, lost), "HF-S3-URL-001 certain")
  })
})
