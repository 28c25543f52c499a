import * as Util from "node:util"
import { type AddressInfo, createServer, type Socket } from "node:net"
import { NodeHttpClient } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Pipeline } from "@holdfast/core"
import { HttpPipeline, TransportCause } from "@holdfast/http"
import { Cause, Effect } from "effect"
import { FetchHttpClient, HttpClient, HttpClientRequest } from "effect/http"

/** Everything that a log could show of a value. */
const shown = (value: unknown): string =>
  [
    Util.inspect(value, { depth: 20, showHidden: true }),
    JSON.stringify(value) ?? "",
    Cause.pretty(Cause.fail(value)),
    String(value),
  ].join("\n")

describe("the cause of an error", () => {
  it.effect("removes the request's credentials from the cause of a transport error", () =>
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
    it.effect(`removes a raw response that ${name} attached to its error`, () =>
      Effect.gen(function* () {
        const server = createServer((socket: Socket) => {
          socket
            .on("error", () => undefined)
            .once("data", () => {
              const json = '{"upload_urls":["https://b.test/k?X-Amz-Signature=CANARY"]}'
              // The chunk is longer than announced.
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
