import { assert, describe, it } from "@effect/vitest"
import { C2c, C2cClient, C2cConfig, Uploader } from "@holdfast/c2c"
import * as Configs from "@holdfast/c2c/C2cConfig"
import { DeviceAuthorization } from "@holdfast/oauth"
import { Effect, Fiber, Layer, Redacted } from "effect"
import { HttpClient, HttpClientRequest } from "effect/http"
import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import * as Api from "../support/fakeApi.ts"

const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"))
const file = fileURLToPath(import.meta.url)

/** The headers of every request of a program that signs in, calls the API and sends a chunk. */
const headersWith = (
  options: Partial<Configs.Options>,
  change: (client: HttpClient.HttpClient) => HttpClient.HttpClient = (client) => client,
) =>
  Effect.gen(function* () {
    const api = Api.make((route) => {
      if (route === "POST /v2/devices/assets") {
        return Api.json(201, { id: "a1", upload_urls: ["https://s3.example/1"] })
      }
      return route.startsWith("PUT") ? new Response(null, { headers: { "x-amz-request-id": "R" } }) : undefined
    })
    const config = C2cConfig.layer({
      api: "https://api.example",
      clientVersion: "2.0.0",
      clientId: "Some-Client-ID",
      clientSecret: Redacted.make("secret"),
      ...options,
    })
    const layer = Uploader.layer.pipe(
      Layer.provideMerge(C2c.layer),
      Layer.provideMerge(Layer.mergeAll(config, Api.paired, Layer.succeed(HttpClient.HttpClient, change(api.client)))),
    )
    const calls = Effect.gen(function* () {
      yield* C2cClient.use((client) => client.me)
      yield* Effect.exit(DeviceAuthorization.use((device) => device.request))
      yield* Uploader.use(({ upload }) => Effect.exit(upload({ path: file })))
    })
    const running = yield* Effect.forkChild(
      calls.pipe(Effect.withSpan("the program"), Effect.provide(layer), Api.noJitter),
    )
    yield* Api.advance("2 minutes")
    yield* Fiber.interrupt(running)
    const routes = api.seen.map(({ route }) => route)
    for (const route of ["GET /health", "POST /v2/auth/device/code", "POST /v2/devices/assets", "PUT /1"]) {
      assert.include(routes, route)
    }
    return api.seen.map(({ headers }) => headers)
  })

describe("every request", () => {
  it.effect("names the library in its user agent and sends no trace headers", () =>
    Effect.gen(function* () {
      for (const headers of yield* headersWith({})) {
        assert.strictEqual(headers["user-agent"], `holdfast-c2c/${version}`)
        for (const name of ["traceparent", "b3"]) assert.notProperty(headers, name)
      }
    }),
  )

  it.effect("sends the configured user agent, and sends trace headers if they are enabled", () =>
    Effect.gen(function* () {
      for (const headers of yield* headersWith({ userAgent: "Recorder/2.0 (A001)", traceHeaders: true })) {
        assert.strictEqual(headers["user-agent"], "Recorder/2.0 (A001)")
        if (headers["x-client-version"] !== undefined) assert.match(headers["traceparent"] ?? "", /^00-/)
      }
    }),
  )

  it.effect("keeps the user agent that the HTTP client has set", () =>
    Effect.gen(function* () {
      const own = HttpClient.mapRequest(HttpClientRequest.setHeader("user-agent", "own/1"))
      for (const headers of yield* headersWith({}, own)) assert.strictEqual(headers["user-agent"], "own/1")
    }),
  )

  it.effect.each(["", " x", "a\r\nx-evil: 1", "ü"])("rejects the user agent %j", (userAgent) =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(
        Configs.make({ clientVersion: "2.0.0", clientId: "id", clientSecret: Redacted.make("s"), userAgent }),
      )
      assert.strictEqual(error.field, "userAgent")
    }),
  )
})
