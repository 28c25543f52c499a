import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Redacted } from "effect"
import { TestClock } from "effect/testing"
import { DeviceAuthorization } from "@holdfast/oauth"
import {
  answer,
  cut,
  device,
  fails,
  hangs,
  refuses,
  reveal,
  scripted,
  type Step,
  tokenAnswer,
  tokens,
} from "../support/server.ts"
import { run, granted } from "../support/device.ts"

describe("DeviceAuthorization", () => {
  describe("refresh", () => {
    it.effect("sends the refresh token and returns the new pair of tokens", () =>
      Effect.gen(function* () {
        const { arrived, value } = yield* run([answer(200, tokenAnswer(2))], (service) => service.refresh(tokens(1)))
        assert.deepStrictEqual(arrived[0]?.fields, {
          grant_type: "refresh_token",
          client_id: "cam-1",
          client_secret: "s3cret-of-the-client",
          refresh_token: "refresh-1",
        })
        assert.deepStrictEqual(reveal(value), ["access-2", "refresh-2"])
      }),
    )

    it.effect("keeps the old refresh token and the old scope if the response contains neither", () =>
      Effect.gen(function* () {
        const { value } = yield* run([answer(200, { access_token: "access-2", token_type: "Bearer" })], (service) =>
          service.refresh({ ...tokens(1), scope: "offline" }),
        )
        assert.deepStrictEqual(reveal(value), ["access-2", "refresh-1"])
        assert.strictEqual(value?.scope, "offline")
        assert.strictEqual(value?.expiresAt, 8_640_000_000_000_000)
      }),
    )

    const uncertain: ReadonlyArray<readonly [string, Step]> = [
      ["the connection is reset", fails("ECONNRESET")],
      ["the answer is cut short", cut(200, '{"access_token":"acc')],
      ["a gateway lost the answer", answer(502, "bad gateway")],
      ["a gateway waited too long", answer(504, "gateway timeout")],
    ]
    for (const [name, step] of uncertain) {
      it.effect(`sends a refresh only once and reports it as uncertain if ${name}`, () =>
        Effect.gen(function* () {
          const { arrived, error } = yield* run([step], (service) => service.refresh(tokens(1)))
          assert.strictEqual(error?._tag, "RefreshUncertain")
          assert.strictEqual(arrived.length, 1)
        }),
      )
    }

    it.effect("reports an uncertain refresh if the server does not respond within 2 min", () =>
      Effect.gen(function* () {
        const script = scripted(hangs)
        const fiber = yield* DeviceAuthorization.use((service) => Effect.flip(service.refresh(tokens(1)))).pipe(
          Effect.provide(device(script)),
          Effect.forkChild,
        )
        yield* TestClock.adjust("119 seconds")
        assert.isUndefined(fiber.pollUnsafe())
        yield* TestClock.adjust("1 second")
        assert.strictEqual((yield* Fiber.join(fiber))._tag, "RefreshUncertain")
      }),
    )

    it.effect("reports the connection failure if the refresh did not reach the server", () =>
      Effect.gen(function* () {
        const { error } = yield* run([fails("ECONNREFUSED")], (service) => service.refresh(tokens(1)))
        assert.strictEqual(error?._tag, "ConnectionRefused")
      }),
    )

    it.effect("accepts a refresh token that is not well-formed Unicode", () =>
      Effect.gen(function* () {
        const odd = { ...tokens(1), refreshToken: Redacted.make("\ud800%\0") }
        const { error } = yield* run([refuses("invalid_grant")], (service) => service.refresh(odd))
        assert.strictEqual(error?._tag, "InvalidGrant")
      }),
    )

    it.effect("does not send a refresh if the pair has no refresh token", () =>
      Effect.gen(function* () {
        const { arrived, error } = yield* run([granted], (service) =>
          service.refresh({ ...tokens(1), refreshToken: undefined }),
        )
        assert.strictEqual(error?._tag, "InvalidGrant")
        assert.strictEqual(arrived.length, 0)
      }),
    )
  })
})
