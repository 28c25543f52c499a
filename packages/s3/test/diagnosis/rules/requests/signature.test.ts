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
  signature,
  token,
  url,
  url2,
} from "../../../support/requests.ts"

/** The received request as a server shows it. */
const shown = (lines: {
  readonly method?: string
  readonly path?: string
  readonly query?: Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string>>
}) => {
  const query = {
    "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
    "X-Amz-Credential": `${longLived}/20261121/eu-west-1/s3/aws4_request`,
    "X-Amz-Date": "20261121T172358Z",
    "X-Amz-Expires": "900",
    "X-Amz-SignedHeaders": "host",
    ...lines.query,
  }
  const headers = { host: "talks.s3.eu-west-1.amazonaws.com", ...lines.headers }
  return refused(403, "SignatureDoesNotMatch", "The request signature we calculated does not match …", {
    AWSAccessKeyId: longLived,
    SignatureProvided: signature,
    StringToSign: `AWS4-HMAC-SHA256\n20261121T172358Z\n20261121/eu-west-1/s3/aws4_request\n${"c0ffee00".repeat(8)}`,
    CanonicalRequest: [
      lines.method ?? "PUT",
      lines.path ?? "/takes/talk.mov",
      Object.entries(query)
        .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
        .join("&"),
      ...Object.entries(headers).map(([name, value]) => `${name}:${value}`),
      "",
      Object.keys(headers).join(";"),
      "UNSIGNED-PAYLOAD",
    ].join("\n"),
  })
}

describe("the canonical request in the response", () => {
  it("uses the canonical request in the response to show what was changed in transit", () => {
    for (const [lines, name, code] of [
      [{ method: "GET" }, "method", "HF-S3-SIGN-010"],
      [{ path: "/takes/TALK.mov" }, "path", "HF-S3-SIGN-010"],
      [{ path: "/takes//talk.mov" }, "path", "HF-S3-SIGN-023"],
      [{ path: "/origin/takes/talk.mov" }, "path", "HF-S3-SIGN-022"],
      [{ path: "/takes/talk%252Emov" }, "path", "HF-S3-SIGN-014"],
      [{ query: { "x-id": "PutObject" } }, "x-id", "HF-S3-SIGN-010"],
      [{ query: { "X-Amz-Expires": "60" } }, "X-Amz-Expires", "HF-S3-SIGN-010"],
      [{ headers: { host: "storage.internal:9000" } }, "host", "HF-S3-SIGN-016"],
      [{ headers: { "content-type": "video/mp4" } }, "content-type", "HF-S3-SIGN-013"],
      [{ headers: { "user-agent": "Amazon CloudFront" } }, "user-agent", "HF-S3-SIGN-024"],
    ] as const) {
      const request = put({
        headers: {
          Host: "talks.s3.eu-west-1.amazonaws.com",
          "Content-Type": "video/quicktime",
          "User-Agent": "curl/8",
        },
      })
      const explanation = explain(request, shown(lines))
      assert.strictEqual(`${explanation.code} ${explanation.confidence}`, `${code} certain`, name)
      assert.include(
        explanation.evidence.map((one) => one.name),
        name,
      )
    }
  })

  it("rules out a change in transit if the canonical request matches what was sent, and reveals no secret", () => {
    const request = put({
      url: url({ "X-Amz-Security-Token": token }, "https://talks.s3.eu-west-1.amazonaws.com/takes/a%20b(1).mov"),
      headers: { "Content-Type": "video/mp4; codecs=av1" },
    })
    const answer = shown({
      path: "/takes/a%20b%281%29.mov",
      query: { "X-Amz-Security-Token": token },
      headers: { "content-type": "video/mp4; codecs=av1" },
    })
    const explanation = explain(request, answer)
    assert.notInclude(
      explanation.causes.map(({ code }) => code),
      "HF-S3-SIGN-010",
    )
    assert.include(
      explanation.ruledOut.map(({ check }) => check),
      "request on the way",
    )
    for (const secret of ["feedface", "EXAMPLE0", "IOSFODNN7EXAMPLE"]) {
      assert.notInclude(JSON.stringify(explanation), secret)
    }
  })

  it("reports a canonical request that contains a different token, without revealing the token", () => {
    const request = put({ url: url({ "X-Amz-Security-Token": token }) })
    const { code, evidence } = explain(request, shown({ query: { "X-Amz-Security-Token": token.slice(1) } }))
    assert.include(codes(request, shown({ query: { "X-Amz-Security-Token": token.slice(1) } })), "HF-S3-SIGN-010")
    assert.isDefined(code)
    assert.notInclude(JSON.stringify(evidence), "EXAMPLE0")
  })

  it("reports that the canonical request cannot be compared without a captured request", () => {
    const { code, unseen } = explain(undefined, shown({}))
    assert.strictEqual(code, "HF-S3-SIGN-019")
    assert.match(unseen.join(), /request as it was sent/)
  })
})

