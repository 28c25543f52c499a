import { assert, describe, it } from "@effect/vitest"
import * as PostPolicy from "@holdfast/s3/PostPolicy"
import * as PresignedPost from "@holdfast/s3/PresignedPost"
import { Duration, Effect, Redacted } from "effect"
import { TestClock } from "effect/testing"
import { createHmac } from "node:crypto"
import { inspect } from "node:util"
import { knownAnswer } from "../support/knownAnswer.ts"

const at = Date.UTC(2026, 10, 21, 17, 23, 58)

const options: PresignedPost.SignOptions = {
  bucket: "bucket",
  region: "us-east-1",
  key: "up/a.mov",
  credentials: { accessKeyId: "AKIA1", secretAccessKey: Redacted.make("CANARY-secret") },
  at,
}

const signed = (more: Partial<PresignedPost.SignOptions> = {}) =>
  Effect.map(PresignedPost.sign({ ...options, ...more }), PresignedPost.reveal)

const policyOf = (fields: Readonly<Record<string, string>>) => {
  const decoded = PostPolicy.decode(fields["policy"] ?? "")
  return decoded._tag === "Policy" ? decoded.policy : assert.fail(decoded.problem)
}

/** The same signature by Node's own functions, following Amazon's documentation. */
const expected = (policy: string, day: string, region: string, secret: string) => {
  const hmac = (key: string | Buffer, text: string) => createHmac("sha256", key).update(text).digest()
  return hmac(hmac(hmac(hmac(hmac(`AWS4${secret}`, day), region), "s3"), "aws4_request"), policy).toString("hex")
}

describe("PresignedPost.signPolicy", () => {
  it.effect("reproduces the policy and the signature in Amazon's example exactly", () =>
    Effect.gen(function* () {
      const text = Buffer.from(knownAnswer.policy, "base64").toString("utf8")
      const { policy, signature } = yield* PresignedPost.signPolicy(text, {
        secretAccessKey: knownAnswer.secretAccessKey,
        region: "us-east-1",
        at: Date.UTC(2015, 11, 29),
      })
      assert.strictEqual(policy, knownAnswer.policy)
      assert.strictEqual(signature, "8afdbf4008c03f22c2cd3cdb72e4afbb1f6a588f3255ac628749a66d7f09699e")
      assert.strictEqual(signature, knownAnswer.signature)
    }),
  )
})

