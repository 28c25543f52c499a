import { assert, describe, it } from "@effect/vitest"
import * as PostPolicy from "@holdfast/s3/PostPolicy"
import { Schema } from "effect"
import { knownAnswer } from "./support/knownAnswer.ts"

const decodeJson = (json: string) => PostPolicy.decode(PostPolicy.toBase64(json))

const policy = (conditions: string, expiration = '"2026-11-21T12:00:00.000Z"') =>
  decodeJson(`{"expiration": ${expiration}, "conditions": ${conditions}}`)

const problem = (decoded: PostPolicy.Decoded) => (decoded._tag === "Malformed" ? decoded.problem : "none")

/** Half of a surrogate pair, which has no UTF-8. */
const wellFormed = (text: string) => new TextDecoder().decode(new TextEncoder().encode(text))

const noon = Date.UTC(2026, 10, 21, 12)

describe("PostPolicy", () => {
  it("reads the policy from Amazon's example", () => {
    const decoded = PostPolicy.decode(knownAnswer.policy)
    assert.deepStrictEqual(decoded, {
      _tag: "Policy",
      policy: {
        expiration: Date.UTC(2015, 11, 30, 12),
        conditions: [
          PostPolicy.exact("bucket", "sigv4examplebucket"),
          PostPolicy.startsWith("key", "user/user1/"),
          PostPolicy.exact("acl", "public-read"),
          PostPolicy.exact(
            "success_action_redirect",
            "http://sigv4examplebucket.s3.amazonaws.com/successful_upload.html",
          ),
          PostPolicy.startsWith("content-type", "image/"),
          PostPolicy.exact("x-amz-meta-uuid", "14365123651274"),
          PostPolicy.exact("x-amz-server-side-encryption", "AES256"),
          PostPolicy.startsWith("x-amz-meta-tag", ""),
          PostPolicy.exact("x-amz-credential", "AKIAIOSFODNN7EXAMPLE/20151229/us-east-1/s3/aws4_request"),
          PostPolicy.exact("x-amz-algorithm", "AWS4-HMAC-SHA256"),
          PostPolicy.exact("x-amz-date", "20151229T000000Z"),
        ],
      },
    })
  })

  it("ignores case in names but not in values, and accepts both notations of a condition", () => {
    assert.deepStrictEqual(
      policy('[{"ACL": "Private"}, ["eq", "$Key", "Up/A"], ["Starts-With", "$Content-Type", "Image/"]]'),
      {
        _tag: "Policy",
        policy: {
          expiration: noon,
          conditions: [
            PostPolicy.exact("acl", "Private"),
            PostPolicy.exact("key", "Up/A"),
            PostPolicy.startsWith("content-type", "Image/"),
          ],
        },
      },
    )
  })

  it.each([
    ["2026-11-21T12:00:00Z", noon],
    ["2026-11-21T12:00:00.000Z", noon],
    ["2026-11-21T12:00:00.250999Z", noon + 250],
    ["2028-02-29T00:00:00Z", Date.UTC(2028, 1, 29)],
  ])("accepts the expiration %s", (expiration, time) => {
    const decoded = policy("[]", JSON.stringify(expiration))
    assert.strictEqual(decoded._tag === "Policy" ? decoded.policy.expiration : decoded.problem, time)
  })

  it.each([
    ['"2026-11-21T12:00:00"', "expiration must end with Z"],
    ['"2026-11-21T12:00:00.000"', "expiration must end with Z"],
    ['"2026-11-21T12:00:00+01:00"', "expiration must be in UTC and end with Z, but has an offset"],
    ['"2026-11-21 12:00:00Z"', "expiration must be an ISO date, but contains a space instead of the T"],
    ['"2026-02-30T12:00:00Z"', "expiration must be a date like 2026-11-21T12:00:00.000Z"],
    ['"2026-13-01T12:00:00Z"', "expiration must be a date like 2026-11-21T12:00:00.000Z"],
    ['"tomorrow"', "expiration must be a date like 2026-11-21T12:00:00.000Z"],
    ["1795262400", "expiration must be a string"],
    ["null", "expiration must be a string"],
  ])("rejects the expiration %s", (expiration, expected) => {
    assert.strictEqual(problem(policy("[]", expiration)), expected)
  })

  it.each([
    ["[1]", "condition 1 must be an object or a list"],
    ["[{}]", "condition 1 is empty"],
    [
      '[{"bucket": "b"}, {"acl": "private", "key": "k"}]',
      'condition 2 must have one property, but has 2, starting with "acl"',
    ],
    ['[{"success_action_status": 201}]', 'condition 1: the value of "success_action_status" must be a string'],
    ['[{"acl": null}]', 'condition 1: the value of "acl" must be a string'],
    ['[["starts-with", "key", "up/"]]', 'condition 1 (starts-with) names "key" without its $'],
    ['[["eq", "$key"]]', "condition 1 (eq) must have 3 elements, but has 2"],
    ['[["eq", "$key", 1]]', "condition 1 (eq) must contain two strings"],
    [
      '[["ends-with", "$key", "x"]]',
      'condition 1 has the unknown operator "ends-with"; the operators are eq, starts-with and content-length-range',
    ],
    ['[["content-length-range", 1.5, 2]]', "condition 1 (content-length-range) must contain two integers"],
    ['[["content-length-range", -1, 2]]', "condition 1 (content-length-range) must contain two integers"],
    ['[["content-length-range", 1]]', "condition 1 (content-length-range) must have 3 elements, but has 2"],
    ["[[]]", "condition 1 must begin with an operator"],
    ["{}", "conditions must be a list"],
  ])("rejects the conditions %s", (conditions, expected) => {
    assert.strictEqual(problem(policy(conditions)), expected)
  })

  it("reads a length range, even if its numbers are strings", () => {
    const decoded = policy('[["content-length-range", 0, 10485760], ["content-length-range", "5", "6"]]')
    assert.deepStrictEqual(decoded._tag === "Policy" ? decoded.policy.conditions : [], [
      PostPolicy.contentLengthRange(0, 10_485_760),
      { _tag: "LengthRange", min: 5, max: 6, inStrings: true },
    ])
  })

  it("reports why a string is not a policy", () => {
    assert.strictEqual(problem(PostPolicy.decode("")), "the policy is empty")
    assert.strictEqual(
      problem(PostPolicy.decode("ab cd")),
      'the policy is not base64: it contains a space in place of a "+"',
    )
    assert.strictEqual(problem(PostPolicy.decode("abc%3D")), 'the policy is not base64: it contains "%"')
    assert.strictEqual(problem(PostPolicy.decode("ab_d")), 'the policy is not base64: it contains "_"')
    assert.strictEqual(problem(PostPolicy.decode("abcde")), "the policy is not base64: its length or padding is wrong")
    assert.strictEqual(problem(PostPolicy.decode("/w==")), "the policy is not UTF-8")
    assert.strictEqual(problem(decodeJson("expiration")), "the policy is not JSON")
    assert.strictEqual(problem(decodeJson("[]")), "the policy is not a JSON object")
    assert.strictEqual(problem(decodeJson('{"conditions": []}')), "expiration is missing")
    assert.strictEqual(problem(decodeJson('{"expiration": "2026-11-21T12:00:00Z"}')), "conditions are missing")
    assert.strictEqual(problem(decodeJson('{"id": "x", "conditions": []}')), 'unexpected property "id"')
    assert.strictEqual(
      problem(decodeJson('{"Version": "2012-10-17", "Statement": []}')),
      'unexpected property "Version": this is an IAM policy, not a POST policy',
    )
  })

  it("ignores line breaks in the base64 text, and accepts the escapes that only S3 supports", () => {
    const wrapped = knownAnswer.policy.replace(/.{76}/g, "$&\r\n")
    assert.deepStrictEqual(PostPolicy.decode(wrapped), PostPolicy.decode(knownAnswer.policy))
    const decoded = policy(String.raw`[["starts-with", "\$key", "a\\b\v"]]`)
    assert.deepStrictEqual(decoded._tag === "Policy" ? decoded.policy.conditions : problem(decoded), [
      PostPolicy.startsWith("key", "a\\b\v"),
    ])
  })

  it("omits values and overlong names from the description of a problem", () => {
    const secret = "FwoGZXIvYXdzEXAMPLETOKEN".repeat(8)
    for (const conditions of [
      `[{"x-amz-security-token": ["${secret}"]}]`,
      `[["eq", "${secret}", "x"]]`,
      `[["${secret}", "$x-amz-security-token", "x"]]`,
      `[["eq", "$x-amz-security-token", "${secret}", ""]]`,
      `[{"a": "${secret}", "b": "${secret}"}]`,
      `[{"${secret}": 1}]`,
    ]) {
      const text = problem(policy(conditions))
      assert.notStrictEqual(text, "none")
      assert.notInclude(text, "EXAMPLETOKEN")
      assert.notInclude(text, "\n")
    }
  })

  it.prop(
    "decodes every policy that it encodes, whatever the values",
    [Schema.Array(Schema.Tuple([Schema.String, Schema.String, Schema.Int])), Schema.Int],
    ([parts, seconds]) => {
      const written = {
        expiration: Math.abs(seconds % 250_000_000_000) * 1000,
        conditions: parts.map(([name, text, number], at) => {
          const field = `f${wellFormed(name.toLowerCase())}`
          const value = wellFormed(text)
          if (at % 3 === 0) return PostPolicy.exact(field, value)
          return at % 3 === 1
            ? PostPolicy.startsWith(field, value)
            : PostPolicy.contentLengthRange(Math.abs(number), Math.abs(number) + 1)
        }),
      }
      assert.deepStrictEqual(PostPolicy.decode(PostPolicy.encode(written)), { _tag: "Policy", policy: written })
    },
    { arbitrary: { runs: 300, seed: 3 } },
  )

  it.prop(
    "returns a policy or a problem for any text or JSON",
    [Schema.String, Schema.Union([Schema.Json, Schema.Array(Schema.Json)])],
    ([text, json]) => {
      for (const decoded of [
        PostPolicy.decode(text),
        decodeJson(text),
        decodeJson(JSON.stringify(json)),
        policy(JSON.stringify([json])),
      ]) {
        if (decoded._tag === "Malformed") assert.match(decoded.problem, /^[^\n]+$/)
      }
    },
    { arbitrary: { runs: 300, seed: 3 } },
  )

  it("removes the leading $ from a given name", () => {
    assert.deepStrictEqual(PostPolicy.startsWith("$key", "up/"), PostPolicy.startsWith("key", "up/"))
  })
})