describe("a signature that does not match", () => {
  it("reports the wrong method if a POST is sent to the URL of an object, or if the URL names a different method", () => {
    for (const answer of [mismatch, refused(403, "AccessDenied", "Forbidden: Invalid signature")]) {
      assert.strictEqual(first(put({ method: "POST" }), answer), "HF-S3-SIGN-011 likely")
      assert.strictEqual(first(put({ url: url2(), method: "POST" }), answer), "HF-S3-SIGN-011 likely")
    }
    assert.strictEqual(first(put({ url: url({ "x-id": "GetObject" }) }), mismatch), "HF-S3-SIGN-011 certain")
    assert.notInclude(codes(put({ url: url({ "x-id": "PutObject" }) }), mismatch), "HF-S3-SIGN-011")
    assert.notInclude(codes(put({ method: "POST", url: url({ uploads: "" }) }), mismatch), "HF-S3-SIGN-011")
    assert.notInclude(codes(put({ method: "POST" }), refused(404, "NoSuchBucket")), "HF-S3-SIGN-011")
  })

  it("reports a form that was sent where bytes were expected", () => {
    const form = [{ name: "file", filename: "talk.mov", size: 1000 }]
    for (const request of [
      put({ form, headers: { "content-type": "multipart/form-data; boundary=x" } }),
      put({ headers: { "content-type": "multipart/form-data; boundary=x" } }),
    ]) {
      assert.strictEqual(first(request, mismatch), "HF-S3-SIGN-012 likely")
    }
  })

  it("reports a different media type if the type is signed, which is always the case in version 2", () => {
    const typed = { headers: { "content-type": "video/mp4" } }
    const named = url({ "X-Amz-SignedHeaders": "content-type;host" })
    assert.strictEqual(first(put({ url: named, ...typed }), mismatch), "HF-S3-SIGN-013 likely")
    assert.strictEqual(first(put({ url: url2(), ...typed }), mismatch), "HF-S3-SIGN-013 likely")
    assert.strictEqual(first(put(typed), mismatch), "HF-S3-SIGN-019 likely")
    assert.include(
      explain(put(typed), mismatch).ruledOut.map(({ check }) => check),
      "Content-Type",
    )
  })

  it("reports a media type that was sent twice", () => {
    const twice = own(
      {},
      {
        "content-type": "application/octet-stream, application/json",
        Authorization: authorization().replace("SignedHeaders=", "SignedHeaders=content-type;"),
      },
    )
    assert.strictEqual(first(twice, mismatch), "HF-S3-SIGN-013 likely")
    assert.include(explain(twice, mismatch).detail, "sent twice")
  })

  it("names the headers that the URL signs in addition to host, and names Host for a self-hosted server", () => {
    const sized = put({
      url: url({ "X-Amz-SignedHeaders": "content-length;host" }),
      headers: { Host: "talks.s3.eu-west-1.amazonaws.com", "Content-Length": "1000" },
    })
    const answer = shown({
      query: { "X-Amz-SignedHeaders": "content-length;host" },
      headers: { "content-length": "1000" },
    })
    assert.strictEqual(first(sized, answer), "HF-S3-SIGN-019 likely")
    assert.include(explain(sized, answer).detail, "content-length (here 1000)")
    const at = "https://media.example.com/talks/talk.mov"
    const elsewhere = put({ url: url({}, at), headers: { Host: "media.example.com" } })
    assert.include(explain(elsewhere, mismatch).detail, "the reason is often Host")
    assert.notInclude(explain(put(), mismatch).detail, "the reason is often Host")
  })

  it("reports a path that was encoded twice", () => {
    const twice = url({}, "https://talks.s3.eu-west-1.amazonaws.com/my%2520talk.mov")
    assert.strictEqual(first(put({ url: twice }), mismatch), "HF-S3-SIGN-014 likely")
    assert.deepStrictEqual(found(put({ url: twice })), [])
    const once = url({}, "https://talks.s3.eu-west-1.amazonaws.com/100%25%20talk.mov")
    assert.strictEqual(first(put({ url: once }), mismatch), "HF-S3-SIGN-019 likely")
  })

  it("reports a parameter that S3 does not recognize", () => {
    for (const name of ["utm_source", "_", "cb"]) {
      assert.strictEqual(first(put({ url: url({ [name]: "1" }) }), mismatch), "HF-S3-SIGN-015 likely", name)
    }
    for (const name of ["x-id", "partNumber", "response-content-type", "versionId", "x-custom"]) {
      assert.notInclude(codes(put({ url: url({ [name]: "1" }) }), mismatch), "HF-S3-SIGN-015", name)
    }
  })

  it("reports a host that differs from the signed host", () => {
    const request = put({
      url: url({}, "http://127.0.0.1:9000/talks/talk.mov"),
      headers: { Host: "minio.example.com" },
    })
    assert.strictEqual(first(request, mismatch), "HF-S3-SIGN-016 likely")
    const same = put({ headers: { Host: "talks.s3.eu-west-1.amazonaws.com:443" } })
    assert.notInclude(codes(same, mismatch), "HF-S3-SIGN-016")
  })

  it("reports a wrong secret or a different request as the likely cause if no other cause of the mismatch is found", () => {
    for (const request of [put(), put({ url: url2(), headers: {} }), own()]) {
      for (const answer of [
        mismatch,
        refused(403, "SignatureDoesNotMatch"),
        refused(403, "SignatureDoesNotMatch", "Access denied."),
        refused(403, "SignatureDoesNotMatch", "Signature validation failed"),
        refused(403, "AccessDenied", "Forbidden: Invalid signature"),
        refused(400, "InvalidSignature"),
      ]) {
        assert.strictEqual(first(request, answer), "HF-S3-SIGN-019 likely")
      }
    }
    assert.strictEqual(first(undefined, mismatch), "HF-S3-SIGN-019 likely")
    assert.notInclude(codes(put(), denied), "HF-S3-SIGN-019")
    const form = [
      { name: "policy", value: "e30=" },
      { name: "signature", value: "RkVFREZBQ0U=" },
      { name: "file", filename: "talk.mov", size: 1 },
    ]
    const posted = { method: "POST", url: "https://talks.s3.eu-west-1.amazonaws.com/", form }
    assert.notInclude(codes(posted, mismatch), "HF-S3-SIGN-019", "a form's signature has rules of its own")
    const unsigned = put({ url: "https://talks.s3.eu-west-1.amazonaws.com/talk.mov" })
    assert.include(codes(unsigned, mismatch), "HF-S3-SIGN-019", "a server that compared a signature was sent one")
    assert.include(codes(put(), mute), "HF-S3-SIGN-019")
  })
})

