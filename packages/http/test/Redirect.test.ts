/**
 * Two servers on loopback: one redirects, and the other records what reaches it.
 */
import { createServer, type IncomingHttpHeaders, type RequestListener } from "node:http"
import type { AddressInfo } from "node:net"
import { NodeHttpClient } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Redacted, Stream } from "effect"
import {
  FetchHttpClient,
  Headers,
  HttpBody,
  HttpClient,
  HttpClientError,
  HttpClientRequest,
  HttpClientResponse,
  type UrlParams,
} from "effect/http"
import { Pipeline, Retry } from "@holdfast/core"
import { HttpPipeline, Redirect, ResilientClient, TransportCause, type TransportError } from "@holdfast/http"
import { decode } from "./support/clients.ts"

const clients = {
  undici: NodeHttpClient.layerUndici,
  fetch: FetchHttpClient.layer,
  "node:http": NodeHttpClient.layerNodeHttp,
}
type Client = HttpClient.HttpClient.With<TransportError>
const once = Pipeline.makeUnsafe(Pipeline.retry({ attempts: 1 }))

describe("Redirect", () => {
  for (const [name, layer] of Object.entries(clients)) {
    describe(`with ${name}`, () => {
      const around = Effect.map(HttpClient.HttpClient, (client) => ({
        pipeline: HttpPipeline.client(once, client) as Client,
        resilient: ResilientClient.make(client, { decode, retry: Retry.policy({ attempts: 1 }) }) as Client,
      }))

      it.effect("does not send a body or credential after a redirect, and names the target's origin in the error", () =>
        Effect.gen(function* () {
          const { seen, source, target } = yield* two
          const { pipeline, resilient } = yield* around
          for (const status of [301, 302, 303, 307, 308]) {
            for (const request of [
              HttpClientRequest.post("/").pipe(HttpClientRequest.bodyText("client_secret=CANARY")),
              HttpClientRequest.put("/").pipe(HttpClientRequest.bodyUint8Array(new Uint8Array(9))),
              HttpClientRequest.put("/").pipe(HttpClientRequest.bodyStream(Stream.make(new Uint8Array(9)))),
              HttpClientRequest.delete("/"),
              HttpClientRequest.get("/").pipe(HttpClientRequest.bearerToken("CANARY")),
              HttpClientRequest.get("/").pipe(HttpClientRequest.setHeader("cookie", "a=CANARY")),
              HttpClientRequest.get("/").pipe(HttpClientRequest.setHeader("x-api-key", "CANARY")),
              HttpClientRequest.get("/").pipe(HttpClientRequest.setHeader("x-custom", "Bearer CANARY")),
              HttpClientRequest.get("/").pipe(HttpClientRequest.setUrlParam("page", Redacted.make("CANARY"))),
              HttpClientRequest.get("/?X-Amz-Signature=CANARY"),
            ]) {
              const asked = HttpClientRequest.prependUrl(request, `${source}/${status}`)
              for (const client of [pipeline, resilient]) {
                const error = yield* Effect.flip(client.execute(asked))
                assert.strictEqual(error._tag, "RedirectRefused", `${status} ${request.method}`)
                assert.deepStrictEqual(
                  [error.verdict.retry, error.status, error.reached],
                  ["never", status, status === 307 || status === 308 ? "nothing" : "maybe"],
                )
                assert.include(error.message, `leads to ${target}`)
                assert.notInclude(error.message, "stolen")
              }
            }
          }
          assert.deepStrictEqual(seen, [])
        }).pipe(Effect.provide(layer)),
      )

      it.effect("follows a redirect of a plain GET, and sends only public headers to another origin", () =>
        Effect.gen(function* () {
          const { seen, source } = yield* two
          const { pipeline, resilient } = yield* around
          for (const client of [pipeline, resilient]) {
            for (const status of [301, 302, 303, 307, 308]) {
              const response = yield* client.get(`${source}/${status}`, {
                headers: { accept: "text/plain", "x-client-version": "1.2.3" },
              })
              assert.strictEqual(yield* response.text, "hello")
              const { headers, method } = seen.pop()!
              assert.deepStrictEqual([method, headers.accept], ["GET", "text/plain"])
              assert.isUndefined(headers["x-client-version"])
            }
          }
          assert.strictEqual(yield* (yield* pipeline.get(`${source}/home/301`)).text, "home")
        }).pipe(Effect.provide(layer)),
      )

      it.effect("stops a redirect loop, and follows redirects only to http and https URLs", () =>
        Effect.gen(function* () {
          const { source } = yield* two
          const { pipeline } = yield* around
          const circle = yield* Effect.flip(pipeline.get(`${source}/circle`))
          assert.include(circle.message, `more than 10 redirects; the next redirect leads to ${source}`)
          for (const [path, words] of [
            ["/to/file", "leads to file:"],
            ["/to/nowhere", "leads to no URL"],
          ] as const) {
            const error = yield* Effect.flip(pipeline.get(source + path))
            assert.strictEqual(error._tag, "RedirectRefused")
            assert.include(error.message, words)
          }
        }).pipe(Effect.provide(layer)),
      )
    })
  }

  it.effect("returns a redirect response if the caller expects its status", () =>
    Effect.gen(function* () {
      const { source } = yield* two
      const client = HttpPipeline.client(once, yield* HttpClient.HttpClient, { expects: [307] })
      const response = yield* client.post(`${source}/307`, { body: HttpBody.text("x") })
      assert.strictEqual(response.status, 307)
    }).pipe(Effect.provide(FetchHttpClient.layer)),
  )

  it.effect("does not follow a redirect from https to http", () =>
    Effect.gen(function* () {
      const asked: Array<string> = []
      const client = HttpClient.make((request) => {
        asked.push(request.url)
        const headers = { location: "http://api.test/a" }
        return Effect.succeed(HttpClientResponse.fromWeb(request, new Response(null, { status: 302, headers })))
      })
      const error = yield* Effect.flip(HttpPipeline.client(once, client).get("https://api.test/"))
      assert.include(error.message, "leads to http://api.test, without TLS")
      assert.deepStrictEqual(asked, ["https://api.test/"])
    }),
  )

  it.effect("preserves the fetch options that the program sets, except the redirect mode", () =>
    Effect.gen(function* () {
      const inits: Array<RequestInit> = []
      const fetch: typeof globalThis.fetch = async (_, init) => {
        inits.push(init!)
        return new Response("ok")
      }
      yield* HttpPipeline.client(once, yield* HttpClient.HttpClient)
        .get("https://api.test/")
        .pipe(
          Effect.provideService(FetchHttpClient.RequestInit, { credentials: "include", redirect: "follow" }),
          Effect.provideService(FetchHttpClient.Fetch, fetch),
        )
      assert.deepStrictEqual([inits[0]?.credentials, inits[0]?.redirect], ["include", "manual"])
    }).pipe(Effect.provide(FetchHttpClient.layer)),
  )

  it.effect("follows a redirect only for a plain GET in a browser, because browsers hide redirects", () =>
    Effect.gen(function* () {
      const asked: Array<string> = []
      const fetch: typeof globalThis.fetch = async (_, init) => {
        asked.push(`${init!.method} ${init!.redirect}`)
        if (init!.redirect === "follow") return new Response("there")
        return Object.defineProperty(new Response(null), "status", { value: 0 })
      }
      const client = HttpPipeline.client(once, yield* HttpClient.HttpClient)
      yield* Effect.gen(function* () {
        assert.strictEqual(yield* (yield* client.get("https://api.test/")).text, "there")
        const error = yield* Effect.flip(client.post("https://api.test/"))
        assert.strictEqual(error._tag, "RedirectRefused")
        assert.include(error.message, "leads to a target that the browser hides")
      }).pipe(Effect.provideService(FetchHttpClient.Fetch, fetch))
      assert.deepStrictEqual(asked, ["GET manual", "GET follow", "POST manual"])
    }).pipe(Effect.provide(FetchHttpClient.layer)),
  )

  it.effect("reports a failure if the client has followed a redirect on its own", () =>
    Effect.gen(function* () {
      const { source, target } = yield* two
      const disobedient: typeof globalThis.fetch = (input, init) => fetch(input, { ...init, redirect: "follow" })
      const inner = yield* HttpClient.HttpClient
      yield* Effect.gen(function* () {
        for (const client of [HttpPipeline.client(once, inner), Redirect.unfollowed(inner)]) {
          const sending = client.post(`${source}/307`, { body: HttpBody.text("x") })
          const error = yield* Effect.flip(
            sending as Effect.Effect<unknown, HttpClientError.HttpClientError | TransportError>,
          )
          const read = HttpClientError.isHttpClientError(error) ? TransportCause.fromHttpClientError(error) : error
          assert.strictEqual(read._tag, "RedirectRefused")
          assert.include(read.message, `followed a redirect to ${target} by itself`)
        }
      }).pipe(Effect.provideService(FetchHttpClient.Fetch, disobedient))
    }).pipe(Effect.provide(FetchHttpClient.layer)),
  )

  describe("isPlain", () => {
    const plain = (url: string, headers: Record<string, string> = {}, params: UrlParams.Input = {}) =>
      Redirect.isPlain(HttpClientRequest.get(url, { headers, urlParams: params }))

    it.effect("returns false for a request with any common credential name", () =>
      Effect.gen(function* () {
        for (const name of [
          "authorization",
          "proxy-authorization",
          "cookie",
          "x-api-key",
          "api-key",
          "apikey",
          "x-amz-security-token",
          "x-goog-api-key",
          "x-vault-token",
          "private-token",
          "job-token",
          "x-auth-token",
          "x-access-token",
          "x-csrf-token",
          "ocp-apim-subscription-key",
          "x-functions-key",
          "x-rapidapi-key",
          "x-shopify-access-token",
          "dd-api-key",
          "dd-application-key",
          "x-plex-token",
          "x-session-id",
          "x-hub-signature-256",
          "x-client-secret",
          "x-password",
        ]) /* prettier-ignore */ {
          assert.isFalse(yield* plain("https://a.test/", { [name]: "x" }), name)
        }
        for (const name of [
          "X-Amz-Signature",
          "X-Amz-Security-Token",
          "X-Goog-Signature",
          "Signature",
          "sig",
          "AWSAccessKeyId",
          "token",
          "access_token",
          "api_key",
          "apiKey",
          "key",
          "client_secret",
          "code",
          "Key-Pair-Id",
          "password",
          "x-cos-security-token",
        ]) /* prettier-ignore */ {
          assert.isFalse(yield* plain(`https://a.test/?${encodeURIComponent(name)}=x`), name)
          assert.isFalse(yield* plain("https://a.test/", {}, { [name]: "x" }), name)
        }
        assert.isFalse(yield* plain("https://user:pass@a.test/"))
      }),
    )

    it.effect("returns true for requests without a credential", () =>
      Effect.gen(function* () {
        for (const headers of [
          {},
          { accept: "*/*", "user-agent": "x", "x-client-version": "1", "idempotency-key": "k", author: "me" },
        ]) {
          assert.isTrue(yield* plain("https://a.test/a@b/?page=2&author=x&country_code=de&keyboard=qwerty", headers))
        }
      }),
    )

    it.effect("recognizes names that the program marks as secrets", () =>
      Effect.gen(function* () {
        assert.isFalse(
          yield* Effect.provideService(plain("https://a.test/", { "x-license": "x" }), Headers.CurrentRedactedNames, [
            "x-license",
          ]),
        )
      }),
    )
  })
})

