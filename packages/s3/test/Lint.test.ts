import { assert, describe, it } from "@effect/vitest"
import * as Lint from "@holdfast/s3/Lint"
import { Effect } from "effect"
import { at, check, find, held, late, remove, sample, tags, without } from "./support/brokenForms.ts"
import { basic, draft, numbers, request } from "./support/validForms.ts"

describe("Lint", () => {
  it("rejects a form without a file, and a form with two files", () => {
    assert.include(
      held(sample(), (all) => ({ ...all, form: (all.form ?? []).filter((part) => "value" in part) })),
      "FileMissing",
    )
    assert.include(
      held(sample(), (all) => ({ ...all, form: [...(all.form ?? []), { name: "file", filename: "b.mov", size: 3 }] })),
      "SeveralFiles",
    )
    assert.include(
      held(sample(), (all) => ({ ...all, form: [{ name: "thumb", filename: "b.png", size: 3 }, ...(all.form ?? [])] })),
      "SeveralFiles",
    )
  })

  it("rejects a content type without a boundary, a content type other than multipart, a mismatched boundary, and a body of unknown length", () => {
    const typed = (headers: Record<string, string>) => tags(sample({ headers }))
    assert.deepStrictEqual(typed({ "Content-Type": "multipart/form-data" }), ["NoBoundary"])
    assert.deepStrictEqual(typed({ "Content-Type": "application/json" }), ["NotMultipart"])
    assert.deepStrictEqual(
      held(sample(), (all) => ({ ...all, body: '--XbOuNd\r\nContent-Disposition: form-data; name="key"\r\n\r\na' })),
      ["OtherBoundary"],
    )
    const type = "multipart/form-data; boundary=b"
    assert.include(typed({ "Content-Type": type, "Transfer-Encoding": "chunked" }), "FormLengthUnknown")
    assert.deepStrictEqual(typed({ "Content-Type": type, "Content-Length": "0" }), ["FormUnreadable"])
  })

  it("compares boundaries by length if the boundary in the header looks like a secret", () => {
    const stated = "----WebKitFormBoundary7MA4YWxkTrZu0gW0123456789abcdef"
    const lint = (used: string) =>
      held(sample({ headers: { "content-type": `multipart/form-data; boundary=${stated}` } }), (all) => ({
        ...all,
        body: `--${used}\r\nContent-Disposition: form-data; name="key"\r\n\r\na`,
      }))
    assert.deepStrictEqual(lint(stated), [])
    assert.deepStrictEqual(lint("XbOuNd"), ["OtherBoundary"])
  })

  it("rejects JSON and URL-encoded bodies that contain the fields of a form", () => {
    const json = (type: string, body: string) =>
      Lint.check({
        method: "POST",
        url: "https://talks.s3.amazonaws.com/",
        headers: { "content-type": type },
        body,
      }).map(({ _tag }) => _tag)
    assert.deepStrictEqual(json("application/json", '{"key":"a","policy":"b","x-amz-signature":"c"}'), ["NotMultipart"])
    assert.deepStrictEqual(json("application/x-www-form-urlencoded", "key=a&policy=b&signature=c"), ["NotMultipart"])
    assert.deepStrictEqual(json("text/plain", "nothing of a form"), [])
  })

  it("rejects a form that also contains authentication in a header or in the URL", () => {
    const headers = { "content-type": "multipart/form-data; boundary=b", authorization: "Bearer application-token" }
    assert.deepStrictEqual(tags(sample({ headers })), ["FormAndAuthorization"])
    const url = `${sample().url}?X-Amz-Signature=${"0".repeat(64)}&X-Amz-Algorithm=AWS4-HMAC-SHA256`
    assert.include(tags(sample({ url })), "FormAndAuthorization")
  })

  it("rejects signature version 2 only where version 4 is required", () => {
    const r = numbers(3)
    let one = draft(r)
    while (one.version !== 2 || one.session) one = draft(r)
    without(one, "bucket")
    one.conditions.push({ bucket: "talks" })
    remove(one, "x-amz-server-side-encryption")
    without(one, "x-amz-server-side-encryption")
    const host = (region: string) => tags({ ...one, url: `https://talks.s3.${region}.amazonaws.com/` })
    assert.deepStrictEqual(host("eu-central-1"), ["OldSignature"])
    assert.deepStrictEqual(host("us-east-1"), [])
    one.before.push(["x-amz-server-side-encryption", "aws:kms"])
    one.conditions.push({ "x-amz-server-side-encryption": "aws:kms" })
    assert.deepStrictEqual(host("us-east-1"), ["OldSignature"])
  })

  it("rejects impossible algorithms, credentials and dates", () => {
    const change = (name: string, to: (value: string) => string) => {
      const one = sample()
      one.at = at(one)
      const entry = find(one, name)
      entry[1] = to(entry[1])
      without(one, name)
      one.conditions.push({ [name]: entry[1] })
      return tags(one)
    }
    assert.deepStrictEqual(
      change("x-amz-algorithm", () => "AWS4-HMAC-SHA1"),
      ["AlgorithmWrong"],
    )
    assert.deepStrictEqual(change("x-amz-credential", encodeURIComponent), ["CredentialMalformed"])
    assert.deepStrictEqual(
      change("x-amz-credential", (v) => v.replace("/aws4_request", "")),
      ["CredentialMalformed"],
    )
    assert.deepStrictEqual(
      change("x-amz-date", () => "2026-11-21T17:23:58Z"),
      ["DateWrong"],
    )
    assert.deepStrictEqual(
      change("x-amz-date", () => "20200101T000000Z"),
      ["DateWrong"],
    )
  })

  it("rejects a form whose values differ from the signed values", () => {
    const one = sample()
    find(one, "x-amz-credential")[1] = find(one, "x-amz-credential")[1].replace(/^[^/]*/, "AKIAANOTHEREXAMPLE00")
    assert.deepStrictEqual(tags(one), ["SignedFieldChanged"])
  })

  it("rejects a form whose date is more than 15 minutes in the future", () => {
    const dated = (ahead: number) => {
      const one = sample()
      const signed = Date.UTC(2026, 10, 21, 12)
      one.at = signed - ahead
      one.expiration = new Date(signed + 3_600_000).toISOString()
      find(one, "x-amz-date")[1] = basic(signed)
      find(one, "x-amz-credential")[1] = `AKIAEXAMPLEEXAMPLE00/20261121/us-east-1/s3/aws4_request`
      one.url = one.url.replace(/\.[a-z]{2}-[a-z]+-\d\./, ".us-east-1.")
      for (const name of ["x-amz-date", "x-amz-credential"]) {
        without(one, name)
        one.conditions.push({ [name]: find(one, name)[1] })
      }
      return tags(one)
    }
    assert.deepStrictEqual(dated(900_000), [])
    assert.deepStrictEqual(dated(901_000), ["FormNotYetValid"])
  })

  it("does not report a fault that the request does not show", () => {
    for (const one of [{}, { method: "POST" }, { url: "https://talks.s3.amazonaws.com/" }, { headers: {} }]) {
      assert.deepStrictEqual(
        Lint.check(one).filter(({ code }) => code.startsWith("HF-S3-POST")),
        [],
      )
    }
    assert.deepStrictEqual(
      Lint.check({ method: "POST", url: "not a URL", form: [{ name: "file", size: 1 }] }).map(({ _tag }) => _tag),
      ["UnsignedForm", "FieldMissing"],
    )
    const old = sample({ expiration: "2001-01-01T00:00:00Z", at: undefined })
    assert.deepStrictEqual(tags(old), [])
  })

  it("does not apply the rules for S3 forms to other vendors' forms", () => {
    const form = [
      { name: "key", value: "a" },
      { name: "OSSAccessKeyId", value: "LTAIEXAMPLE" },
      {
        name: "policy",
        value: Buffer.from('{"expiration":"2030-01-01T00:00:00Z","conditions":[]}').toString("base64"),
      },
      { name: "Signature", value: "c2lnbmF0dXJl" },
      { name: "x-oss-security-token", value: "token" },
      { name: "file", filename: "a", size: 1 },
    ]
    assert.deepStrictEqual(Lint.check({ method: "POST", url: "https://b.oss-cn-hangzhou.aliyuncs.com/", form }), [])
  })

  it("recognizes the fields of Google's XML API", () => {
    const policy = (...conditions: ReadonlyArray<unknown>) =>
      Buffer.from(JSON.stringify({ expiration: "2030-01-01T00:00:00Z", conditions })).toString("base64")
    const signed = {
      "x-goog-algorithm": "GOOG4-RSA-SHA256",
      "x-goog-credential": "signer@example.iam.gserviceaccount.com/20261121/auto/storage/goog4_request",
      "x-goog-date": "20261121T172358Z",
      "x-goog-meta-take": "7",
    }
    const conditions = [
      { bucket: "talks" },
      ["starts-with", "$key", "up/"],
      ...Object.entries(signed).map(([k, v]) => ({ [k]: v })),
    ]
    const form = (key: string, ...more: ReadonlyArray<{ name: string; value: string }>) => [
      { name: "key", value: key },
      ...Object.entries(signed).map(([name, value]) => ({ name, value })),
      { name: "policy", value: policy(...conditions) },
      ...more,
      { name: "file", filename: "a", size: 1 },
    ]
    const url = "https://storage.googleapis.com/talks"
    const lint = (parts: ReturnType<typeof form>) =>
      Lint.check({ method: "POST", url, form: parts }).map(({ _tag }) => _tag)
    const signature = { name: "x-goog-signature", value: "0".repeat(512) }
    assert.deepStrictEqual(lint(form("up/a", signature)), [])
    assert.deepStrictEqual(lint(form("up/a")), ["FieldMissing"])
    assert.deepStrictEqual(lint(form("a", signature)), ["ConditionNotMet"])
    assert.deepStrictEqual(lint(form("up/a", signature, { name: "x-goog-meta-b", value: "" })), ["FieldNotCovered"])
    assert.deepStrictEqual(lint([...form("up/a"), signature] as never), ["FieldAfterFile"])
  })

  it("reports the code, location and fix, but does not reveal secrets", () => {
    const one = sample()
    const token = "FwoGZXIvYXdzEXAMPLEtokenEXAMPLEtokenEXAMPLEtoken0123456789"
    one.after.push(["x-amz-security-token", token])
    const [finding] = check(one)
    assert(finding !== undefined)
    assert.strictEqual(finding.code, "HF-S3-POST-011")
    assert.strictEqual(finding.evidence[1]?.at, `request.form[${one.before.length + 1}]`)
    assert.strictEqual(finding.fix[0]?.text, 'append "file" last, after every other field')
    assert.notInclude(JSON.stringify(finding), token)
  })

  it.effect("fails with the findings and with a verdict that forbids retries", () =>
    Effect.gen(function* () {
      const one = sample()
      late(one, "policy")
      const error = yield* Effect.flip(Lint.refuse(request(one)))
      assert.strictEqual(error._tag, "LintError")
      assert.strictEqual(error.findings[0]._tag, "FieldAfterFile")
      assert.strictEqual(error.verdict.retry, "never")
      assert.match(error.message, /^not sent: A form field comes after "file".*\(HF-S3-POST-011\)/)
      yield* Lint.refuse(request(sample()))
    }),
  )
})
