import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Schema } from "effect"
import type { DeviceAuthorization } from "@holdfast/oauth"
import { answer, code, refuses, tokens } from "../support/server.ts"
import { run } from "../support/device.ts"

describe("DeviceAuthorization", () => {
  describe("revoke", () => {
    it.effect("revokes the refresh token first, then the access token", () =>
      Effect.gen(function* () {
        const { arrived } = yield* run([answer(200, "")], (service) => service.revoke(tokens(1)))
        assert.deepStrictEqual(
          arrived.map(({ fields, url }) => [url, fields["token"], fields["token_type_hint"]]),
          [
            ["https://id.example/token/revocation", "refresh-1", "refresh_token"],
            ["https://id.example/token/revocation", "access-1", "access_token"],
          ],
        )
      }),
    )

    it.effect("does not accept a firewall's text as the server's response to a revocation", () =>
      Effect.gen(function* () {
        for (const body of ['"ok"', "{}", "ok", " ", "null"]) {
          const { error } = yield* run([answer(200, body)], (service) => service.revoke(tokens(1)))
          assert.isUndefined(error, body)
        }
        for (const body of ["Access blocked by the firewall.", "<Error><Code>InternalError</Code></Error>"]) {
          const { error } = yield* run([answer(200, body)], (service) => service.revoke(tokens(1)))
          assert.strictEqual(error?._tag, "CaptivePortal", body)
        }
      }),
    )

    it.effect(
      "does nothing if no revocation endpoint is configured, and succeeds if the server cannot revoke access tokens",
      () =>
        Effect.gen(function* () {
          const without = yield* run([answer(200, "")], (service) => service.revoke(tokens(1)), {
            revokeEndpoint: undefined,
          })
          assert.strictEqual(without.arrived.length, 0)
          const kept = yield* run([answer(200, ""), refuses("unsupported_token_type")], (service) =>
            service.revoke(tokens(1)),
          )
          assert.isUndefined(kept.error)
        }),
    )

    const unsupported = refuses("unsupported_token_type")
    it.effect("fails if the server cannot revoke the refresh token", () =>
      Effect.gen(function* () {
        const { arrived, error } = yield* run([unsupported, answer(200, "")], (service) => service.revoke(tokens(1)))
        assert.strictEqual(error?._tag, "UnsupportedTokenType")
        assert.deepStrictEqual(
          arrived.map(({ fields }) => fields["token_type_hint"]),
          ["refresh_token", "access_token"],
        )
      }),
    )

    it.effect("fails if the server cannot revoke the access token and the pair has no refresh token", () =>
      Effect.gen(function* () {
        const { refreshToken: _, ...alone } = tokens(1)
        const { error } = yield* run([unsupported], (service) => service.revoke(alone))
        assert.strictEqual(error?._tag, "UnsupportedTokenType")
      }),
    )
  })

  it.effect.prop(
    "returns a typed error or a success for any response",
    {
      status: Schema.Int.pipe(Schema.check(Schema.isBetween({ minimum: 200, maximum: 599 }))),
      type: Schema.Literals(["application/json", "text/html", "text/plain", ""]),
      body: Schema.Union([
        Schema.String,
        Schema.Struct({
          access_token: Schema.Unknown,
          refresh_token: Schema.Unknown,
          expires_in: Schema.Union([Schema.Number, Schema.String, Schema.Null]),
          device_code: Schema.String,
          user_code: Schema.String,
          verification_uri: Schema.String,
          interval: Schema.Union([Schema.Number, Schema.String, Schema.Null]),
        }),
      ]),
    },
    ({ body, status, type }) =>
      Effect.gen(function* () {
        const text = typeof body === "string" ? body : JSON.stringify(body, (_, v) => (typeof v === "bigint" ? 1 : v))
        const bodiless = status === 204 || status === 205 || status === 304
        const step = answer(status, bodiless ? "" : text, { "content-type": type })
        for (const call of [
          (service: DeviceAuthorization["Service"]) => Effect.asVoid(service.request),
          (service: DeviceAuthorization["Service"]) => Effect.asVoid(service.poll(code)),
          (service: DeviceAuthorization["Service"]) => Effect.asVoid(service.refresh(tokens(1))),
        ]) {
          const { error, exit } = yield* run([step], call)
          assert.isFalse(Exit.hasDies(exit))
          if (error !== undefined) assert.isString(error.verdict.retry)
        }
      }),
    { arbitrary: { runs: 100, seed: 1 }, timeout: 60_000 },
  )
})