describe("the type of a form without its boundary", () => {
  it("blames a manually set content type, not the form, if the boundary is missing", () => {
    const request = (type: string) => put({ url: url2(), headers: { "Content-Type": type } })
    assert.strictEqual(first(request("multipart/form-data"), mismatch), "HF-S3-SIGN-013 likely")
    assert.strictEqual(first(request("multipart/form-data; boundary=x"), mismatch), "HF-S3-SIGN-012 likely")
  })
})

describe("an unencoded path", () => {
  const sent = (path: string) =>
    put({ url: url({}, `https://talks.s3.eu-west-1.amazonaws.com${path}`), headers: { "User-Agent": "curl/8" } })

  it("considers an unencoded path likely if the path contains a character that S3 encodes", () => {
    assert.strictEqual(first(sent("/takes/me@home.mov"), mismatch), "HF-S3-SIGN-021 likely")
    assert.include(explain(sent("/takes/me@home.mov"), mismatch).detail, "%40")
    // Every client sends percent signs.
    assert.notStrictEqual(first(sent("/takes/me%40home.mov"), mismatch), "HF-S3-SIGN-021 likely")
  })

  it("recognizes an unencoded path if the server read a + as a space", () => {
    const answer = shown({ path: "/takes/a%20b.mov" })
    const { code, confidence, detail } = explain(sent("/takes/a+b.mov"), answer)
    assert.strictEqual(`${code} ${confidence}`, "HF-S3-SIGN-021 likely")
    assert.include(detail, "%2B")
  })
})

describe("a path to which a CDN adds a prefix", () => {
  it("blames a prefix added to the path rather than the origin's host name, which a CDN sends by design", () => {
    const request = put({
      headers: { Host: "media.studio.example" },
      url: url({}, "https://media.studio.example/takes/talk.mov"),
    })
    const path = "/takes/takes/talk.mov"
    assert.match(first(request, shown({ path })), /^HF-S3-SIGN-022/)
    assert.match(first(request, shown({})), /^HF-S3-SIGN-016/)
  })
})
