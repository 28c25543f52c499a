/**
 * Tests the check that a client leaves redirects to its caller, with a server on loopback that must never be reached.
 */
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { inspect } from "node:util"
import { NodeHttpClient } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Context, Effect, Layer } from "effect"
import { FetchHttpClient, HttpClient, HttpClientRequest, HttpClientResponse } from "effect/http"
import { Redirect } from "@holdfast/http"
import { nodeError, transportError } from "../support/clients.ts"

const layers = {
  undici: NodeHttpClient.layerUndici,
  fetch: FetchHttpClient.layer,
  "node:http": NodeHttpClient.layerNodeHttp,
}
const reasonOf = (client: HttpClient.HttpClient) => Effect.map(Effect.flip(Redirect.verify(client)), (e) => e.reason)
const ok = (request: HttpClientRequest.HttpClientRequest) =>
  Effect.succeed(HttpClientResponse.fromWeb(request, new Response("ok")))

describe("Redirect.layer", () => {
  for (const [name, layer] of Object.entries(layers)) {
    it.effect(`provides the client from ${name} unchanged`, () =>
      Effect.gen(function* () {
        const given = Context.get(yield* Layer.build(layer), HttpClient.HttpClient)
        const verified = Redirect.layer.pipe(Layer.provide(Layer.succeed(HttpClient.HttpClient, given)))
        assert.strictEqual(Context.get(yield* Layer.build(verified), HttpClient.HttpClient), given)
      }),
    )

    it.effect(`does not contact the base URL of a ${name} client, regardless of how the URL is set`, () =>
      Effect.gen(function* () {
        const { connections, url } = yield* server
        const inner = yield* HttpClient.HttpClient
        const based = HttpClient.mapRequest(inner, HttpClientRequest.prependUrl(url))
        yield* Redirect.verify(based)
        // A custom client that changes each request after `mapRequest`.
        const handmade = HttpClient.make((request) => inner.execute(HttpClientRequest.setUrl(request, `${url}/api`)))
        yield* Redirect.verify(handmade)
        assert.strictEqual(connections(), 0)
      }).pipe(Effect.provide(layer)),
    )
  }

  it.effect("rejects a client that responds without calling fetch, as XMLHttpRequest does", () =>
    Effect.gen(function* () {
      const layer = Redirect.layer.pipe(Layer.provide(Layer.succeed(HttpClient.HttpClient, HttpClient.make(ok))))
      const error = yield* Effect.flip(Layer.build(layer))
      assert.deepStrictEqual([error._tag, error.reason, error.cause], ["RedirectsUncontrolled", "unknown", undefined])
      assert.include(error.message, "the HTTP client is not fetch, undici or node:http")
    }),
  )

  it.effect("rejects a client that fails with an unexpected error, and keeps the cause", () =>
    Effect.gen(function* () {
      for (const client of [
        HttpClient.make((request) => Effect.fail(transportError(request, nodeError("E_ODD", { data: "CANARY" })))),
        // Browsers throw this from setRequestHeader.
        HttpClient.make(() =>
          Effect.die(new DOMException("E_ODD is not a valid HTTP header field name", "SyntaxError")),
        ),
      ]) {
        const error = yield* Effect.flip(Redirect.verify(client))
        assert.strictEqual(error.reason, "unknown")
        assert.include(inspect(error), "E_ODD")
        assert.notInclude(inspect(error), "CANARY")
      }
    }),
  )

  it.effect("rejects a client that follows redirects on its own, with and without a base URL", () =>
    Effect.gen(function* () {
      const client = yield* HttpClient.HttpClient
      const following = HttpClient.followRedirects(client)
      assert.strictEqual(yield* reasonOf(following), "follows")
      assert.strictEqual(
        yield* reasonOf(HttpClient.mapRequest(following, HttpClientRequest.prependUrl("https://a.test"))),
        "follows",
      )
      assert.strictEqual(yield* reasonOf(HttpClient.retryTransient(following, { times: 3 })), "follows")
    }).pipe(Effect.provide(FetchHttpClient.layer)),
  )

  it.effect("accepts a client that follows redirects only for requests without a credential, or not at all", () =>
    Effect.gen(function* () {
      const client = yield* HttpClient.HttpClient
      yield* Redirect.verify(Redirect.follow(client))
      yield* Redirect.verify(Redirect.unfollowed(client))
      yield* Redirect.verify(HttpClient.filterStatusOk(client))
    }).pipe(Effect.provide(FetchHttpClient.layer)),
  )

  it.effect("rejects a client that overrides the redirect mode of fetch", () =>
    Effect.gen(function* () {
      const stubborn = HttpClient.transformResponse(
        yield* HttpClient.HttpClient,
        Effect.provideService(FetchHttpClient.RequestInit, { credentials: "include" }),
      )
      assert.strictEqual(yield* reasonOf(stubborn), "overridden")
    }).pipe(Effect.provide(FetchHttpClient.layer)),
  )

  it.effect("replaces the RequestInit and the fetch that the client's layer received", () =>
    Effect.gen(function* () {
      const own = Layer.mergeAll(
        Layer.succeed(FetchHttpClient.RequestInit, { redirect: "follow" }),
        Layer.succeed(FetchHttpClient.Fetch, () => Promise.reject(new Error("called"))),
      )
      yield* Layer.build(Redirect.layer.pipe(Layer.provide(FetchHttpClient.layer), Layer.provide(own)))
    }),
  )

  it.effect("rejects a client that calls the real fetch, and does not let the request reach the network", () =>
    Effect.gen(function* () {
      const { connections, url } = yield* server
      const client = HttpClient.make(({ headers }, _url, signal) =>
        Effect.map(
          Effect.promise(() => fetch(url, { headers, signal })),
          () => assert.fail("sent"),
        ),
      )
      assert.strictEqual(yield* reasonOf(client), "unknown")
      assert.strictEqual(connections(), 0)
    }),
  )
})

/** A server on loopback that counts its connections. */
const server = Effect.acquireRelease(
  Effect.callback<{ readonly url: string; readonly connections: () => number; readonly close: () => void }>(
    (resume) => {
      let count = 0
      const listener = createServer((_, response) => void response.end("ok"))
        .on("connection", () => count++)
        .listen(0, "127.0.0.1", () => {
          const url = `http://127.0.0.1:${(listener.address() as AddressInfo).port}`
          resume(Effect.succeed({ url, connections: () => count, close: () => void listener.close() }))
        })
    },
  ),
  ({ close }) => Effect.sync(close),
)
