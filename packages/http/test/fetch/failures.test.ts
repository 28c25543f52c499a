import { assert, describe, it } from "@effect/vitest"
import { Pipeline } from "@holdfast/core"
import { HttpPipeline, type TransportError } from "@holdfast/http"
import { Effect } from "effect"
import * as Util from "node:util"
import { url, patient, until } from "../support/pipelineClient.ts"
import { type Reply, replies, network, watch } from "../support/pipelineFetch.ts"

describe("HttpPipeline.fetch", () => {
  describe("a failure", () => {
    const failing = (thrown: unknown, input: RequestInfo | URL = url, init: RequestInit = {}) =>
      Effect.gen(function* () {
        const net = yield* network(async () => {
          throw thrown
        })
        const pipeline = Pipeline.makeUnsafe(Pipeline.retry({ attempts: 2 }))
        const seen = watch(HttpPipeline.fetch(pipeline, net.fetch, { context: net.context })(input, init))
        yield* until(5)
        return { error: seen.error as TransportError, asked: net.asked.length }
      })

    it.effect("treats a failure as a transport error regardless of its message, and retries the request", () =>
      Effect.gen(function* () {
        for (const words of [
          "Network request failed",
          "The network connection was lost.",
          "fetch failed",
          "Load failed",
          "NetworkError when attempting to fetch resource.",
          "The Internet connection appears to be offline.",
          "A server with the specified hostname could not be found.",
          "cancelled",
          "Die Netzwerkverbindung wurde unterbrochen.",
          "ネットワーク接続が切れました",
          "Invalid argument",
          "",
        ]) {
          for (const thrown of [
            new TypeError(words),
            new Error(words),
            Object.assign(new Error(words), { code: "ODD" }),
          ]) {
            const { asked, error } = yield* failing(thrown)
            assert.strictEqual(asked, 2, words)
            assert.deepStrictEqual(
              [error._tag, error.verdict.retry, error.verdict.closes, error.reached],
              ["TransportFailure", "always", "connectivity", "maybe"],
            )
            assert.strictEqual((yield* failing(thrown, url, { method: "POST" })).asked, 1)
          }
        }
        assert.strictEqual((yield* failing("offline")).asked, 2)
        assert.strictEqual((yield* failing(undefined)).asked, 2)
      }),
    )

    it.effect(
      "reports a timeout if fetch's own time limit ended the request, and does not retry an aborted request",
      () =>
        Effect.gen(function* () {
          const late = yield* failing(new DOMException("The operation timed out", "TimeoutError"))
          assert.deepStrictEqual([late.error._tag, late.asked], ["RequestTimedOut", 2])
          const aborted = yield* failing(new DOMException("This operation was aborted", "AbortError"))
          assert.deepStrictEqual([aborted.error.verdict.retry, aborted.asked], ["never", 1])
        }),
    )

    it.effect("reports an invalid argument before anything is sent", () =>
      Effect.gen(function* () {
        const consumed = new Request(url, { method: "PUT", body: "secret" })
        yield* Effect.promise(() => consumed.text())
        const locked = new ReadableStream()
        locked.getReader()
        for (const [input, init] of [
          ["http://[secret", {}],
          ["http://a.test:999999", {}],
          [url, { headers: { authorization: "secret\n1" } }],
          [url, { headers: { "no name": "secret" } }],
          [url, { headers: [["one"]] as unknown as HeadersInit }],
          [url, { headers: 1 as unknown as HeadersInit }],
          [url, { method: "GET", body: "secret" }],
          [url, { body: "secret" }],
          [url, { method: "head", body: "secret" }],
          [url, { method: "NO METHOD" }],
          [url, { method: "CONNECT" }],
          [url, { method: "TRACE" }],
          [url, { signal: {} as AbortSignal }],
          [url, { method: "PUT", body: locked }],
          [consumed, {}],
        ] as ReadonlyArray<readonly [RequestInfo, RequestInit]>) {
          const { asked, error } = yield* failing(new TypeError("sent"), input, init)
          assert.deepStrictEqual(
            [asked, error._tag, error.verdict.retry, error.verdict.closes, error.reached],
            [0, "TransportFailure", "never", undefined, "nothing"],
            JSON.stringify([input, init]),
          )
          assert.notInclude(Util.inspect({ ...error, url: "" }, { depth: 9 }), "secret")
        }
      }),
    )

    it.effect("reports an argument that only the platform rejects, and a URL that the platform cannot fetch", () =>
      Effect.gen(function* () {
        for (const init of [
          { mode: "navigate" },
          { credentials: "some" },
          { cache: "only-if-cached" },
          { redirect: "up" },
        ]) {
          const { asked, error } = yield* failing(new TypeError("no such argument"), url, init as RequestInit)
          assert.deepStrictEqual(
            [asked, error.verdict.retry, error.reached],
            [1, "never", "nothing"],
            JSON.stringify(init),
          )
        }
        for (const address of ["file:///etc/passwd", "ftp://a.test/", "about:config"]) {
          const { asked, error } = yield* failing(
            new TypeError("fetch failed", { cause: new Error("odd scheme") }),
            address,
          )
          assert.deepStrictEqual([asked, error.verdict.retry, error.reached], [1, "never", "nothing"])
        }
      }),
    )

    it.effect("accepts a relative URL that the given fetch completes", () =>
      Effect.gen(function* () {
        const net = yield* network(replies(200))
        const seen = watch(HttpPipeline.fetch(patient, net.fetch, { context: net.context })("/api/me"))
        yield* until(1)
        assert.deepStrictEqual([seen.response?.status, net.asked[0]?.input], [200, "/api/me"])
      }),
    )
  })

  it.effect("reports a transport error for a browser's message, and names the request for every kind of input", () =>
    Effect.gen(function* () {
      const words: Reply = async () => {
        throw new TypeError("Failed to fetch")
      }
      for (const input of [`${url}?a=secret`, new URL(`${url}?a=secret`), new Request(`${url}?a=secret`)]) {
        const net = yield* network(words)
        const pipeline = Pipeline.makeUnsafe(Pipeline.retry({ attempts: 2 }))
        const seen = watch(HttpPipeline.fetch(pipeline, net.fetch, { context: net.context })(input))
        yield* until(5)
        const error = seen.error as TransportError
        assert.deepStrictEqual([error._tag, error.method, error.url], ["TransportFailure", "GET", url])
        assert.strictEqual(net.asked.length, 2)
      }
    }),
  )
})
