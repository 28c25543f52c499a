import { assert, describe, it } from "@effect/vitest"
import { Duration, Effect, Random, Schema } from "effect"
import { expectTypeOf } from "vitest"
import { S3Error, SlowDown } from "@holdfast/s3"
import { decode, xml } from "./support/errorResponses.ts"

describe("S3Error", () => {
  it("changes the verdict of an error without changing the rest of the error", () => {
    const error = decode(403, xml("AccessDenied", "Nope"), { "x-amz-request-id": "r" })
    const again = S3Error.withVerdict(error, { ...error.verdict, retry: "once" })
    assert.strictEqual(again.constructor, error.constructor)
    assert.deepStrictEqual(
      { ...again, message: again.message },
      { ...error, message: "Nope", verdict: { ...error.verdict, retry: "once" } },
    )
  })

  it.effect(
    "converts 10 000 arbitrary bodies, headers and statuses to errors that survive encoding and decoding",
    () =>
      Effect.gen(function* () {
        const encode = Schema.encodeSync(S3Error.json)
        const decodeJson = Schema.decodeUnknownSync(S3Error.json)
        for (let n = 0; n < 10_000; n++) {
          const answer = yield* arbitraryAnswer
          const error = S3Error.fromResponse(answer)
          assert.include(["always", "once", "never"], error.verdict.retry)
          assert.isTrue(S3Error.isAnyOf([error._tag])(error))
          const copy = decodeJson(JSON.parse(JSON.stringify(encode(error))))
          assert.strictEqual(copy._tag, error._tag)
          assert.strictEqual(copy.code, error.code)
          assert.deepStrictEqual(Object.entries(copy.extra), Object.entries(error.extra))
        }
      }).pipe(Random.withSeed(20261121)),
    60_000,
  )

  it("defines a union whose tags are the names of the exported classes", () => {
    expectTypeOf<S3Error["_tag"]>().toEqualTypeOf<keyof typeof S3Error.table.classes>()
    expectTypeOf<Extract<S3Error, { readonly _tag: "SlowDown" }>>().toEqualTypeOf<SlowDown>()
    const error = decode(503, xml("SlowDown"))
    assert.instanceOf(error, SlowDown)
    assert.isTrue(S3Error.guards.SlowDown(error))
    assert.isFalse(S3Error.isAnyOf(["AccessDenied", "ExpiredToken"])(error))
    assert.strictEqual(String(decode(403, xml("AccessDenied", "Nope"))), "AccessDenied: Nope")
  })

  it("encodes every class with its JSON codec, and decodes it again", () => {
    const tags = new Set<string>()
    for (const row of S3Error.table.rows) {
      const error = S3Error.table.decode({
        ...row,
        status: row.status ?? 400,
        retryAfter: Duration.seconds(3),
        fields: {
          code: row.key ?? "",
          message: "m",
          status: row.status ?? 400,
          extra: { A: "b" },
          requestId: "r",
          hostId: "h",
          resource: "/x",
        },
      })
      const json = JSON.parse(JSON.stringify(Schema.encodeSync(S3Error.json)(error)))
      assert.strictEqual(json.verdict.retryAfter, 3000)
      const copy = Schema.decodeUnknownSync(S3Error.json)(json)
      assert.deepStrictEqual({ ...copy, message: copy.message }, { ...error, message: error.message })
      assert.strictEqual(copy.constructor, error.constructor)
      tags.add(error._tag)
    }
    assert.deepStrictEqual([...tags].sort(), Object.keys(S3Error.table.classes).sort())
  })
})

const fragments = [
  "<Error>",
  "</Error>",
  "<Code>",
  "</Code>",
  "<Message>",
  "</Message>",
  "SlowDown",
  "InternalError",
  "<?xml",
  "?>",
  "<!--",
  "-->",
  "<!DOCTYPE",
  "[",
  "]>",
  '<!ENTITY a "b">',
  "&a;",
  "&amp;",
  "&#x27;",
  "&#",
  "<![CDATA[",
  "]]>",
  "<",
  ">",
  "/",
  '"',
  "'",
  "=",
  "\n",
  "\u0000",
  "\uFEFF",
  "\uD800",
  "\u{1F600}",
  "__proto__",
  "<__proto__>",
  "<constructor>",
  "<#text>",
  "<a b='c'>",
  '{"error":',
  "<html>",
  "é",
  " ",
]

/** Half of them consist of XML fragments, half of any code units. */
const arbitraryAnswer = Effect.gen(function* () {
  const length = yield* Random.nextIntBetween(0, 30)
  let body = (yield* Random.nextBoolean) ? "<Error>" : ""
  const structured = yield* Random.nextBoolean
  for (let n = 0; n < length; n++) {
    body += structured
      ? (fragments[yield* Random.nextIntBetween(0, fragments.length - 1)] ?? "")
      : String.fromCharCode(yield* Random.nextIntBetween(0, 0xffff))
  }
  const statuses = [
    0,
    -1,
    200,
    204,
    304,
    400,
    403,
    404,
    429,
    500,
    503,
    599,
    1e21,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    4.5,
  ]
  const names = ["x-amz-request-id", "X-Amz-Id-2", "Retry-After", "date", "__proto__", "constructor", "", "é"]
  const headers: Array<[string, string]> = []
  for (let n = yield* Random.nextIntBetween(0, 3); n > 0; n--) {
    headers.push([names[yield* Random.nextIntBetween(0, names.length - 1)] ?? "", body.slice(0, 8)])
  }
  return {
    status: statuses[yield* Random.nextIntBetween(0, statuses.length - 1)] ?? 500,
    headers: Object.fromEntries(headers),
    body,
  }
})
