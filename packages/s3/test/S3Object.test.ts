import { NodeHttpClient } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { S3Object } from "@holdfast/s3"
import { Effect, Stream } from "effect"
import { HttpClient } from "effect/http"
import { keys, serve, type Content, type Fault } from "./support/objectServer.ts"

const key = "Clips/A 001+é~(1)*.mov"
const path = "/b/Clips/A%20001%2B%C3%A9~%281%29%2A.mov"
const contentOf = (): Content => ({ bytes: Buffer.from("0123456789"), etag: '"one"' })

const open = (options: { readonly content?: Content; readonly fault?: () => Fault; readonly key?: string } = {}) =>
  Effect.gen(function* () {
    const { content = contentOf(), fault } = options
    const server = yield* serve({ path, content, fault })
    const client = yield* HttpClient.HttpClient
    const storage: S3Object.Storage = { region: "eu-west-3", credentials: keys, endpoint: server.url }
    const location = { bucket: "b", key: options.key ?? key }
    const read = (offset: number, length: number, etag = '"one"') =>
      Stream.runCollect(S3Object.range(client, storage, location, { etag, offset, length })).pipe(
        Effect.map((pieces) => Buffer.concat(pieces).toString()),
      )
    return { attributes: S3Object.attributes(client, storage, location), content, read, server }
  })

const live = Effect.provide(NodeHttpClient.layerUndici)

describe("S3Object", () => {
  it.live("reads the attributes and a range with signed requests, also for a key that needs encoding", () =>
    Effect.gen(function* () {
      const { attributes, read, server } = yield* open()
      assert.deepStrictEqual(yield* attributes, {
        bytes: 10,
        etag: '"one"',
        modifiedAt: Date.parse("2026-11-30T20:00:00Z"),
      })
      assert.strictEqual(yield* read(3, 4), "3456")
      assert.deepStrictEqual(server.requests, ["HEAD", "GET bytes=3-6"])
    }).pipe(Effect.scoped, live),
  )

  it.live("fails with PreconditionFailed and emits nothing if the object has another ETag", () =>
    Effect.gen(function* () {
      const { content, read } = yield* open()
      content.etag = '"two"'
      content.bytes = Buffer.from("9876543210")
      const error = yield* Effect.flip(read(0, 10))
      assert.strictEqual(error._tag, "PreconditionFailed")
    }).pipe(Effect.scoped, live),
  )

  it.live("states the reason of a rejection, which the response to HEAD lacks", () =>
    Effect.gen(function* () {
      const { attributes, server } = yield* open({ key: "other" })
      const error = yield* Effect.flip(attributes)
      assert.strictEqual(error._tag, "NoSuchKey")
      assert.deepStrictEqual(server.requests, ["HEAD", "GET bytes=0-0"])
    }).pipe(Effect.scoped, live),
  )

  it.live.each([
    ["a connection that ends early", "cut", ["ConnectionReset", "TruncatedBody", "TransportFailure"]],
    ["another range", "foreign range", ["RangeIgnored"]],
    ["the whole object", "whole", ["RangeIgnored"]],
  ] as const)("fails after %s", ([, fault, tags]) =>
    Effect.gen(function* () {
      const { read } = yield* open({ fault: () => fault })
      const error = yield* Effect.flip(read(2, 5))
      assert.include([...tags], error._tag)
    }).pipe(Effect.scoped, live),
  )

  it.live("sends nothing for a key that no URL expresses", () =>
    Effect.gen(function* () {
      const { attributes, server } = yield* open({ key: "a/../b" })
      assert.strictEqual((yield* Effect.flip(attributes))._tag, "KeyInexpressible")
      assert.deepStrictEqual(server.requests, [])
    }).pipe(Effect.scoped, live),
  )

  it.live("quotes no credential in an error", () =>
    Effect.gen(function* () {
      const client = yield* HttpClient.HttpClient
      const storage = { region: "eu-west-3", credentials: keys, endpoint: "http://127.0.0.1:1" }
      const error = yield* Effect.flip(S3Object.attributes(client, storage, { bucket: "b", key }))
      assert.strictEqual(error._tag, "ConnectionRefused")
      assert.notInclude(JSON.stringify(error), "wJalr")
      assert.notInclude(JSON.stringify(error), "AKIA")
    }).pipe(Effect.scoped, live),
  )
})
