import { assert, describe, it } from "@effect/vitest"
import * as Lint from "@holdfast/s3/Lint"
import { Effect } from "effect"
import { basic, draft, type Draft, numbers, type Numbers, request } from "./support/validForms.ts"

const seed = 20_261_121
const forms = 10_000

/** Longer than any machine takes for all of them. */
const patience = 600_000

const check = (one: Draft) => Lint.check(request(one), one.at === undefined ? {} : { at: one.at })

const tags = (one: Draft): ReadonlyArray<string> => check(one).map(({ _tag }) => _tag)

const is = (wanted: string) => (entry: readonly [string, string]) => entry[0].toLowerCase() === wanted.toLowerCase()

const find = (one: Draft, name: string): [string, string] => {
  const entry = one.before.find(is(name))
  assert(entry !== undefined, `no ${name}`)
  return entry
}

const remove = (one: Draft, name: string): void => {
  one.before = one.before.filter((entry) => !is(name)(entry))
}

const late = (one: Draft, name: string): void => {
  one.after.push(find(one, name))
  remove(one, name)
}

const nameOf = (condition: unknown): string =>
  (Array.isArray(condition)
    ? String(condition[1]).replace("$", "")
    : Object.keys(condition as object).join()
  ).toLowerCase()

const without = (one: Draft, name: string): void => {
  one.conditions = one.conditions.filter((condition) => nameOf(condition) !== name)
}

const at = (one: Draft): number => {
  one.at ??= Date.parse(one.expiration) - 1000
  return one.at
}

const needed = (one: Draft): ReadonlyArray<string> =>
  one.version === 4
    ? ["key", "policy", "x-amz-algorithm", "x-amz-credential", "x-amz-date", "x-amz-signature"]
    : ["key", "policy", "AWSAccessKeyId", "signature"]

/** Whether a form shows by itself that its key is temporary. */
const isTemporary = (one: Draft): boolean =>
  one.session &&
  (one.conditions.some((condition) => nameOf(condition) === "x-amz-security-token") ||
    one.before.some(([name, value]) => /credential|accesskeyid/i.test(name) && value.startsWith("ASIA")))

