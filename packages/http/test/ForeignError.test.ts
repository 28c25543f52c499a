import * as Util from "node:util"
import { type AddressInfo, createServer, type Socket } from "node:net"
import { NodeHttpClient } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Pipeline, Verdict } from "@holdfast/core"
import { ForeignError, HttpPipeline, TransportCause } from "@holdfast/http"
import { Cause, Data, Effect } from "effect"
import { FetchHttpClient, HttpClient, HttpClientRequest } from "effect/http"
import { nodeError } from "./support.ts"

class Own extends Data.TaggedError("Own")<{ readonly verdict: Verdict.Verdict }> {}

/** Everything that a log could show of a value. */
const shown = (value: unknown): string =>
  [
    Util.inspect(value, { depth: 20, showHidden: true }),
    JSON.stringify(value) ?? "",
    Cause.pretty(Cause.fail(value)),
    String(value),
  ].join("\n")

describe("ForeignError", () => {
  it("keeps name, code and message, of the causes and members too, and drops the rest", () => {
    const parser = Object.assign(new Error("Invalid character in chunk size"), {
      name: "HTTPParserError",
      code: "HPE_INVALID_CHUNK_SIZE",
      data: "CANARY",
      socket: { remote: "CANARY" },
      response: { body: "CANARY" },
    })
    const cause = new AggregateError([parser, nodeError("ECONNREFUSED", { address: "CANARY" })], "all failed")
    const outer = new TypeError("fetch failed", { cause })
    Object.defineProperty(outer, "config", { value: { headers: { authorization: "CANARY" } } })
    const kept = ForeignError.keep(outer) as TypeError & { readonly cause: AggregateError }
    assert.instanceOf(kept, Error)
    assert.deepStrictEqual([kept.name, kept.message], ["TypeError", "fetch failed"])
    assert.deepStrictEqual([kept.cause.name, kept.cause.message], ["AggregateError", "all failed"])
    assert.deepStrictEqual(
      kept.cause.errors.map(({ code, message, name }: NodeJS.ErrnoException) => [name, code, message]),
      [
        ["HTTPParserError", "HPE_INVALID_CHUNK_SIZE", "Invalid character in chunk size"],
        ["Error", "ECONNREFUSED", "ECONNREFUSED happened"],
      ],
    )
    assert.notInclude(shown(kept), "CANARY")
    assert.notInclude(shown(kept), "ForeignError.test.ts", "nor does it show where the client works inside")
  })

  it("cuts addresses off behind their path, and long messages", () => {
    const message =
      "request to https://user:CANARY@b.test/k?X-Amz-Signature=CANARY#CANARY failed, reason: socket hang up"
    const kept = ForeignError.keep(new Error(message)) as Error
    assert.strictEqual(kept.message, "request to https://b.test/k failed, reason: socket hang up")
    assert.isAtMost((ForeignError.keep(new Error("x".repeat(1e6))) as Error).message.length, 501)
  })

  it("is total: circles, getters that throw, proxies, and what is no error at all", () => {
    const circle = new Error("round") as Error & { cause: unknown }
    circle.cause = circle
    const hostile = {
      get message(): string {
        throw new Error("no")
      },
      get cause(): unknown {
        throw new Error("no")
      },
    }
    const closed = new Proxy({}, { get: () => assert.fail("no") })
    for (const value of [circle, hostile, closed, null, undefined, 1, "text", Symbol("s"), 1n, () => 1, [], {}]) {
      assert.doesNotThrow(() => ForeignError.keep(value))
    }
    assert.strictEqual(ForeignError.keep("see https://a.test/?secret=1"), "see https://a.test/")
  })

  it("leaves our own errors as they are", () => {
    const own = new Own({ verdict: Verdict.once() })
    assert.strictEqual((ForeignError.keep(new Error("outer", { cause: own })) as Error).cause, own)
  })

  it.effect("is what transport errors keep, without the credentials of their request", () =>
    Effect.gen(function* () {
      const request = HttpClientRequest.get("https://a.test/me?X-Amz-Signature=CANARYCANARY").pipe(
        HttpClientRequest.bearerToken("CANARYTOKEN"),
      )
      const cause = Object.assign(new Error("bad header: Bearer CANARYTOKEN"), {
        code: "E_ODD",
        cause: new Error("CANARYCANARY was sent"),
        data: "CANARY",
      })
      for (const error of [
        TransportCause.fromCause(request, cause),
        TransportCause.make("", request, { cause }),
        TransportCause.revise(TransportCause.make("", request), {
          cause: Object.assign(new Error("x"), { data: "CANARY" }),
        }),
      ]) {
        assert.instanceOf(error.cause, Error)
        assert.notInclude(shown(error), "CANARY")
      }
    }),
  )

  for (const [name, layer] of [
    ["undici", NodeHttpClient.layerUndici],
    ["fetch", FetchHttpClient.layer],
    ["node:http", NodeHttpClient.layerNodeHttp],
  ] as const) {
    it.effect(`keeps a raw answer that ${name} put on its error out of every error`, () =>
      Effect.gen(function* () {
        const server = createServer((socket: Socket) => {
          socket
            .on("error", () => undefined)
            .once("data", () => {
              const json = '{"upload_urls":["https://b.test/k?X-Amz-Signature=CANARY"]}'
              // The chunk is longer than it says.
              socket.end(
                `HTTP/1.1 201 Created\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n5\r\n${json}\r\n0\r\n\r\n`,
              )
            })
        })
        const url = yield* Effect.acquireRelease(
          Effect.callback<string>((resume) => {
            server.listen(0, "127.0.0.1", () => {
              resume(Effect.succeed(`http://127.0.0.1:${(server.address() as AddressInfo).port}`))
            })
          }),
          () => Effect.sync(() => void server.close()),
        )
        const pipeline = Pipeline.makeUnsafe(Pipeline.retry({ attempts: 1 }))
        const client = HttpPipeline.client(pipeline, yield* HttpClient.HttpClient, { json: true })
        const error = yield* Effect.flip(client.post(url))
        assert.include(["TruncatedBody", "TransportFailure"], error._tag)
        assert.notInclude(shown(error), "CANARY")
        const rejected = yield* Effect.promise(() =>
          HttpPipeline.fetch(pipeline)(url, { method: "POST" })
            .then((response) => response.text())
            .catch(() => undefined),
        )
        assert.isUndefined(rejected)
      }).pipe(Effect.provide(layer)),
    )
  }
})
