import { FaultPlan, Sandbox } from "@holdfast/sandbox"
import { assert, describe, it } from "@effect/vitest"
import { Clock, Effect, Redacted } from "effect"
import { TestClock } from "effect/testing"
import { createHash, createHmac } from "node:crypto"
import { readFileSync } from "node:fs"
import { ask, type Options } from "../support/raw.ts"

const calm = Sandbox.layer({ plan: FaultPlan.named.calm, seed: 1 })

type Part = readonly [name: string, value: string, filename?: string]

/** The parts of the posted form, in order. */
const multipart = (parts: ReadonlyArray<Part>, end = "--x--\r\n"): string =>
  parts
    .map(([name, value, filename]) => {
      const more = filename === undefined ? "" : `; filename="${filename}"\r\nContent-Type: video/mp4`
      return `--x\r\nContent-Disposition: form-data; name="${name}"${more}\r\n\r\n${value}\r\n`
    })
    .join("") + end

const post = (parts: ReadonlyArray<Part>, options: Options & { readonly end?: string } = {}) =>
  Effect.gen(function* () {
    const { bucket, url } = yield* Sandbox
    const body = options.body ?? multipart(parts, options.end)
    return yield* ask(`${url}/${bucket.name}`, {
      method: "POST",
      body,
      ...options,
      headers: {
        "content-type": "multipart/form-data; boundary=x",
        "content-length": Buffer.byteLength(body),
        ...options.headers,
      },
    })
  })

const element = (answer: { readonly body: string }, name: string) =>
  new RegExp(`<${name}>(.*?)</${name}>`).exec(answer.body)?.[1]

const file: Part = ["file", "moving pictures", "clip.mp4"]

interface Signing {
  readonly version?: 2 | 4
  readonly conditions?: ReadonlyArray<unknown>
  readonly fields?: ReadonlyArray<Part>
  /** The form's validity in seconds. */
  readonly life?: number
  readonly keyId?: string
  readonly region?: string
  readonly policy?: string
  readonly secret?: string
}

/** The fields of a form signed with the sandbox's session, in boto3's order. */
const signed = (options: Signing = {}) =>
  Effect.gen(function* () {
    const { bucket } = yield* Sandbox
    const { credentials } = bucket
    const { fields = [["key", "talks/clip.mp4"]], life = 3600, region = bucket.region, version = 4 } = options
    const now = yield* Clock.currentTimeMillis
    const time = new Date(now).toISOString().replace(/[-:]|\.\d+/g, "")
    const scope = [time.slice(0, 8), region, "s3", "aws4_request"]
    const keyId = options.keyId ?? credentials.accessKeyId
    const secret = options.secret ?? Redacted.value(credentials.secretAccessKey)
    const proof: ReadonlyArray<Part> =
      version === 2
        ? [["AWSAccessKeyId", keyId]]
        : [
            ["x-amz-algorithm", "AWS4-HMAC-SHA256"],
            ["x-amz-credential", [keyId, ...scope].join("/")],
            ["x-amz-date", time],
          ]
    const token: ReadonlyArray<Part> = [["x-amz-security-token", Redacted.value(credentials.sessionToken)]]
    const covered = [...fields, ...(version === 4 ? proof : []), ...token].map(([name, value]) => ({ [name]: value }))
    const document = {
      expiration: new Date(now + life * 1000).toISOString(),
      conditions: options.conditions ?? [{ bucket: bucket.name }, ...covered],
    }
    const policy = Buffer.from(options.policy ?? JSON.stringify(document)).toString("base64")
    let key: string | Uint8Array = `AWS4${secret}`
    for (const step of scope) key = createHmac("sha256", key).update(step).digest()
    const signature: Part =
      version === 2
        ? ["signature", createHmac("sha1", secret).update(policy).digest("base64")]
        : ["x-amz-signature", createHmac("sha256", key).update(policy).digest("hex")]
    return [...fields, ...proof, ...token, ["policy", policy] as const, signature]
  })