interface Seen {
  readonly method: string | undefined
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/**
 * Starts a server that redirects `/<status>` to another one and `/home/<status>` to itself; records what reaches the other one.
 */
const two = Effect.gen(function* () {
  const seen: Array<Seen> = []
  const target = yield* serve((request, response) => {
    let body = ""
    request.on("data", (chunk: Buffer) => (body += chunk.toString()))
    request.on("end", () => {
      seen.push({ method: request.method, headers: request.headers, body })
      response.end("hello")
    })
  })
  const source = yield* serve((request, response) => {
    const [, first = "", second = ""] = (request.url ?? "").split(/[/?]/)
    const own: Readonly<Record<string, string>> = { file: "file:///etc/passwd", nowhere: "http://[" }
    request.resume()
    request.on("end", () => {
      if (first === "end") return response.end("home")
      const [status, location] =
        first === "circle"
          ? [302, "/circle"]
          : first === "to"
            ? [302, own[second]]
            : first === "home"
              ? [Number(second), "/end"]
              : [Number(first), `${target}/stolen?secret=1`]
      return response.writeHead(status, { location }).end("moved")
    })
  })
  return { seen, source, target }
})

const serve = (listener: RequestListener) =>
  Effect.acquireRelease(
    Effect.callback<{ readonly url: string; readonly close: () => void }>((resume) => {
      const server = createServer(listener).listen(0, "127.0.0.1", () => {
        const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
        resume(Effect.succeed({ url, close: () => void server.close(() => undefined).closeAllConnections() }))
      })
    }),
    ({ close }) => Effect.sync(close),
  ).pipe(Effect.map(({ url }) => url))
