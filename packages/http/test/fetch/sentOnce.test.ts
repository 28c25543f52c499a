import { assert, describe, it } from "@effect/vitest"
import { HttpPipeline, type TransportError } from "@holdfast/http"
import { Effect } from "effect"
import * as Util from "node:util"
import { url, patient, until } from "../support/pipelineClient.ts"
import { type Reply, replies, breaks, network, watch } from "../support/pipelineFetch.ts"

describe("HttpPipeline.fetch", () => {
  describe("a request that must not be sent twice", () => {
    const attempts = (init: RequestInit, reply: Reply, options: HttpPipeline.FetchOptions = {}) =>
      Effect.gen(function* () {
        const net = yield* network(reply)
        watch(HttpPipeline.fetch(patient, net.fetch, { ...options, context: net.context })(url, init))
        yield* until(70)
        return net.asked.length
      })

    it.effect("does not retry a request whose body is consumed when it is sent", () =>
      Effect.gen(function* () {
        async function* generated() {
          yield new Uint8Array(1)
        }
        for (const reply of [replies(503), breaks("ECONNRESET"), breaks("ECONNREFUSED")]) {
          for (const body of [new ReadableStream(), generated()] as ReadonlyArray<BodyInit>) {
            assert.strictEqual(yield* attempts({ method: "PUT", body }, reply, { idempotent: true }), 1)
          }
          const net = yield* network(reply)
          const request = new Request(url, { method: "PUT", body: "b" })
          watch(HttpPipeline.fetch(patient, net.fetch, { context: net.context })(request))
          yield* until(70)
          assert.strictEqual(net.asked.length, 1)
        }
      }),
    )

    it.effect("retries a request whose body can be read again", () =>
      Effect.gen(function* () {
        for (const body of [
          "text",
          new Uint8Array(2),
          new ArrayBuffer(2),
          new Blob(["b"]),
          new FormData(),
          new URLSearchParams({ a: "b" }),
          null,
        ]) {
          assert.strictEqual(yield* attempts({ method: "PUT", body }, breaks("ECONNRESET")), 8)
        }
      }),
    )

    it.effect("does not retry a POST that may have been executed, unless it has an idempotency key", () =>
      Effect.gen(function* () {
        const maybe = [breaks("ECONNRESET"), replies(500), replies(502), replies(504)]
        const headers = { "Idempotency-Key": "k" }
        for (const method of ["POST", "post", "PATCH"]) {
          for (const reply of maybe) assert.strictEqual(yield* attempts({ method }, reply), 1)
          assert.strictEqual(yield* attempts({ method }, breaks("ECONNREFUSED")), 8)
          assert.strictEqual(yield* attempts({ method }, replies(503)), 8)
          assert.strictEqual(yield* attempts({ method, headers }, breaks("ECONNRESET")), 8)
          assert.strictEqual(yield* attempts({ method }, breaks("ECONNRESET"), { idempotent: true }), 8)
        }
      }),
    )

    it.effect("does not retry a request that fetch itself rejects because of an invalid URL or header", () =>
      Effect.gen(function* () {
        const { context } = yield* network(replies(200))
        for (const [input, init] of [
          ["not a URL with a secret", {}],
          [url, { headers: { authorization: "secret\n1" } }],
        ] as const) {
          const seen = watch(HttpPipeline.fetch(patient, undefined, { context })(input, init))
          yield* until(0)
          const error = seen.error as TransportError
          assert.deepStrictEqual(
            [error._tag, error.verdict.retry, error.verdict.closes, error.reached],
            ["TransportFailure", "never", undefined, "nothing"],
          )
          assert.notInclude(Util.inspect({ ...error, url: "" }, { depth: 9 }), "secret")
        }
      }),
    )
  })
})