/** What goes wrong with forms: how, which finding says so, and which forms it can happen to. */
const mutations: ReadonlyArray<{
  readonly what: string
  readonly tag: string
  readonly when?: (one: Draft) => boolean
  readonly break: (one: Draft, r: Numbers) => void
}> = [
  { what: "a required field after the file", tag: "FieldAfterFile", break: (one, r) => late(one, r.pick(needed(one))) },
  {
    what: "the session token after the file",
    tag: "FieldAfterFile",
    when: (one) => one.session,
    break: (one) => late(one, "x-amz-security-token"),
  },
  {
    what: "a field that the policy asks for after the file",
    tag: "FieldAfterFile",
    when: (one) => one.before.some(is("acl")),
    break: (one) => late(one, "acl"),
  },
  {
    what: "every field after the file",
    tag: "FieldAfterFile",
    break: (one) => {
      one.after = [...one.before, ...one.after]
      one.before = []
    },
  },
  {
    what: "no session token",
    tag: "TokenMissing",
    when: isTemporary,
    break: (one) => remove(one, "x-amz-security-token"),
  },
  {
    what: "an empty session token",
    tag: "TokenMissing",
    when: isTemporary,
    break: (one) => {
      find(one, "x-amz-security-token")[1] = ""
    },
  },
  {
    what: "a misnamed session token",
    tag: "TokenMisnamed",
    when: isTemporary,
    break: (one, r) => {
      find(one, "x-amz-security-token")[0] = r.pick([
        "AmzSecurityToken",
        "security-token",
        "x-oss-security-token",
        "token9",
      ])
    },
  },
  {
    what: "a session token of another session",
    tag: "TokenAltered",
    when: (one) => one.session,
    break: (one, r) => {
      find(one, "x-amz-security-token")[1] = r.letters(300)
    },
  },
  {
    what: "a session token with blanks for its plus signs",
    tag: "TokenAltered",
    when: (one) => one.session,
    break: (one) => {
      const entry = find(one, "x-amz-security-token")
      entry[1] = `a ${entry[1]}`
    },
  },
  {
    what: "a required field missing",
    tag: "FieldMissing",
    break: (one, r) => remove(one, r.pick(needed(one).filter((name) => name !== "policy"))),
  },
  { what: "no policy", tag: "UnsignedForm", break: (one) => remove(one, "policy") },
  {
    what: "a required field that is empty",
    tag: "FieldEmpty",
    break: (one, r) => {
      find(one, r.pick(needed(one)))[1] = ""
    },
  },
  {
    what: "nothing that signs",
    tag: "UnsignedForm",
    break: (one) => {
      for (const name of needed(one)) if (name !== "key") remove(one, name)
    },
  },
  {
    what: "a value other than the policy's",
    tag: "ConditionNotMet",
    break: (one) => {
      one.before.push(["x-amz-meta-mutant", "B"])
      one.conditions.push({ "x-amz-meta-mutant": "A" })
    },
  },
  {
    what: "a value that differs in case",
    tag: "ConditionNotMet",
    break: (one) => {
      one.before.push(["Cache-Control", "no-cache"])
      one.conditions.push(["eq", "$cache-control", "No-Cache"])
    },
  },
  {
    what: "a beginning other than the policy's, of a hidden value",
    tag: "ConditionNotMet",
    break: (one) => {
      one.before.push(["x-amz-meta-mutant", "alphabet"])
      one.conditions.push(["starts-with", "$x-amz-meta-mutant", "beta"])
    },
  },
  {
    what: "a beginning other than the policy's, of the key",
    tag: "ConditionNotMet",
    break: (one) => {
      one.conditions.push(["starts-with", "$key", "nowhere/"])
    },
  },
  {
    what: "a condition on a field that is absent",
    tag: "ConditionNotMet",
    break: (one) => {
      one.conditions.push(["starts-with", "$x-amz-meta-absent", ""])
    },
  },
  {
    what: "the type on the file's part alone",
    tag: "ConditionNotMet",
    break: (one) => {
      remove(one, "content-type")
      without(one, "content-type")
      one.file.type = "video/quicktime"
      one.conditions.push(["starts-with", "$Content-Type", "video/"])
    },
  },
  {
    what: "a list of types of which one is another",
    tag: "ConditionNotMet",
    break: (one) => {
      remove(one, "content-type")
      without(one, "content-type")
      one.before.push(["Content-Type", "image/png,video/mp4"])
      one.conditions.push(["starts-with", "$Content-Type", "image/"])
    },
  },
  {
    what: "${filename} in the condition",
    tag: "ConditionNotMet",
    break: (one) => {
      without(one, "key")
      find(one, "key")[1] = "up/${filename}"
      one.file.filename = "clip.mov"
      one.conditions.push({ key: "up/${filename}" })
    },
  },
  {
    what: "a condition content-length",
    tag: "ConditionNotMet",
    break: (one) => {
      one.conditions.push(["eq", "$content-length", "12"])
    },
  },
  {
    what: "a name with two dollar signs",
    tag: "ConditionNotMet",
    break: (one) => {
      one.conditions.push(["starts-with", "$$key", ""])
    },
  },
  {
    what: "another bucket than the policy's",
    tag: "ConditionNotMet",
    when: (one) => one.url.includes("amazonaws.com"),
    break: (one) => {
      without(one, "bucket")
      one.conditions.push({ bucket: "elsewhere" })
    },
  },
  {
    what: "a name without its dollar sign",
    tag: "PolicyMalformed",
    break: (one) => {
      one.conditions.push(["eq", "acl", "private"])
    },
  },
  {
    what: "a field without a condition",
    tag: "FieldNotCovered",
    break: (one, r) => {
      one.before.push([
        r.pick(["x-amz-meta-extra", "submit", "dzuuid", "_csrf", "Filename", "x-amz-storage-class"]),
        "v",
      ])
    },
  },
  {
    what: "a token that was signed without",
    tag: "FieldNotCovered",
    when: (one) => one.session,
    break: (one) => without(one, "x-amz-security-token"),
  },
  {
    what: "a policy that has expired",
    tag: "PolicyExpired",
    break: (one) => {
      one.expiration = new Date(at(one) - 1000).toISOString()
    },
  },
  {
    what: "an expiration with an offset",
    tag: "PolicyMalformed",
    break: (one) => {
      one.expiration = one.expiration.replace(/Z$/, "+02:00")
    },
  },
  {
    what: "an expiration with a blank",
    tag: "PolicyMalformed",
    break: (one) => {
      one.expiration = one.expiration.replace("T", " ")
    },
  },
  {
    what: "a number for a value",
    tag: "PolicyMalformed",
    break: (one) => {
      one.conditions.push({ "x-amz-meta-n": 1 })
    },
  },
  {
    what: "two properties in a condition",
    tag: "PolicyMalformed",
    break: (one) => {
      one.conditions.push({ acl: "a", key: "b" })
    },
  },
  {
    what: "a policy that is no base64",
    tag: "PolicyMalformed",
    break: (one) => {
      find(one, "policy")[1] = '{"expiration"'
    },
  },
  {
    what: "an IAM policy",
    tag: "PolicyMalformed",
    break: (one) => {
      find(one, "policy")[1] = Buffer.from('{"Version":"2012-10-17","Statement":[]}').toString("base64")
    },
  },
  {
    what: "a file that is too large",
    tag: "SizeOutsideRange",
    break: (one) => {
      one.conditions.push(["content-length-range", 0, (one.file.size ?? 0) - 1])
      one.file.size ??= 1
    },
    when: (one) => (one.file.size ?? 0) > 0,
  },
  {
    what: "a file that is too small",
    tag: "SizeOutsideRange",
    break: (one) => {
      one.conditions.push(["content-length-range", (one.file.size ?? 0) + 1, 99_999_999])
    },
  },
  {
    what: "fields of more than 20 KB",
    tag: "FieldsTooLong",
    break: (one) => {
      one.before.push(["x-ignore-padding", "p".repeat(20_400)])
    },
  },
  {
    what: "a file under another name",
    tag: "FileMisnamed",
    break: (one, r) => {
      one.file = { ...one.file, name: r.pick(["upload", "files[]", "image"]), filename: "clip.mov" }
    },
  },
]

