import { assert, describe, it } from "@effect/vitest"
import { Config, ConfigProvider, Duration, Effect, Fiber, Layer } from "effect"
import { TestClock } from "effect/testing"
import { InvalidPolicy } from "@holdfast/core"
import { DeviceAuthorization } from "@holdfast/oauth"
import { limits, refreshTimeout, requestTimeout } from "@holdfast/oauth/DeviceAuthorization"
import {
  answer,
  code,
  codeAnswer,
  device,
  hangs,
  provider,
  scripted,
  tokens,
  withoutJitter,
} from "../support/server.ts"
import { run, granted } from "../support/device.ts"

describe("DeviceAuthorization", () => {
  describe("timeouts", () => {
    it("uses default timeouts of 15 s for requests and 2 min for a refresh", () => {
      assert.deepStrictEqual([requestTimeout, refreshTimeout], [Duration.seconds(15), Duration.minutes(2)])
      assert.deepStrictEqual(limits(), { request: requestTimeout, refresh: refreshTimeout })
    })

    it.effect("ends a code request, a poll and a revocation after the configured timeout", () =>
      Effect.gen(function* () {
        const timeout = "2 seconds"
        const request = yield* run([hangs], (service) => service.request, { timeout })
        assert.deepStrictEqual(request.times(), [0, 2.5, 5.5, 9.5, 15.5, 25.5, 43.5, 77.5])
        assert.strictEqual(request.error?._tag, "RequestTimedOut")
        assert.match(request.error?.message ?? "", /after 2s/)
        const poll = yield* run([hangs, granted], (service) => service.poll({ ...code, expiresAt: 1_400_000 }), {
          timeout,
        })
        assert.deepStrictEqual(
          poll.times().map((at) => at - 1200),
          [5, 5 + 2 + 10],
        )
        const revoke = yield* run([hangs], (service) => service.revoke(tokens(1)), { timeout })
        assert.deepStrictEqual(
          revoke.times().map((at) => at - 2400),
          [0, 2.5, 5.5],
        )
      }),
    )

    it.effect("ends a refresh after the separate refresh timeout", () =>
      Effect.gen(function* () {
        const script = scripted(hangs)
        const fiber = yield* DeviceAuthorization.use((service) => Effect.flip(service.refresh(tokens(1)))).pipe(
          Effect.provide(device(script, { timeout: "2 seconds", refreshTimeout: "5 minutes" })),
          Effect.forkChild,
        )
        yield* TestClock.adjust("299999 millis")
        assert.isUndefined(fiber.pollUnsafe())
        yield* TestClock.adjust("1 millis")
        assert.strictEqual((yield* Fiber.join(fiber))._tag, "RefreshUncertain")
        assert.deepStrictEqual(script.times(), [0])
      }),
    )

    it("rejects unknown options and timeouts that are not finite durations above 0", () => {
      const bad = [0, -1, Number.NaN, Number.POSITIVE_INFINITY, "soon", "0 seconds", "-5 seconds", {}]
      for (const option of ["timeout", "refreshTimeout"]) {
        for (const value of bad) {
          assert.throws(
            () => device(scripted(hangs), { [option]: value }),
            InvalidPolicy,
            new RegExp(`DeviceAuthorization: ${option} must be a duration > 0 ms`),
          )
        }
      }
      assert.throws(() => device(scripted(hangs), { timout: 1 } as never), InvalidPolicy, /timout.*timeout/)
    })

    it.each<[name: string, options: object, message: RegExp]>([
      ["an empty client id", { clientId: "" }, /: clientId must be a string that is not blank \(got ""\)$/],
      ["a relative endpoint", { tokenEndpoint: "/token" }, /: tokenEndpoint must be an address that begins with /],
      ["a relative endpoint for codes", { deviceEndpoint: "/device" }, /: deviceEndpoint must be an address that /],
      ["a relative endpoint for revocation", { revokeEndpoint: "/revoke" }, /: revokeEndpoint must be an address /],
      ["a plain secret", { clientSecret: "s3cret" }, /: clientSecret must be Redacted: use .* \(got a string\)$/],
      ["a Map of headers", { headers: new Map() }, /: headers must be a plain object \(got an instance of Map\)$/],
    ])("makes the layer reject invalid options: %s", (_, options, message) => {
      assert.throws(() => device(scripted(hangs), options as never), InvalidPolicy, message)
    })

    it.effect("reads a timeout from the environment, and fails to build the layer if the value is invalid", () =>
      Effect.gen(function* () {
        const script = scripted(hangs)
        const { connectivity: _, ...texts } = provider
        const layer = DeviceAuthorization.layerConfig(
          Config.map(Config.Duration("TIMEOUT"), (timeout) => ({ ...texts, timeout })),
        )
        const failed = (timeout: string) =>
          DeviceAuthorization.use((service) => Effect.flip(service.revoke(tokens(1)))).pipe(
            Effect.provide(
              layer.pipe(
                Layer.provide([
                  script.layer,
                  ConfigProvider.layer(ConfigProvider.fromEnv({ env: { TIMEOUT: timeout } })),
                ]),
              ),
            ),
            withoutJitter,
          )
        const fiber = yield* Effect.forkChild(failed("3 seconds"))
        yield* TestClock.adjust("1 minute")
        assert.strictEqual((yield* Fiber.join(fiber))._tag, "RequestTimedOut")
        assert.deepStrictEqual(script.times(), [0, 3.5, 7.5])
        assert.instanceOf(yield* Effect.flip(failed("0 seconds")), InvalidPolicy)
      }),
    )
  })

  it.effect("reads its configuration from the environment", () =>
    Effect.gen(function* () {
      const script = scripted(answer(200, codeAnswer))
      const layer = DeviceAuthorization.layerConfig({
        deviceEndpoint: Config.String("DEVICE_ENDPOINT"),
        tokenEndpoint: Config.String("TOKEN_ENDPOINT"),
        clientId: Config.String("CLIENT_ID"),
        clientSecret: Config.Redacted("CLIENT_SECRET"),
        scope: Config.succeed("offline"),
        encoding: Config.succeed("multipart" as const),
      })
      const environment = ConfigProvider.layer(
        ConfigProvider.fromEnv({
          env: {
            DEVICE_ENDPOINT: "https://a.test/d",
            TOKEN_ENDPOINT: "https://a.test/t",
            CLIENT_ID: "x",
            CLIENT_SECRET: "y",
          },
        }),
      )
      yield* DeviceAuthorization.use((service) => service.request).pipe(
        Effect.provide(layer.pipe(Layer.provide([script.layer, environment]))),
      )
      assert.deepStrictEqual(script.arrived[0]?.fields, { client_id: "x", client_secret: "y", scope: "offline" })
    }),
  )
})
