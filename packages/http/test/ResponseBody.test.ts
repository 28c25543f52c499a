import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { HttpClientRequest, HttpClientResponse } from "effect/http"
import { ResponseBody } from "@holdfast/http"
import { nodeError } from "./support/clients.ts"

const request = HttpClientRequest.get("https://api.test/v2/me")
const response = (body: BodyInit | null, status = 200) =>
  HttpClientResponse.fromWeb(request, new Response(body, { status }))

/** A body of these chunks that counts how many of them were read, and may end with an error. */
const pulled = (chunks: ReadonlyArray<Uint8Array>, failure?: Error) => {
  const counts = { pulled: 0, cancelled: false }
  const stream = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        const chunk = chunks[counts.pulled++]
        if (chunk !== undefined) controller.enqueue(chunk)
        else if (failure !== undefined) controller.error(failure)
        else controller.close()
      },
      cancel() {
        counts.cancelled = true
      },
    },
    { highWaterMark: 0 },
  )
  return { counts, response: response(stream) }
}

const KiB = 1024
const block = new Uint8Array(16 * KiB).fill(97)

describe("ResponseBody", () => {
  it.effect("reads a short body completely", () =>
    Effect.gen(function* () {
      assert.strictEqual(yield* ResponseBody.readBounded(response('{"a":"ü"}')), '{"a":"ü"}')
      assert.strictEqual(yield* ResponseBody.readBounded(response(null, 204)), "")
      assert.strictEqual(yield* ResponseBody.readBounded(response("")), "")
    }),
  )

  it.effect("keeps the first 64 KiB of a longer body, and stops reading there", () =>
    Effect.gen(function* () {
      const endless = pulled(Array.from({ length: 1000 }, () => block))
      const text = yield* ResponseBody.readBounded(endless.response)
      assert.strictEqual(text, "a".repeat(64 * KiB))
      assert.isAtMost(endless.counts.pulled, 6)
      assert.isTrue(endless.counts.cancelled)
    }),
  )

  it.effect("keeps a body that has exactly the maximum length, and truncates a body that is one byte longer", () =>
    Effect.gen(function* () {
      assert.strictEqual(yield* ResponseBody.readBounded(response("abcd"), 4), "abcd")
      assert.strictEqual(yield* ResponseBody.readBounded(response("abcde"), 4), "abcd")
      assert.strictEqual(
        yield* ResponseBody.readBounded(pulled([block, block]).response, 16 * KiB + 1),
        "a".repeat(16 * KiB + 1),
      )
    }),
  )

  it.effect("rejects a JSON body that is longer than 8 MiB", () =>
    Effect.gen(function* () {
      const endless = pulled(Array.from({ length: 1000 }, () => block))
      const error = yield* Effect.flip(ResponseBody.decodeJson(Schema.Unknown)(endless.response))
      assert.strictEqual(error._tag, "DecodeFailure")
      assert.strictEqual(error.verdict.retry, "never")
      assert.isAtMost(endless.counts.pulled, (8 * 1024) / 16 + 2)
    }),
  )

  it.effect("drops a character that the limit splits, and replaces bytes that are not valid text", () =>
    Effect.gen(function* () {
      assert.strictEqual(yield* ResponseBody.readBounded(response("aé"), 2), "a")
      assert.strictEqual(yield* ResponseBody.readBounded(response(new Uint8Array([0x61, 0xff, 0xc3]))), "a\uFFFD\uFFFD")
    }),
  )

  it.effect("fails with TruncatedBody if the connection ends before the body is complete", () =>
    Effect.gen(function* () {
      const cut = pulled([block], nodeError("ECONNRESET"))
      const error = yield* Effect.flip(ResponseBody.readBounded(cut.response))
      assert.strictEqual(error._tag, "TruncatedBody")
      assert.strictEqual(error.status, 200)
      assert.strictEqual(error.detail, "ECONNRESET")
    }),
  )

  it.effect("ignores a connection failure after the limit has been reached", () =>
    Effect.gen(function* () {
      const cut = pulled([block, block], nodeError("ECONNRESET"))
      assert.strictEqual(yield* ResponseBody.readBounded(cut.response, 1 * KiB), "a".repeat(KiB))
    }),
  )

  it.effect("rejects a body that exceeds the limit if the whole body is needed", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(ResponseBody.readWhole(pulled([block, block]).response, 20 * KiB))
      assert.strictEqual(error._tag, "DecodeFailure")
      assert.strictEqual(error.verdict.retry, "never")
      const atLimit = yield* Effect.flip(ResponseBody.readWhole(pulled([block, block]).response, 16 * KiB))
      assert.strictEqual(atLimit._tag, "DecodeFailure")
      assert.strictEqual((yield* ResponseBody.readWhole(pulled([block, block]).response, 32 * KiB)).length, 32 * KiB)
    }),
  )

  it.effect("decodes JSON, or reports the location of an error without revealing values", () =>
    Effect.gen(function* () {
      const decode = ResponseBody.decodeJson(Schema.Struct({ id: Schema.String, size: Schema.Int }))
      assert.deepStrictEqual(yield* decode(response('{"id":"a","size":1}')), { id: "a", size: 1 })
      const shape = yield* Effect.flip(decode(response('{"id":"a","size":"private"}')))
      assert.strictEqual(shape._tag, "DecodeFailure")
      assert.match(shape.detail ?? "", /size/)
      assert.notMatch(shape.message, /private/)
      assert.strictEqual((yield* Effect.flip(decode(response('{"id"'))))._tag, "DecodeFailure")
      assert.strictEqual((yield* Effect.flip(decode(response(""))))._tag, "DecodeFailure")
    }),
  )
})