const without = (fields: ReadonlyArray<Part>, name: string) => fields.filter(([one]) => one !== name)
const only = (fields: ReadonlyArray<Part>, name: string) => fields.filter(([one]) => one === name)

describe("forms", () => {
  it.effect.each([2, 4] as const)("stores forms of signature version %i unchanged", (version) =>
    Effect.gen(function* () {
      const answer = yield* post([...(yield* signed({ version })), file])
      const [object, ...more] = yield* (yield* Sandbox).bucket.objects
      const etag = createHash("md5").update("moving pictures").digest("hex")
      assert.deepStrictEqual([answer.status, answer.body, answer.headers["etag"]], [204, "", `"${etag}"`])
      assert(object !== undefined && more.length === 0)
      const { path, ...rest } = object
      assert.deepStrictEqual(rest, { key: "talks/clip.mp4", contentType: "binary/octet-stream", bytes: 15, etag })
      assert.strictEqual(readFileSync(path, "utf8"), "moving pictures")
      const { bucket, url } = yield* Sandbox
      const other = yield* ask(`${url}/${bucket.name}/`, { method: "POST", body: "" })
      assert.strictEqual(element(other, "Code"), "PreconditionFailed")
    }).pipe(Effect.provide(calm)),
  )

  it.effect("responds with 201 and the object's location, or with a 303, as the form requests", () =>
    Effect.gen(function* () {
      const asking = (name: string, value: string) =>
        Effect.gen(function* () {
          const fields = yield* signed({
            fields: [
              ["key", "a b/${filename}"],
              [name, value],
            ],
            conditions: [
              { bucket: "sandbox-uploads" },
              ["starts-with", "$key", "a b/"],
              ...["x-amz-algorithm", "x-amz-credential", "x-amz-date", "x-amz-security-token", name].map((one) => [
                "starts-with",
                `$${one}`,
                "",
              ]),
            ],
          })
          return yield* post([...fields, ["file", "1", "C:\\media\\clip.mp4"]])
        })
      const created = yield* asking("success_action_status", "201")
      assert.strictEqual(created.status, 201)
      assert.strictEqual(element(created, "Bucket"), "sandbox-uploads")
      assert.strictEqual(element(created, "Key"), "a b/clip.mp4")
      assert.match(element(created, "Location") ?? "", /^http:\/\/127\.0\.0\.1:\d+\/sandbox-uploads\/a%20b\/clip\.mp4$/)
      assert.match(element(created, "ETag") ?? "", /^&quot;[0-9a-f]{32}&quot;$/)
      assert.strictEqual((yield* asking("success_action_status", "200")).status, 200)
      assert.strictEqual((yield* asking("success_action_status", "418")).status, 204)
      const moved = yield* asking("success_action_redirect", "https://app.example/done?talk=7")
      assert.strictEqual(moved.status, 303)
      const target = new URL(String(moved.headers["location"]))
      assert.deepStrictEqual(
        [target.origin + target.pathname, ...["talk", "bucket", "key"].map((name) => target.searchParams.get(name))],
        ["https://app.example/done", "7", "sandbox-uploads", "a b/clip.mp4"],
      )
      assert.strictEqual((yield* asking("success_action_redirect", "/done")).status, 204)
    }).pipe(Effect.provide(calm)),
  )

  it.effect("reads a form only up to the file, so it treats a token after the file as missing", () =>
    Effect.gen(function* () {
      for (const version of [2, 4] as const) {
        const fields = yield* signed({ version })
        const token = only(fields, "x-amz-security-token")
        const late = yield* post([...without(fields, "x-amz-security-token"), file, ...token])
        const absent = yield* post([...without(fields, "x-amz-security-token"), file])
        for (const answer of [late, absent]) {
          assert.strictEqual(answer.status, 403)
          assert.strictEqual(element(answer, "Code"), "InvalidAccessKeyId")
          assert.match(element(answer, "AWSAccessKeyId") ?? "", /^ASIA/)
        }
      }
      assert.deepStrictEqual(yield* (yield* Sandbox).bucket.objects, [])
    }).pipe(Effect.provide(calm)),
  )

  it.effect("rejects a form for the first required field that is missing or placed after the file", () =>
    Effect.gen(function* () {
      const v2 = yield* signed({ version: 2 })
      const v4 = yield* signed()
      const refused = (fields: ReadonlyArray<Part>, name: string) =>
        Effect.map(post([...without(fields, name), file, ...only(fields, name)]), (answer) => {
          assert.strictEqual(
            element(answer, "ArgumentValue"),
            element(answer, "Code") === "AccessDenied" ? undefined : "",
          )
          return [answer.status, element(answer, "Code"), element(answer, "ArgumentName")]
        })
      const argument = (name: string) => [400, "InvalidArgument", name]
      const denied = [403, "AccessDenied", undefined]
      assert.deepStrictEqual(
        yield* Effect.forEach(["key", "AWSAccessKeyId", "signature", "policy"], (name) => refused(v2, name)),
        [argument("key"), argument("AWSAccessKeyId"), argument("Signature"), denied],
      )
      assert.deepStrictEqual(
        yield* Effect.forEach(
          ["x-amz-algorithm", "x-amz-credential", "x-amz-date", "x-amz-signature", "policy"],
          (name) => refused(v4, name),
        ),
        [
          argument("X-Amz-Algorithm"),
          argument("X-Amz-Credential"),
          argument("X-Amz-Date"),
          argument("X-Amz-Signature"),
          denied,
        ],
      )
      const anonymous = yield* post([["key", "talks/clip.mp4"], file])
      assert.strictEqual(element(anonymous, "Message"), "Access Denied")
    }).pipe(Effect.provide(calm)),
  )

  it.effect("checks a form's key, token, region and signature, in this order", () =>
    Effect.gen(function* () {
      const fields = yield* signed()
      const put = (name: string, value: string) => fields.map((part): Part => (part[0] === name ? [name, value] : part))
      const said = (parts: ReadonlyArray<Part>) =>
        Effect.map(post([...parts, file]), (answer) => `${answer.status} ${element(answer, "Code")}`)
      assert.strictEqual(yield* said(yield* signed({ keyId: "AKIAUNKNOWN" })), "403 InvalidAccessKeyId")
      assert.strictEqual(yield* said(put("x-amz-security-token", "another")), "400 InvalidToken")
      const abroad = yield* post([...(yield* signed({ region: "eu-west-1" })), file])
      assert.deepStrictEqual([element(abroad, "Code"), element(abroad, "Region")], ["InvalidArgument", "us-east-1"])
      assert.strictEqual(yield* said(put("x-amz-signature", "0".repeat(64))), "403 SignatureDoesNotMatch")
      assert.strictEqual(yield* said(yield* signed({ version: 2, secret: "wrong" })), "403 SignatureDoesNotMatch")
      assert.strictEqual(yield* said(put("policy", Buffer.from("{}").toString("base64"))), "403 SignatureDoesNotMatch")
    }).pipe(Effect.provide(calm)),
  )

  it.effect("rejects a form that violates its policy or has a field that the policy does not mention", () =>
    Effect.gen(function* () {
      const said = (options: Signing, more: ReadonlyArray<Part> = []) =>
        Effect.gen(function* () {
          const answer = yield* post([...more, ...(yield* signed({ version: 2, ...options })), file])
          return [answer.status, element(answer, "Code"), element(answer, "Message")?.replaceAll("&quot;", '"')]
        })
      const token = ["starts-with", "$x-amz-security-token", ""]
      const bucket = { bucket: "sandbox-uploads" }
      const key = { key: "talks/clip.mp4" }
      const denied = (message: string) => [403, "AccessDenied", `Invalid according to Policy: ${message}`]
      const malformed = (message: string) => [400, "InvalidPolicyDocument", `Invalid Policy: ${message}`]

      assert.deepStrictEqual(yield* said({ life: 0 }), denied("Policy expired."))
      assert.deepStrictEqual(
        yield* said({ conditions: [bucket, token, { Key: "talks/CLIP.mp4" }] }),
        denied('Policy Condition failed: ["eq", "$Key", "talks/CLIP.mp4"]'),
      )
      assert.deepStrictEqual(
        yield* said({ conditions: [bucket, token, key, ["starts-with", "$acl", ""]] }),
        denied('Policy Condition failed: ["starts-with", "$acl", ""]'),
      )
      assert.deepStrictEqual(
        yield* said({ conditions: [bucket, token, ["eq", "key", "talks/clip.mp4"]] }),
        denied('Policy Condition failed: ["eq", "key", "talks/clip.mp4"]'),
      )
      assert.deepStrictEqual(
        yield* said({ conditions: [{ bucket: "another" }, token, key] }),
        denied('Policy Condition failed: ["eq", "$bucket", "another"]'),
      )
      assert.deepStrictEqual(yield* said({ conditions: [bucket, token] }), denied("Extra input fields: key"))
      assert.deepStrictEqual(yield* said({}, [["submit", "Send"]]), denied("Extra input fields: submit"))
      assert.deepStrictEqual(yield* said({}, [["x-ignore-submit", "Send"]]), [204, undefined, undefined])
      const typed = (type: string) =>
        said({ conditions: [bucket, token, key, ["starts-with", "$Content-Type", "image/"]] }, [["Content-Type", type]])
      assert.deepStrictEqual((yield* typed("image/png,image/jpeg"))[0], 204)
      assert.deepStrictEqual((yield* typed("image/png,text/html"))[0], 403)

      assert.deepStrictEqual(yield* said({ policy: "{" }), malformed("Invalid JSON."))
      assert.deepStrictEqual(yield* said({ policy: '{"Statement":[]}' }), malformed("Unexpected: 'Statement'"))
      assert.deepStrictEqual(
        yield* said({ policy: '{"expiration":"2036-01-01 00:00:00","conditions":[]}' }),
        malformed("Invalid 'expiration' value: '2036-01-01 00:00:00'"),
      )
      assert.deepStrictEqual(
        yield* said({ conditions: [{ ...bucket, ...key }] }),
        malformed("Invalid Simple-Condition: Simple-Conditions must have exactly one property specified."),
      )
    }).pipe(Effect.provide(calm)),
  )

  it.effect("rejects a form after its policy has expired, according to the server's clock", () =>
    Effect.gen(function* () {
      const fields = yield* signed({ life: 60 })
      yield* TestClock.adjust("59 seconds")
      assert.strictEqual((yield* post([...fields, file])).status, 204)
      yield* TestClock.adjust("1 second")
      assert.strictEqual(
        element(yield* post([...fields, file]), "Message"),
        "Invalid according to Policy: Policy expired.",
      )
    }).pipe(Effect.provide(calm)),
  )

  it.effect("rejects a form whose file is smaller or larger than the policy permits", () =>
    Effect.gen(function* () {
      const fields = yield* signed({
        version: 2,
        conditions: [
          { bucket: "sandbox-uploads" },
          ["starts-with", "$key", ""],
          ["starts-with", "$x-amz-security-token", ""],
          ["content-length-range", 2, 4],
        ],
      })
      const said = (size: number) =>
        Effect.map(post([...fields, ["file", "x".repeat(size), "x"]]), (answer) =>
          ["Code", "ProposedSize", "MinSizeAllowed", "MaxSizeAllowed"]
            .map((name) => element(answer, name) ?? "")
            .join(" ")
            .trim(),
        )
      assert.deepStrictEqual(yield* Effect.forEach([1, 2, 4, 5, 100_000], said), [
        "EntityTooSmall 1 2",
        "",
        "",
        "EntityTooLarge 5  4",
        "EntityTooLarge 100000  4",
      ])
      const [object] = yield* (yield* Sandbox).bucket.objects
      assert.strictEqual(object?.bytes, 4)
    }).pipe(Effect.provide(calm)),
  )

  it.effect(
    "are rejected without a boundary, a length, exactly one authentication and one file, or with over 20 " +
      "KB before the file",
    () =>
      Effect.gen(function* () {
        const fields = yield* signed()
        const said = (answer: { readonly status: number; readonly body: string }) =>
          `${answer.status} ${element(answer, "Code")}`
        const headers = (more: Record<string, string>) => post([...fields, file], { headers: more })
        assert.strictEqual(said(yield* headers({ "content-type": "application/json" })), "412 PreconditionFailed")
        assert.strictEqual(said(yield* headers({ "content-type": "multipart/form-data" })), "400 MalformedPOSTRequest")
        assert.strictEqual(
          said(yield* headers({ "content-type": "multipart/form-data; boundary=y" })),
          "400 MalformedPOSTRequest",
        )
        assert.strictEqual(said(yield* headers({ authorization: "Bearer app" })), "400 InvalidArgument")
        assert.strictEqual(said(yield* post([...fields, file], { end: "" })), "400 MalformedPOSTRequest")
        const none = yield* post(fields)
        assert.deepStrictEqual(
          ["ArgumentName", "ArgumentValue"].map((name) => element(none, name)),
          ["file", "0"],
        )
        const two = yield* post([...fields, file, ["x-ignore", "1"], file])
        assert.deepStrictEqual(
          ["ArgumentName", "ArgumentValue"].map((name) => element(two, name)),
          ["file", "2"],
        )
        const misnamed = yield* post([...fields, ["upload", "x".repeat(21_000), "clip.mp4"]])
        assert.strictEqual(said(misnamed), "400 MaxPostPreDataLengthExceeded")
        assert.strictEqual(element(misnamed, "MaxPostPreDataLengthBytes"), "20480")
        const padded = (length: number) => post([["x-ignore-pad", "x".repeat(length)], ...fields, file])
        assert.strictEqual((yield* padded(18_000)).status, 204)
        assert.strictEqual(said(yield* padded(20_400)), "400 MaxPostPreDataLengthExceeded")
        const { bucket, url } = yield* Sandbox
        const chunked = yield* ask(`${url}/${bucket.name}`, {
          method: "POST",
          headers: { "content-type": "multipart/form-data; boundary=x", "transfer-encoding": "chunked" },
          body: multipart([...fields, file]),
        })
        assert.deepStrictEqual([said(chunked), element(chunked, "Header")], ["501 NotImplemented", "Transfer-Encoding"])
      }).pipe(Effect.provide(calm)),
  )

  it.effect("keeps every byte of a file that resembles a boundary, whatever the size of the chunks", () =>
    Effect.gen(function* () {
      const fields = yield* signed()
      // A body sent after its headers arrives in pieces of 64 KiB, so the boundary falls on each side of a seam.
      for (let n = 0; n < 24; n++) {
        const rest = 65_536 * 2 - multipart([...fields, ["file", "", "x"]], "").length
        const content = "\r\n--".repeat(rest / 4 - 5) + "\r".repeat(n)
        const answer = yield* post([...fields, ["file", content, "x"], ["x-ignore", "behind"]], {
          expectContinue: true,
        })
        assert.strictEqual(answer.status, 204)
        const [object] = yield* (yield* Sandbox).bucket.objects
        assert.strictEqual(readFileSync(object?.path ?? "", "utf8"), content)
      }
    }).pipe(Effect.provide(calm)),
  )
})
