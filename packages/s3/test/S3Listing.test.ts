import { NodeHttpClient } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { S3Listing } from "@holdfast/s3"
import { Effect, Redacted } from "effect"
import { HttpClient } from "effect/http"
import { page, serve, type Answer } from "./support/listServer.ts"
import { keys } from "./support/objectServer.ts"

const list = (answer: Answer, prefix = "Day 1/") =>
  Effect.gen(function* () {
    const { queries, url } = yield* serve(answer)
    const client = yield* HttpClient.HttpClient
    const storage = { region: "eu-west-3", credentials: keys, endpoint: url }
    return { queries, listed: S3Listing.objects(client, storage, { bucket: "b", prefix }) }
  })

/** The error of a listing. */
const errorOf = (answer: Answer, prefix?: string) =>
  Effect.flatMap(list(answer, prefix), ({ listed }) => Effect.flip(listed)).pipe(
    Effect.scoped,
    Effect.provide(NodeHttpClient.layerUndici),
  )

describe("S3Listing", () => {
  it.live("lists all pages below a prefix with signed requests, without the marks of folders", () =>
    Effect.gen(function* () {
      const { listed, queries } = yield* list((token) => ({
        body:
          token === undefined
            ? page(
                [
                  { key: "Day 1/", bytes: 0 },
                  { key: "Day 1/A 001+é&<~(1)*'.mov", bytes: 7 },
                ],
                "a/b+c= &amp;",
              )
            : page([{ key: "Day 1/empty.mov", bytes: 0 }]),
      }))
      assert.deepStrictEqual(yield* listed, [
        { key: "Day 1/A 001+é&<~(1)*'.mov", bytes: 7 },
        { key: "Day 1/empty.mov", bytes: 0 },
      ])
      assert.deepStrictEqual(queries, [
        "?encoding-type=url&list-type=2&max-keys=1000&prefix=Day%201%2F",
        "?continuation-token=a%2Fb%2Bc%3D%20%26&encoding-type=url&list-type=2&max-keys=1000&prefix=Day%201%2F",
      ])
    }).pipe(Effect.scoped, Effect.provide(NodeHttpClient.layerUndici)),
  )

  it.live("reads keys as they are if the server does not encode them, and each once", () =>
    Effect.gen(function* () {
      const body = (key: string, next: boolean) =>
        `<ListBucketResult><IsTruncated>${next}</IsTruncated><NextContinuationToken>t</NextContinuationToken>
<Contents><Key>${key}</Key><Size>1</Size></Contents></ListBucketResult>`
      const { listed } = yield* list((token) => ({ body: body(" A+B%20&amp;&#233; ", token === undefined) }), "")
      assert.deepStrictEqual(yield* listed, [{ key: " A+B%20&é ", bytes: 1 }])
    }).pipe(Effect.scoped, Effect.provide(NodeHttpClient.layerUndici)),
  )

  it.live(
    "lists 10 000 objects",
    () =>
      Effect.gen(function* () {
        const { listed } = yield* list((token = "0") => {
          const from = Number(token)
          const objects = Array.from({ length: 1000 }, (_, n) => ({ key: `Day 1/${from + n}.mov` }))
          return { body: page(objects, from + 1000 < 10_000 ? String(from + 1000) : undefined) }
        })
        assert.strictEqual((yield* listed).length, 10_000)
      }).pipe(Effect.scoped, Effect.provide(NodeHttpClient.layerUndici)),
    60_000,
  )

  it.live.each<readonly [string, Answer]>([
    ["a continuation token repeats", () => ({ body: page([{ key: "Day 1/A.mov" }], "same") })],
    ["it has more than 2000 pages", (token = "0") => ({ body: page([], String(Number(token) + 1)) })],
    ["a continuation token is too long", () => ({ body: page([], "t".repeat(5000)) })],
    ["a key does not begin with the prefix", () => ({ body: page([{ key: "Day 2/A.mov" }]) })],
    ["a key is longer than 1024 bytes", () => ({ body: page([{ key: `Day 1/${"é".repeat(600)}` }]) })],
    ["a page is not a ListBucketResult", () => ({ body: "<ListAllMyBucketsResult/>" })],
    ["a page is not a ListBucketResult", () => ({ body: page([{ key: "Day 1/A.mov", bytes: -1 }]) })],
    ["a page is not a ListBucketResult", () => ({ body: page([]).replace("false", "true") })],
    [
      "a page is not a ListBucketResult",
      () => ({ body: page([{ key: "Day 1/A.mov" }]).replace("?>", '?><!DOCTYPE x [<!ENTITY e "eeee">]>') }),
    ],
  ])(
    "fails with ListingUnusable because %s",
    ([reason, answer]) =>
      Effect.gen(function* () {
        const error = yield* errorOf(answer)
        assert(error._tag === "ListingUnusable")
        assert.strictEqual(error.reason, reason)
        assert.strictEqual(error.verdict.retry, "never")
      }),
    60_000,
  )

  it.live("fails for a page that is longer than the limit", () =>
    Effect.gen(function* () {
      const error = yield* errorOf(() => ({ body: " ".repeat(8 * 1024 * 1024 + 1) }))
      assert.strictEqual(error._tag, "DecodeFailure")
    }),
  )

  it.live("fails with the error of the storage, which contains no secret", () =>
    Effect.gen(function* () {
      const error = yield* errorOf(() => ({
        status: 403,
        body: "<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>",
      }))
      assert.strictEqual(error._tag, "AccessDenied")
      assert.notInclude(JSON.stringify(error), Redacted.value(keys.secretAccessKey))
    }),
  )

  it.effect("sends nothing to an invalid bucket", () =>
    Effect.gen(function* () {
      const client = HttpClient.make(() => Effect.die("a request"))
      const storage = { region: "eu-west-3", credentials: keys }
      const listed = S3Listing.objects(client, storage, { bucket: "a b", prefix: "" })
      assert.strictEqual((yield* Effect.flip(listed))._tag, "StorageInvalid")
    }),
  )
})
