import { assert, describe, it } from "@effect/vitest"
import { C2c, Diagnosis } from "@holdfast/c2c"
import * as Layer from "effect/Layer"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import { DeviceAuthorization } from "@holdfast/oauth/DeviceAuthorization"
import { Effect, Redacted } from "effect"
import * as Api from "../support/fakeApi.ts"

const refusal = (status: number, body: string) =>
  Effect.gen(function* () {
    const device = yield* DeviceAuthorization
    return yield* Effect.flip(
      device.refresh({
        accessToken: Redacted.make("access"),
        refreshToken: Redacted.make("refresh"),
        expiresAt: 0,
      }),
    )
  }).pipe(
    Effect.provide(
      C2c.deviceAuthorization.pipe(
        Layer.provide(
          Layer.succeed(
            HttpClient.HttpClient,
            HttpClient.make((request) =>
              Effect.succeed(HttpClientResponse.fromWeb(request, new Response(body, { status }))),
            ),
          ),
        ),
        Layer.provide(Api.config),
      ),
    ),
  )

describe("Frame.io's dialect of OAuth", () => {
  it.effect("reads the detailed payload and Frame.io's own error codes", () =>
    Effect.gen(function* () {
      const detailed = (message: string, code: number) => JSON.stringify({ code, errors: [{ detail: "d" }], message })
      const tagOf = (status: number, body: string) => Effect.map(refusal(status, body), ({ _tag }) => _tag)
      assert.strictEqual(yield* tagOf(401, detailed("Not Authorized", 401)), "UnauthorizedClient")
      assert.strictEqual(yield* tagOf(400, detailed("Invalid client version", 400)), "InvalidClientVersion")
      const spent = yield* refusal(400, '{"error":"invalid_request"}')
      assert.deepStrictEqual([spent._tag, spent.verdict.retry], ["InvalidRequest", "once"])
    }),
  )

  it("recognizes the dialect by host or header, and accepts multipart bodies", () => {
    const form = [
      { name: "grant_type", value: "urn:ietf:params:oauth:grant-type:device_code" },
      { name: "device_code", value: "EXAMPLEdevicecodeEXAMPLEdevicecode" },
      { name: "client_id", value: "camera" },
    ]
    const code = (url: string, headers: Record<string, string> = {}) =>
      Diagnosis.explain({
        request: { method: "POST", url, headers, form },
        response: { status: 400, body: '{"error":"invalid_request"}' },
      }).code
    assert.strictEqual(code("https://auth.example.com/token"), "HF-OAUTH-REQUEST-001")
    assert.notStrictEqual(code("https://api.frame.io/v2/auth/token"), "HF-OAUTH-REQUEST-001")
    assert.notStrictEqual(
      code("http://127.0.0.1/v2/auth/token", { "X-Client-Version": "2.0.0" }),
      "HF-OAUTH-REQUEST-001",
    )
  })
})
