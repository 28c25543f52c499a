import { assert, describe, it } from "@effect/vitest"
import { C2cClient } from "@holdfast/c2c"
import { DeviceAuthorization, TokenStore } from "@holdfast/oauth"
import { Effect, Exit, Fiber, Redacted } from "effect"
import * as Api from "./support/fakeApi.ts"

const me = "GET /v2/devices/me"
const assets = "POST /v2/devices/assets"
const clip = { name: "A001.mov", filetype: "video/quicktime", filesize: 21_136_250 }

describe("C2cClient", () => {
  describe("retries", () => {
    it.effect.each([
      ["429", () => new Response("", { status: 429 })],
      ["400 slow_down", () => Api.simple(400, "slow_down")],
      ["404 from an intermediary", () => new Response("<html>404</html>", { status: 404 })],
    ] as const)("sends eight attempts at the times of Frame.io's error guide while the response is %s", ([, answer]) =>
      Effect.gen(function* () {
        const api = Api.make((route) => (route === me ? answer() : undefined))
        yield* Effect.gen(function* () {
          const client = yield* C2cClient
          const call = yield* Effect.forkChild(Effect.flip(client.me))
          yield* Api.advance("64 seconds")
          const error = yield* Fiber.join(call)
          assert.include(["SlowDown", "NotFound"], error._tag)
        }).pipe(Effect.provide(Api.layer(api)), Api.noJitter)
        assert.deepStrictEqual(api.times(me), [0, 0.5, 1.5, 3.5, 7.5, 15.5, 31.5, 63.5])
      }),
    )

    it.effect("waits for the longer of the server's hint and the backoff", () =>
      Effect.gen(function* () {
        const api = Api.make((route, n) =>
          route === me && n === 0 ? Api.json(429, { error: "slow_down" }, { "retry-after": "7" }) : undefined,
        )
        yield* run(api, (client) => client.me)
        assert.deepStrictEqual(api.times(me), [0, 7])
      }),
    )

    it.effect.each([
      ["429 from an intermediary", 429, "", [0, 0.5], [0]],
      ["502 from a gateway", 502, "<html>", [0, 20], [0, 20]],
      ["511 from a captive portal", 511, "<html>", [0, 20], [0, 20]],
    ] as const)("applies the hint of a %s only to the probe", ([, status, body, times, probes]) =>
      Effect.gen(function* () {
        const api = Api.make((route, n) =>
          route === me && n === 0 ? new Response(body, { status, headers: { "retry-after": "20" } }) : undefined,
        )
        yield* run(api, (client) => client.me)
        assert.deepStrictEqual(api.times(me), [...times])
        assert.deepStrictEqual(api.times("GET /health"), [...probes])
      }),
    )

    it.effect("retries a 500 response once", () =>
      Effect.gen(function* () {
        const api = Api.make((route) => (route === me ? new Response("", { status: 500 }) : undefined))
        const error = yield* run(api, (client) => Effect.flip(client.me))
        assert.strictEqual(error._tag, "InternalServerError")
        assert.deepStrictEqual(api.times(me), [0, 0.5])
      }),
    )

    it.effect("treats HTML in place of JSON as a captive portal and waits until the API is healthy", () =>
      Effect.gen(function* () {
        const page = () => new Response("<html>Sign in</html>", { headers: { "content-type": "text/html" } })
        const api = Api.make((route, n) =>
          (route === me && n === 0) || (route === "GET /health" && n >= 1 && n <= 2) ? page() : undefined,
        )
        yield* run(api, (client) => client.me)
        assert.deepStrictEqual(api.times("GET /health"), [0, 0, 0.5, 1.5])
        assert.deepStrictEqual(api.times(me), [0, 1.5])
      }),
    )
  })

  describe("a success that is not from the API", () => {
    const blocked = "Access blocked by the firewall of this network."

    it.effect("keeps the gate closed while the health endpoint returns responses that are not from the API", () =>
      Effect.gen(function* () {
        const foreign = [
          () => new Response(blocked),
          () => Api.json(200, { error: "quota exceeded" }),
          () => new Response("<html>Sign in", { headers: { "content-type": "text/plain" } }),
          () => Api.json(200, { errors: [{ title: "Not Authorized" }] }),
          () => new Response(`"${"x".repeat(100_000)}"`),
        ]
        const api = Api.make((route, n) => (route === "GET /health" ? foreign[n]?.() : undefined))
        yield* run(api, (client) => client.me)
        assert.deepStrictEqual(api.times("GET /health"), [0, 0.5, 1.5, 3.5, 7.5, 15.5])
        assert.deepStrictEqual(api.seen.at(-1)?.route, me)
        assert.strictEqual(api.to(me).length, 1)
      }),
    )

    it.effect("treats a health response as healthy if its body is empty, a single word, or JSON without an error", () =>
      Effect.gen(function* () {
        for (const body of [null, "", "OK", "healthy\n", '"ok"', "{}", '{"ok":true}', '[{"status":"up"}]']) {
          const api = Api.make((route) => (route === "GET /health" ? new Response(body) : undefined))
          yield* run(api, (client) => client.me)
          assert.strictEqual(api.to("GET /health").length, 1, String(body))
        }
      }),
    )

    it.effect("treats a health response from another origin after a redirect as a captive portal", () =>
      Effect.gen(function* () {
        const location = "https://portal.example/welcome/health"
        const api = Api.make((route) =>
          route === "GET /health"
            ? new Response(null, { status: 302, headers: { location } })
            : Api.json(200, { ok: true }),
        )
        const error = yield* run(api, (client) => Effect.flip(client.health))
        assert.strictEqual(error._tag, "CaptivePortal")
      }),
    )

    it.effect.each([
      ["cannot be reached", "refused"],
      ["returns 503", () => new Response(null, { status: 503 })],
      ["returns 404 with JSON", () => Api.json(404, { error: "not found" })],
    ] as const)("treats a health redirect to another origin that %s as a captive portal", ([, answer]) =>
      Effect.gen(function* () {
        const location = "https://portal.example/welcome"
        const api = Api.make((route) =>
          route === "GET /health"
            ? new Response(null, { status: 302, headers: { location } })
            : answer === "refused"
              ? answer
              : answer(),
        )
        const error = yield* run(api, (client) => Effect.flip(client.health))
        assert.strictEqual(error._tag, "CaptivePortal")
      }),
    )

    it.effect("allows 15 s for the body of a health response", () =>
      Effect.gen(function* () {
        const endless = () => new Response(new ReadableStream({ pull: () => new Promise<void>(() => {}) }))
        const api = Api.make((route, n) => (route === "GET /health" && n > 0 ? endless() : undefined))
        const error = yield* run(api, (client) => Effect.flip(client.health))
        assert.strictEqual(error._tag, "RequestTimedOut")
      }),
    )

    it.effect("reports an unreadable response to a creation request as unreadable, not as lost", () =>
      Effect.gen(function* () {
        const api = Api.make((route) => (route === assets ? Api.json(201, { id: 5, upload_urls: [] }) : undefined))
        const error = yield* run(api, (client) => Effect.flip(client.createAsset(clip)))
        assert.strictEqual(error._tag, "AssetCreationUncertain")
        assert.include(error.message, "cannot be read")
        assert.strictEqual(api.to(assets).length, 1)
      }),
    )

    it.effect("does not treat a firewall's response to a heartbeat as an acknowledgement", () =>
      Effect.gen(function* () {
        for (const answer of [() => new Response(blocked), () => Api.json(200, { error: "blocked" })]) {
          const api = Api.make((route) => (route === "POST /v2/devices/heartbeat" ? answer() : undefined))
          const exit = yield* run(api, (client) => Effect.exit(client.heartbeat))
          assert.isTrue(Exit.isFailure(exit))
        }
      }),
    )
  })

  describe("authorization", () => {
    it.effect("sends one refresh for ten concurrent 401 responses, and all ten calls succeed", () =>
      Effect.gen(function* () {
        const api = Api.make((route, _, { bearer }) => {
          if (route === "POST /v2/auth/token") return tokens("access-2")
          return route === me && bearer !== "Bearer access-2" ? Api.detailed(401, "Not Authorized") : undefined
        })
        const devices = yield* run(api, (client) =>
          Effect.all(
            Array.from({ length: 10 }, () => client.me),
            { concurrency: "unbounded" },
          ),
        )
        assert.strictEqual(devices.length, 10)
        assert.strictEqual(api.to("POST /v2/auth/token").length, 1)
        assert.strictEqual(api.to(me).length, 20)
      }),
    )

    it.effect("gives up when the API responds to a fresh token with a second Not Authorized", () =>
      Effect.gen(function* () {
        let issued = 1
        const api = Api.make((route) => {
          if (route === "POST /v2/auth/token") return tokens(`access-${++issued}`)
          return route === me ? Api.detailed(401, "Not Authorized") : undefined
        })
        const error = yield* run(api, (client) => Effect.flip(client.me))
        assert.deepInclude(error, { _tag: "UnauthorizedClient", key: "Not Authorized" })
        assert.deepStrictEqual(
          api.to(me).map(({ bearer }) => bearer),
          ["Bearer access-1", "Bearer access-2"],
        )
        assert.strictEqual(api.to("POST /v2/auth/token").length, 1)
      }),
    )

    it.effect("does not refresh the token for every attempt if the API rejects all tokens", () =>
      Effect.gen(function* () {
        let issued = 1
        const api = Api.make((route) => {
          if (route === "POST /v2/auth/token") return tokens(`access-${++issued}`)
          return route === me ? Api.simple(401, "unauthorized_client") : undefined
        })
        const error = yield* run(api, (client) => Effect.flip(client.me))
        assert.strictEqual(error._tag, "UnauthorizedClient")
        assert.strictEqual(api.to(me).length, 8)
        assert.strictEqual(issued, 2)
      }),
    )

    it.effect("refreshes an expired token even after another error has used up the call's only retry", () =>
      Effect.gen(function* () {
        const api = Api.make((route, n, { bearer }) => {
          if (route === "POST /v2/auth/token") return tokens("access-2")
          if (route !== me) return undefined
          if (n === 0) return new Response("", { status: 500 })
          return bearer === "Bearer access-2" ? undefined : Api.detailed(401, "Not Authorized")
        })
        yield* run(api, (client) => client.me)
        assert.strictEqual(api.to(me).length, 3)
      }),
    )

    it.effect("holds calls until the user signs in, and then resumes them", () =>
      Effect.gen(function* () {
        const api = Api.make((route, _, { bearer }) => {
          if (route === "POST /v2/auth/token") return Api.simple(400, "invalid_request")
          return route === me && bearer !== "Bearer access-9" ? Api.simple(401, "unauthorized_client") : undefined
        })
        yield* Effect.gen(function* () {
          const client = yield* C2cClient
          const call = yield* Effect.forkChild(client.me)
          yield* Api.advance("10 minutes")
          assert.isUndefined(call.pollUnsafe())
          const store = yield* TokenStore
          yield* store.save({ accessToken: Redacted.make("access-9"), expiresAt: 1e9 })
          yield* Api.advance("1 minute")
          yield* Fiber.join(call)
        }).pipe(Effect.provide(Api.layer(api)), Api.noJitter)
      }),
    )
  })

  describe("headers", () => {
    it.effect("sends x-client-version exactly once with every call, including pairing calls", () =>
      Effect.gen(function* () {
        const api = Api.make((route) => {
          if (route === "POST /v2/auth/device/code") return Api.json(200, deviceCode)
          return route === "POST /v2/auth/token" ? tokens("access-2") : undefined
        })
        yield* run(api, (client) =>
          Effect.gen(function* () {
            const device = yield* DeviceAuthorization
            yield* client.health
            yield* client.me
            yield* client.heartbeat
            yield* client.createAsset(clip)
            const code = yield* device.request
            const set = yield* device.poll(code)
            yield* Effect.exit(device.refresh(set))
            yield* Effect.exit(device.revoke(set))
          }),
        )
        assert.isAbove(new Set(api.seen.map(({ route }) => route)).size, 6)
        for (const { headers, route } of api.seen) {
          assert.deepStrictEqual(
            Object.entries(headers).filter(([name]) => name.toLowerCase() === "x-client-version"),
            [["x-client-version", "2.0.0"]],
            route,
          )
        }
      }),
    )

    it.effect("sends the token to the API only with calls that need it", () =>
      Effect.gen(function* () {
        const api = Api.make(() => undefined)
        yield* run(api, (client) => Effect.andThen(client.health, client.me))
        for (const { bearer } of api.to("GET /health")) assert.isUndefined(bearer)
        assert.deepStrictEqual(
          api.to(me).map(({ bearer }) => bearer),
          ["Bearer access-1"],
        )
      }),
    )
  })

  describe("createAsset", () => {
    it.effect("sends the fields that the API requires, and returns redacted URLs", () =>
      Effect.gen(function* () {
        const api = Api.make(() => undefined)
        const asset = yield* run(api, (client) => client.createAsset({ ...clip, channel: 0, parts: 2 }))
        assert.deepStrictEqual(
          asset.uploadUrls.map((url) => Redacted.value(url)),
          ["https://s3.example/1", "https://s3.example/2"],
        )
        assert.notInclude(JSON.stringify(asset), "s3.example")
        assert.deepStrictEqual(JSON.parse(api.to(assets)[0]?.body ?? ""), {
          name: "A001.mov",
          filetype: "video/quicktime",
          filesize: 21_136_250,
          offset: 0,
          channel: 0,
          parts: 2,
        })
      }),
    )

    it.effect("recomputes the offset for each attempt", () =>
      Effect.gen(function* () {
        const api = Api.make((route, n) => (route === assets && n < 4 ? new Response("", { status: 429 }) : undefined))
        yield* run(api, (client) => client.createAsset({ ...clip, createdAt: -10_000 }))
        assert.deepStrictEqual(
          api.to(assets).map(({ body }) => JSON.parse(body).offset),
          [10, 10, 11, 13, 17],
        )
      }),
    )

    it.effect("rejects a plan without sending it if the API would respond with 500", () =>
      Effect.gen(function* () {
        const api = Api.make(() => undefined)
        const errors = yield* run(api, (client) =>
          Effect.all([
            Effect.flip(client.createAsset({ ...clip, parts: 10_001 })),
            Effect.flip(client.createAsset({ ...clip, channel: 3 })),
          ]),
        )
        assert.deepStrictEqual(
          errors.map((error) => error._tag),
          ["PlanRefused", "PlanRefused"],
        )
        assert.deepStrictEqual(api.to(assets), [])
      }),
    )

    it.effect("refetches the device's channels before it rejects an unknown channel", () =>
      Effect.gen(function* () {
        const api = Api.make((route, n) =>
          route === me && n > 0
            ? Api.json(200, { id: "d1", channels: [{ external_index: 0 }, { external_index: 1 }] })
            : undefined,
        )
        yield* run(api, (client) =>
          Effect.gen(function* () {
            yield* client.me
            yield* client.createAsset({ ...clip, channel: 0 })
            yield* client.createAsset({ ...clip, channel: 1 })
          }),
        )
        assert.strictEqual(api.to(me).length, 2)
      }),
    )

    it.effect.each([
      ["the connection was reset", "reset"],
      ["no response arrived", "hang"],
      ["the server returned 500", 500],
      ["an intermediary returned 520", 520],
      ["a gateway timed out", 504],
      ["a gateway received an invalid response", 502],
      ["a content delivery network timed out", 524],
      ["the response has no id", {}],
      ["the response is truncated", '{"id":"a1","upl'],
    ] as const)("reports an uncertain creation without sending a second request if %s", ([, loss]) =>
      Effect.gen(function* () {
        const api = Api.make((route) => {
          if (route !== assets) return undefined
          if (loss === "reset" || loss === "hang") return loss
          if (typeof loss === "number") return new Response("", { status: loss })
          return typeof loss === "string" ? new Response(loss, { status: 201 }) : Api.json(201, loss)
        })
        const error = yield* run(api, (client) => Effect.flip(client.createAsset(clip)))
        assert.deepInclude(error, { _tag: "AssetCreationUncertain", asset: "A001.mov" })
        assert.deepInclude(error.verdict, { retry: "never", change: "human" })
        assert.strictEqual(api.to(assets).length, 1)
      }),
    )

    it.effect("retries a creation as usual if no request reached the server", () =>
      Effect.gen(function* () {
        const api = Api.make((route, n) => (route === assets && n < 2 ? "refused" : undefined))
        const asset = yield* run(api, (client) => client.createAsset(clip))
        assert.strictEqual(asset.id, "a1")
        assert.deepStrictEqual(api.times(assets), [0, 0.5, 1.5])
      }),
    )

    it.effect("never repeats the creation of an asset on a paused channel", () =>
      Effect.gen(function* () {
        const api = Api.make((route) => (route === assets ? Api.detailed(409, "Channel Paused") : undefined))
        const error = yield* run(api, (client) => Effect.flip(client.createAsset(clip)))
        assert.strictEqual(error._tag, "ChannelPaused")
        assert.strictEqual(api.to(assets).length, 1)
      }),
    )
  })

  describe("realtimeParts", () => {
    const parts = "POST /v2/devices/assets/a%201/realtime_upload/parts"
    const request = { parts: [{ number: 1, size: 6 * 1024 ** 2, isFinal: false }] }

    it.effect("repeats the request for upload URLs after a lost response, because repeating it is harmless", () =>
      Effect.gen(function* () {
        const api = Api.make((route, n) =>
          route === parts ? (n === 0 ? "reset" : Api.json(200, { upload_urls: ["https://s3.example/p1"] })) : undefined,
        )
        const urls = yield* run(api, (client) => client.realtimeParts("a 1", request))
        assert.strictEqual(urls.length, 1)
        assert.deepStrictEqual(JSON.parse(api.to(parts)[0]?.body ?? ""), {
          parts: [{ number: 1, size: 6 * 1024 ** 2, is_final: false }],
        })
      }),
    )

    it.effect("sends at most eight requests, regardless of whether responses are lost or the API is busy", () =>
      Effect.gen(function* () {
        const unavailable = Api.json(503, { message: "Service Unavailable" })
        const api = Api.make((route, n) =>
          route === parts ? (n % 2 === 0 ? "reset" : unavailable.clone()) : undefined,
        )
        const error = yield* run(api, (client) => Effect.flip(client.realtimeParts("a 1", request)))
        assert.strictEqual(error.verdict.retry, "always")
        assert.strictEqual(api.to(parts).length, 8)
      }),
    )

    it.effect("fails if the number of URLs differs from the number of parts", () =>
      Effect.gen(function* () {
        const api = Api.make((route) => (route === parts ? Api.json(200, { upload_urls: [] }) : undefined))
        const error = yield* run(api, (client) => Effect.flip(client.realtimeParts("a 1", request)))
        assert.strictEqual(error._tag, "DecodeFailure")
      }),
    )

    it.effect("creates a realtime asset from a file extension instead of a name", () =>
      Effect.gen(function* () {
        const api = Api.make((route) =>
          route === assets ? Api.json(200, { id: "r1", name: "[new file].mp4" }) : undefined,
        )
        const asset = yield* run(api, (client) =>
          client.createRealtimeAsset({ filetype: "video/mp4", name: { extension: ".mp4" } }),
        )
        assert.deepStrictEqual(asset, { id: "r1", name: "[new file].mp4", uploadUrls: [] })
        assert.deepStrictEqual(JSON.parse(api.to(assets)[0]?.body ?? ""), {
          extension: ".mp4",
          filetype: "video/mp4",
          offset: 0,
          is_realtime_upload: true,
        })
      }),
    )
  })
})

const tokens = (access: string): Response =>
  Api.json(200, { access_token: access, expires_in: 28_800, refresh_token: `refresh-${access}`, token_type: "bearer" })

const deviceCode = {
  device_code: "dc",
  expires_in: 120,
  interval: 5,
  user_code: "123456",
  verification_uri: "https://app.example",
  verification_uri_complete: null,
}

/** Runs a call through the complete client; any call that ends takes less than five minutes of virtual time. */
const run = <A, E, R>(api: Api.FakeApi, call: (client: C2cClient["Service"]) => Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const client = yield* C2cClient
    const fiber = yield* Effect.forkChild(call(client))
    yield* Api.advance("90 seconds")
    return yield* Fiber.join(fiber)
  }).pipe(Effect.provide(Api.layer(api)), Api.noJitter)