const held = (one: Draft, change: (held: Lint.Request) => Lint.Request): ReadonlyArray<string> =>
  Lint.check(change(request(one)), one.at === undefined ? {} : { at: one.at }).map(({ _tag }) => _tag)

const sample = (more: Partial<Draft> = {}): Draft => {
  const r = numbers(7)
  let one = draft(r)
  while (one.version !== 4 || one.session) one = draft(r)
  return { ...one, headers: { "content-type": "multipart/form-data; boundary=b" }, after: [], ...more }
}

describe("Lint", () => {
  it(
    `stops none of ${forms} valid forms`,
    () => {
      const r = numbers(seed)
      for (let n = 0; n < forms; n++) {
        const one = draft(r)
        const findings = check(one)
        if (findings.length > 0) {
          assert.fail(
            `form ${n}: ${findings.map(({ _tag, detail }) => `${_tag}: ${detail}`).join(" ")}\n${JSON.stringify(one)}`,
          )
        }
      }
    },
    patience,
  )

  for (const [index, mutation] of mutations.entries()) {
    it(`stops a form with ${mutation.what}`, () => {
      const r = numbers(seed + index)
      let tried = 0
      while (tried < 100) {
        const one = draft(r)
        if (mutation.when !== undefined && !mutation.when(one)) continue
        mutation.break(one, r)
        assert.include(tags(one), mutation.tag, JSON.stringify(one))
        tried++
      }
    })
  }

  it("stops a form without a file, and one with two", () => {
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

  it("stops a type that was set by hand, another type, another boundary, and a body of unknown length", () => {
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

  it("compares boundaries by length where the header's looks like a secret", () => {
    const stated = "----WebKitFormBoundary7MA4YWxkTrZu0gW0123456789abcdef"
    const lint = (used: string) =>
      held(sample({ headers: { "content-type": `multipart/form-data; boundary=${stated}` } }), (all) => ({
        ...all,
        body: `--${used}\r\nContent-Disposition: form-data; name="key"\r\n\r\na`,
      }))
    assert.deepStrictEqual(lint(stated), [])
    assert.deepStrictEqual(lint("XbOuNd"), ["OtherBoundary"])
  })

  it("stops JSON and encoded bodies that hold a form's fields", () => {
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

  it("stops a form that another proof goes with", () => {
    const headers = { "content-type": "multipart/form-data; boundary=b", authorization: "Bearer application-token" }
    assert.deepStrictEqual(tags(sample({ headers })), ["FormAndAuthorization"])
    const url = `${sample().url}?X-Amz-Signature=${"0".repeat(64)}&X-Amz-Algorithm=AWS4-HMAC-SHA256`
    assert.include(tags(sample({ url })), "FormAndAuthorization")
  })

  it("stops version 2 where only version 4 is taken, and nowhere else", () => {
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

  it("stops an algorithm, a credential and dates that cannot be", () => {
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

  it("stops a form that was signed with other values than it has", () => {
    const one = sample()
    find(one, "x-amz-credential")[1] = find(one, "x-amz-credential")[1].replace(/^[^/]*/, "AKIAANOTHEREXAMPLE00")
    assert.deepStrictEqual(tags(one), ["SignedFieldChanged"])
  })

  it("stops a form that is dated more than 15 minutes ahead", () => {
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

  it("says nothing of what it cannot see", () => {
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

  it("leaves the forms of other vendors to their own rules", () => {
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

  it("knows the fields of Google's XML API", () => {
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

  it("names code, place and fix, and no secret", () => {
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

  it.effect("refuses with the findings, and a verdict that no attempt will help", () =>
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