describe("PresignedPost.sign", () => {
  it.effect("writes the fields as boto3 does, including a signed policy", () =>
    Effect.gen(function* () {
      const { fields, url } = yield* signed()
      assert.strictEqual(url, "https://bucket.s3.us-east-1.amazonaws.com/")
      assert.deepStrictEqual(Object.keys(fields), [
        "key",
        "x-amz-algorithm",
        "x-amz-credential",
        "x-amz-date",
        "policy",
        "x-amz-signature",
      ])
      assert.strictEqual(fields["x-amz-credential"], "AKIA1/20261121/us-east-1/s3/aws4_request")
      assert.strictEqual(fields["x-amz-date"], "20261121T172358Z")
      assert.strictEqual(
        fields["x-amz-signature"],
        expected(fields["policy"] ?? "", "20261121", "us-east-1", "CANARY-secret"),
      )
      assert.deepStrictEqual(policyOf(fields), {
        expiration: at + 3_600_000,
        conditions: [
          PostPolicy.exact("bucket", "bucket"),
          PostPolicy.exact("key", "up/a.mov"),
          PostPolicy.exact("x-amz-algorithm", "AWS4-HMAC-SHA256"),
          PostPolicy.exact("x-amz-credential", "AKIA1/20261121/us-east-1/s3/aws4_request"),
          PostPolicy.exact("x-amz-date", "20261121T172358Z"),
        ],
      })
    }),
  )

  it.effect("adds the session token to the policy and to the form, where it precedes the file", () =>
    Effect.gen(function* () {
      for (const sessionToken of ["FwoG/tok+en==", Redacted.make("FwoG/tok+en==")]) {
        const credentials = { ...options.credentials, sessionToken }
        const post = yield* PresignedPost.sign({ ...options, credentials })
        const { fields } = PresignedPost.reveal(post)
        assert.strictEqual(fields["x-amz-security-token"], "FwoG/tok+en==")
        assert.deepInclude(policyOf(fields).conditions, PostPolicy.exact("x-amz-security-token", "FwoG/tok+en=="))
        assert.strictEqual([...post.toFormData("x").keys()].at(-1), "file")
      }
    }),
  )

  it.effect(
    "covers every field with a condition: the condition that was given, or an exact match of the field's value",
    () =>
      Effect.gen(function* () {
        const { fields } = yield* signed({
          keyPrefix: "up/",
          key: undefined,
          successStatus: 201,
          fields: { "Content-Type": "video/mp4", acl: "private", "x-ignore-id": "7", $cost: "8" },
          conditions: [
            PostPolicy.startsWith("content-type", "video/"),
            PostPolicy.contentLengthRange(1, 5_368_709_120),
          ],
        })
        assert.strictEqual(fields["key"], "up/${filename}")
        assert.strictEqual(fields["success_action_status"], "201")
        const { conditions } = policyOf(fields)
        assert.deepStrictEqual(
          conditions.filter((condition) => condition._tag !== "Exact"),
          [
            PostPolicy.startsWith("key", "up/"),
            PostPolicy.startsWith("content-type", "video/"),
            PostPolicy.contentLengthRange(1, 5_368_709_120),
          ],
        )
        // A second condition, with today's value, would contradict the first one.
        assert.lengthOf(
          conditions.filter((condition) => condition._tag !== "LengthRange" && condition.field === "content-type"),
          1,
        )
        const covered = new Set(conditions.flatMap((c) => (c._tag === "LengthRange" ? [] : [c.field])))
        const free = new Set(["policy", "x-amz-signature", "x-ignore-id"])
        for (const name of Object.keys(fields)) {
          assert.strictEqual(covered.has(name.toLowerCase()), !free.has(name), name)
        }
      }),
  )

  it.effect("permits any file name if the key contains the placeholder", () =>
    Effect.gen(function* () {
      const { fields } = yield* signed({ key: "up/7-${filename}" })
      assert.strictEqual(fields["key"], "up/7-${filename}")
      assert.deepInclude(policyOf(fields).conditions, PostPolicy.startsWith("key", "up/7-"))
    }),
  )

  it.effect("computes the address of the form", () =>
    Effect.gen(function* () {
      const url = (more: Partial<PresignedPost.SignOptions>) => Effect.map(signed(more), ({ url }) => url)
      assert.strictEqual(yield* url({ region: "eu-west-3" }), "https://bucket.s3.eu-west-3.amazonaws.com/")
      assert.strictEqual(yield* url({ region: "cn-north-1" }), "https://bucket.s3.cn-north-1.amazonaws.com.cn/")
      assert.strictEqual(yield* url({ bucket: "a.b" }), "https://s3.us-east-1.amazonaws.com/a.b")
      assert.strictEqual(yield* url({ endpoint: "http://127.0.0.1:7480/" }), "http://127.0.0.1:7480/bucket")
      assert.strictEqual(yield* url({ url: "https://cdn.example/form" }), "https://cdn.example/form")
    }),
  )

  it.effect(
    "signs a form that is valid for an hour by default, or for a given number of seconds or a given duration",
    () =>
      Effect.gen(function* () {
        const life = (more: Partial<PresignedPost.SignOptions>) =>
          Effect.map(signed(more), ({ fields }) => policyOf(fields).expiration - at)
        assert.strictEqual(yield* life({}), 3_600_000)
        assert.strictEqual(yield* life({ expiresIn: 600 }), 600_000)
        assert.strictEqual(yield* life({ expiresIn: "15 minutes" }), 900_000)
        assert.strictEqual(yield* life({ expiresIn: Duration.days(7) }), 604_800_000)
      }),
  )

  it.effect("accepts conditions in the notation of Amazon's SDKs", () =>
    Effect.gen(function* () {
      const policy = (conditions: PresignedPost.SignOptions["conditions"]) =>
        Effect.map(signed({ conditions, key: "inbox/${filename}", fields: { acl: "private" } }), ({ fields }) =>
          policyOf(fields),
        )
      const written = yield* policy([
        ["starts-with", "$key", "inbox/"],
        ["eq", "$x-amz-meta-a", "b"],
        { acl: "private" },
        ["content-length-range", 1, 10],
      ])
      const typed = yield* policy([
        PostPolicy.startsWith("key", "inbox/"),
        PostPolicy.exact("x-amz-meta-a", "b"),
        PostPolicy.exact("acl", "private"),
        PostPolicy.contentLengthRange(1, 10),
      ])
      assert.deepStrictEqual(written, typed)
      assert.lengthOf(
        written.conditions.filter((condition) => condition._tag !== "LengthRange" && condition.field === "acl"),
        1,
      )
    }),
  )

  it.effect("accepts addresses and times in the usual formats", () =>
    Effect.gen(function* () {
      const plain = yield* signed({ endpoint: "http://127.0.0.1:7480/" })
      for (const time of [new Date(at), "2026-11-21T17:23:58Z"]) {
        assert.deepStrictEqual(yield* signed({ at: time, endpoint: new URL("http://127.0.0.1:7480/") }), plain)
      }
      assert.strictEqual((yield* signed({ url: new URL("https://cdn.example/form") })).url, "https://cdn.example/form")
    }),
  )

  it.effect("treats a session token of null as a missing token, because backends send null", () =>
    Effect.gen(function* () {
      const credentials = { ...options.credentials, sessionToken: null as never }
      assert.notProperty((yield* signed({ credentials })).fields, "x-amz-security-token")
    }),
  )

  it.effect("uses the clock's time by default", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(at)
      assert.deepStrictEqual(yield* signed({ at: undefined }), yield* signed())
    }),
  )

  it.effect("reports the invalid option, its value and the permitted values", () =>
    Effect.gen(function* () {
      const credentials = options.credentials
      const wrong: ReadonlyArray<readonly [Partial<PresignedPost.SignOptions>, string, string]> = [
        [{ bucket: "" }, "bucket", "empty"],
        [{ bucket: "a/b" }, "bucket", "a/b"],
        [{ region: "" }, "region", "empty"],
        [{ key: "" }, "key", "empty"],
        [{ key: undefined }, "key", "missing"],
        [{ keyPrefix: "up/" }, "keyPrefix", "given beside key"],
        [{ key: "é".repeat(513) }, "key", "a text of 513 characters"],
        [{ credentials: { ...credentials, accessKeyId: "" } }, "credentials.accessKeyId", "empty"],
        [{ credentials: { ...credentials, secretAccessKey: "" } }, "credentials.secretAccessKey", "empty"],
        [{ credentials: { ...credentials, sessionToken: Redacted.make("") } }, "credentials.sessionToken", "empty"],
        [
          { credentials: { ...credentials, secretAccessKey: undefined as never } },
          "credentials.secretAccessKey",
          "missing",
        ],
        // The two values are swapped: the secret is not quoted.
        [
          { credentials: { accessKeyId: "CANARY/secret", secretAccessKey: "AKIA1" } },
          "credentials.accessKeyId",
          "a text of 13 characters",
        ],
        [{ credentials: "CANARY" as never }, "credentials", "a text of 6 characters"],
        [{ credentials: undefined as never }, "credentials", "missing"],
        [{ credentials: { ...credentials, sessionToken: 5 as never } }, "credentials.sessionToken", "of type number"],
        [{ expires: 60 } as never, "expires", "no option"],
        [{ Bucket: "b" } as never, "Bucket", "no option"],
        [{ key: 5 as never }, "key", "5"],
        [{ successStatus: 303 as never }, "successStatus", "303"],
        [{ at: "soon" }, "at", "soon"],
        [{ at: {} as never }, "at", "[object Object]"],
        [{ conditions: { acl: "private" } as never }, "conditions", "of type object"],
        [{ conditions: [{ acl: "private" }, 5 as never] }, "conditions[1]", "no condition"],
        [{ conditions: [["eq", "key", "no $"] as never] }, "conditions[0]", "no condition"],
        [{ conditions: [["content-length-range", 2, 1]] }, "conditions[0]", "from 2 to 1 bytes"],
        [{ bucket: undefined as never }, "bucket", "undefined"],
        [{ at: Number.NaN }, "at", "NaN"],
        [{ at: -1 }, "at", "-1"],
        [{ at: Date.UTC(10_000, 0) }, "at", "253402300800000"],
        [{ expiresIn: 0 }, "expiresIn", "0"],
        [{ expiresIn: -1 }, "expiresIn", "-1"],
        [{ expiresIn: Number.NaN }, "expiresIn", "NaN"],
        [{ expiresIn: Number.POSITIVE_INFINITY }, "expiresIn", "Infinity"],
        [{ expiresIn: 604_801 }, "expiresIn", "604801"],
        [{ expiresIn: "8 days" }, "expiresIn", "8 days"],
        [{ expiresIn: "soon" as never }, "expiresIn", "soon"],
        [{ conditions: [PostPolicy.contentLengthRange(2, 1)] }, "conditions[0]", "from 2 to 1 bytes"],
        [{ conditions: [PostPolicy.contentLengthRange(0, 1.5)] }, "conditions[0]", "from 0 to 1.5 bytes"],
        [{ conditions: [PostPolicy.contentLengthRange(-1, 1)] }, "conditions[0]", "from -1 to 1 bytes"],
        [{ conditions: [PostPolicy.exact("", "x")] }, "conditions[0]", "empty"],
        [{ fields: { FILE: "x" } }, "fields.FILE", "given"],
        [{ fields: new Map([["acl", "private"]]) as never }, "fields", "an instance of Map"],
        [{ fields: new Headers({ acl: "private" }) as never }, "fields", "an instance of Headers"],
        [{ fields: new URLSearchParams("acl=private") as never }, "fields", "an instance of URLSearchParams"],
        [{ fields: { Policy: "x" } }, "fields.Policy", "given"],
        [{ fields: { "X-Amz-Security-Token": "x" } }, "fields.X-Amz-Security-Token", "given"],
        [{ fields: { acl: "a", ACL: "b" } }, "fields.ACL", "given"],
        [{ url: "bucket" }, "url", "a text of 6 characters"],
        [{ endpoint: "s3.example" }, "url", "a text of 17 characters"],
      ]
      for (const [more, option, value] of wrong) {
        const error = yield* Effect.flip(PresignedPost.sign({ ...options, ...more }))
        assert.deepStrictEqual([error._tag, error.option, error.value], ["InvalidPostOption", option, value])
        assert.notStrictEqual(error.allowed, "")
        assert.notInclude(`${error.message}${inspect(error)}${JSON.stringify(error)}`, "CANARY")
      }
    }),
  )

  it.effect("lists the options if no options are given", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(PresignedPost.sign(undefined as never))
      assert.deepStrictEqual([error.option, error.value], ["options", "missing"])
      assert.include(error.allowed, "bucket, region, credentials, key")
    }),
  )

  it.effect("reveals neither the secret nor the token when the created form is printed or serialized", () =>
    Effect.gen(function* () {
      const credentials = { ...options.credentials, sessionToken: "CANARY-token" }
      const post = yield* PresignedPost.sign({ ...options, credentials })
      assert.notInclude(
        `${inspect(post, { depth: 9, showHidden: true })}${JSON.stringify(post)}${String(post)}`,
        "CANARY",
      )
      assert.notInclude(JSON.stringify(PresignedPost.reveal(post)), "CANARY-secret")
    }),
  )
})
