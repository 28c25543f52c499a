import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema, Stream } from "effect"
import { ResilientClient, ResponseBody } from "@holdfast/http"
import { answer, decode, html, scripted, VendorError } from "../support/clients.ts"
import { url, ok, cut, run } from "../support/resilientClient.ts"

describe("ResilientClient", () => {
  describe("responses", () => {
    it.effect("accepts 2xx and 304, as HttpPipeline.client does", () =>
      Effect.gen(function* () {
        for (const status of [200, 201, 202, 204, 206, 304]) {
          assert.strictEqual((yield* run([answer(null, { status })])).outcome, status)
        }
        for (const status of [300, 301, 307]) {
          assert.strictEqual((yield* run([answer(null, { status })])).error._tag, "UnexpectedStatus")
        }
      }),
    )

    it.effect("retries an UnexpectedStatus once if a status below 400 is missing from `expects`", () =>
      Effect.gen(function* () {
        for (const status of [202, 206, 301, 304]) {
          const { error, times } = yield* run([answer(null, { status })], { expects: [200, 201, 204] })
          assert.deepStrictEqual([error._tag, error.status, times.length], ["UnexpectedStatus", status, 2])
        }
        assert.strictEqual((yield* run([answer(null, { status: 202 })], { expects: [202] })).outcome, 202)
        assert.strictEqual(
          (yield* run([answer(null, { status: 200 })], { expects: [202] })).error._tag,
          "UnexpectedStatus",
        )
      }),
    )

    it.effect("passes the status, the headers and the first 64 KiB of the body to the vendor's decoder", () =>
      Effect.gen(function* () {
        const { outcome } = yield* run([answer("x".repeat(100_000), { status: 400, headers: { "X-Request-Id": "7" } })])
        assert.instanceOf(outcome, VendorError)
        const seen = (outcome as VendorError).answer
        assert.strictEqual(seen.status, 400)
        assert.strictEqual(seen.headers["x-request-id"], "7")
        assert.strictEqual(seen.body.length, 65_536)
      }),
    )

    it.effect("leaves HTML with an error status to the vendor's decoder", () =>
      Effect.gen(function* () {
        for (const status of [404, 500, 502]) {
          const { error } = yield* run([html(status)], { json: true })
          assert.strictEqual(error._tag, "VendorError")
        }
      }),
    )

    it.effect("retries a truncated error response", () =>
      Effect.gen(function* () {
        const { outcome, times } = yield* run([cut(400), ok])
        assert.strictEqual(outcome, 200)
        assert.deepStrictEqual(times, [0, 0.5])
      }),
    )

    it.effect("does not read the body of a success unless configured to", () =>
      Effect.gen(function* () {
        const { client } = scripted(html(200))
        const response = yield* ResilientClient.make(client, { decode }).get(url)
        assert.match(yield* response.text, /Hotel/)
      }),
    )
  })

  describe("JSON", () => {
    it.effect("treats HTML with a success status as a captive portal, and closes the connectivity gate", () =>
      Effect.gen(function* () {
        const { error, times } = yield* run([html(200)], { json: true })
        assert.deepStrictEqual(
          [error._tag, error.reached, error.verdict?.retry, error.verdict?.closes, error.verdict?.change],
          ["CaptivePortal", "nothing", "always", "connectivity", "human"],
        )
        assert.strictEqual(times.length, 8)
      }),
    )

    it.effect("recognizes a captive portal by each of its signs", () =>
      Effect.gen(function* () {
        for (const step of [
          answer("\n<html><body>Sign in", { status: 200 }),
          answer("<!doctype HTML>", { status: 200, headers: { "content-type": "application/json" } }),
          html(203),
          html(302, { location: "https://login.hotel.test/" }),
          html(307, { location: "/login" }),
          answer(null, { status: 302, headers: { location: "http://login.hotel.test/" } }),
          answer(null, { status: 303, headers: { location: "//login.hotel.test/" } }),
          html(511),
        ]) {
          const { error } = yield* run([step], { json: true })
          assert.strictEqual(error._tag, "CaptivePortal")
        }
      }),
    )

    it.effect("does not treat a permanent redirect, or a redirect within the host, as a captive portal", () =>
      Effect.gen(function* () {
        for (const [status, location] of [
          [302, "/v2/me/"],
          [307, "https://api.test/v3/me"],
          [301, "https://elsewhere.test/"],
          [308, "https://elsewhere.test/"],
          [302, "http://["],
        ] as const) {
          const { error } = yield* run([answer(null, { status, headers: { location } })], { json: true })
          assert.strictEqual(error._tag, "RedirectRefused", location)
        }
      }),
    )

    it.effect("does not treat an empty body, or JSON with the wrong type, as a captive portal", () =>
      Effect.gen(function* () {
        const headers = { "content-type": "text/html" }
        assert.strictEqual((yield* run([answer("", { headers })], { json: true })).outcome, 200)
        assert.strictEqual((yield* run([answer('{"ok":true}', { headers })], { json: true })).outcome, 200)
        assert.strictEqual((yield* run([answer(null, { status: 204 })], { json: true })).outcome, 204)
      }),
    )

    it.effect("retries a truncated success, and retries a success that is not JSON only once", () =>
      Effect.gen(function* () {
        const truncated = yield* run([cut(200), cut(200), ok], { json: true })
        assert.strictEqual(truncated.outcome, 200)
        assert.deepStrictEqual(truncated.times, [0, 0.5, 1.5])
        const odd = yield* run([answer('{"half":')], { json: true })
        assert.deepStrictEqual([odd.error._tag, odd.times.length], ["DecodeFailure", 2])
      }),
    )

    it.effect("keeps the body in memory so that it can be read repeatedly", () =>
      Effect.gen(function* () {
        const { client } = scripted(
          answer('{"ok":true}', { status: 201, headers: { "x-a": "1", "set-cookie": "b=2" } }),
        )
        const response = yield* ResilientClient.make(client, { decode, json: true }).get(url)
        assert.deepStrictEqual(yield* response.json, { ok: true })
        assert.deepStrictEqual(yield* response.json, { ok: true })
        assert.strictEqual(yield* response.text, '{"ok":true}')
        assert.strictEqual((yield* response.arrayBuffer).byteLength, 11)
        assert.strictEqual(yield* Stream.mkString(Stream.decodeText(response.stream)), '{"ok":true}')
        assert.strictEqual(response.status, 201)
        assert.strictEqual(response.headers["x-a"], "1")
        assert.strictEqual(response.url, url)
        const decoded = yield* ResponseBody.decodeJson(Schema.Struct({ ok: Schema.Boolean }))(response)
        assert.deepStrictEqual(decoded, { ok: true })
      }),
    )
  })

  it.effect("treats a page according to its status if the caller did not expect JSON", () =>
    Effect.gen(function* () {
      assert.strictEqual(
        (yield* run([html(302, { location: "https://elsewhere.test/" }), html(203)], { expects: [203] })).outcome,
        203,
      )
      assert.strictEqual((yield* run([html(511)])).error._tag, "VendorError")
    }),
  )
})
