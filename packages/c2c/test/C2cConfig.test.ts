import { assert, describe, it } from "@effect/vitest"
import { C2cConfig } from "@holdfast/c2c"
import { Effect, Exit, Layer, Redacted } from "effect"

describe("C2cConfig", () => {
  it.effect.each(["2.0.0", "0.0.0", "1.2.3-rc.1", "1.2.3-0a.x-y", "1.0.0+build.007", "1.0.0-alpha+001"])(
    "accepts the version %s",
    (clientVersion) =>
      Effect.gen(function* () {
        const config = yield* build({ clientVersion })
        assert.strictEqual(config.clientVersion, clientVersion)
      }),
  )

  it.effect.each([
    "",
    "2",
    "2.0",
    "v2.0.0",
    "02.0.0",
    "2.0.0.0",
    "2.0.0-",
    "2.0.0-01",
    "2.0.0-a..b",
    "2.0.0+",
    " 2.0.0",
    "2.0.0, 2.0.0",
  ])("rejects the version %j with a typed error", (clientVersion) =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(build({ clientVersion }))
      assert.deepInclude(error, { _tag: "InvalidC2cConfig", field: "clientVersion" })
      assert.strictEqual(error.verdict.retry, "never")
    }),
  )

  it.effect.each([
    [undefined, "https://api.frame.io"],
    ["https://api.frame.io/", "https://api.frame.io"],
    ["http://127.0.0.1:8080", "http://127.0.0.1:8080"],
    ["http://localhost:8080//", "http://localhost:8080"],
    ["http://[::1]:1", "http://[::1]:1"],
    ["https://proxy.example/c2c/", "https://proxy.example/c2c"],
  ] as const)("normalizes the base URL %s to %s", ([api, expected]) =>
    Effect.gen(function* () {
      const config = yield* build(api === undefined ? {} : { api })
      assert.strictEqual(config.api, expected)
    }),
  )

  it.effect.each([
    "frame.io",
    "ftp://api.frame.io",
    "http://api.frame.io",
    "http://127.0.0.1.example",
    "https://u:p@api.frame.io",
    "https://api.frame.io/?a=1",
  ])("rejects the base URL %s", (api) =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(build({ api }))
      assert.deepInclude(error, { _tag: "InvalidC2cConfig", field: "api" })
    }),
  )

  it.effect("rejects an invalid configuration when its layer is built, before any call is made", () =>
    Effect.gen(function* () {
      const layer = C2cConfig.layer({ clientVersion: "one", clientId: "id", clientSecret: Redacted.make("s") })
      const exit = yield* Effect.exit(Effect.scoped(Layer.build(layer)))
      assert.isTrue(Exit.isFailure(exit))
    }),
  )
})

const build = (options: { readonly api?: string; readonly clientVersion?: string }) =>
  Effect.provide(
    Effect.map(C2cConfig, (config) => config),
    C2cConfig.layer({ clientVersion: "2.0.0", clientId: "id", clientSecret: Redacted.make("secret"), ...options }),
  )
