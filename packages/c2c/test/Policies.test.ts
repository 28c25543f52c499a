import { assert, describe, it } from "@effect/vitest"
import { C2c, C2cClient, Uploader } from "@holdfast/c2c"
import * as Client from "@holdfast/c2c/C2cClient"
import * as Uploading from "@holdfast/c2c/Uploader"
import { Connectivity, Health, InvalidPolicy, Retry } from "@holdfast/core"
import { DeviceAuthorization, TokenStore } from "@holdfast/oauth"
import * as OAuthTokens from "@holdfast/oauth/OAuthTokens"
import { Clock, Effect, Exit, Fiber, Layer, Random, Schedule } from "effect"
import { HttpClient } from "effect/http"
import * as Api from "./support/fakeApi.ts"
import { api, drive, randomFile, storage } from "./support/uploads.ts"

const me = "GET /v2/devices/me"
const health = "GET /health"

const services = (fake: Api.FakeApi, options: C2c.Options) =>
  C2c.layerWith(options).pipe(
    Layer.provideMerge(Layer.mergeAll(Api.config, Api.paired, Layer.succeed(HttpClient.HttpClient, fake.client))),
  )

/** Pins every random number to the middle. */
const middle = Effect.provideService(Random.Random, { nextDoubleUnsafe: () => 0.5, nextIntUnsafe: () => 0 })

/** The seconds at which `me` is sent while the API answers 429. */
const timesOf = (options: C2c.Options) =>
  Effect.gen(function* () {
    const fake = Api.make((route) => (route === me ? new Response("", { status: 429 }) : undefined))
    const start = yield* Clock.currentTimeMillis
    const call = C2cClient.use((client) => Effect.exit(client.me))
    const fiber = yield* Effect.forkChild(call.pipe(Effect.provide(services(fake, options)), middle))
    while (fiber.pollUnsafe() === undefined) yield* Api.advance("500 millis")
    return fake.to(me).map(({ at }) => (at - start) / 1000)
  })

describe("C2c.layerWith", () => {
  it.effect.each([
    ["additive", [0, 2.5, 7.5]],
    ["proportional", [0, 2, 6]],
    ["none", [0, 2, 6]],
    ["equal", [0, 1.5, 4.5]],
  ] as const)("uses the jitter of the caller's backoff: %s", ([jitter, times]) =>
    Effect.gen(function* () {
      const options = { backoff: { jitter, base: "2 seconds" }, retry: { attempts: 3 } } as const
      assert.deepStrictEqual(yield* timesOf(options), [...times])
    }),
  )

  it.effect("accepts any schedule for retries and waits", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* timesOf({ retry: Schedule.recurs(0) }), [0])
      const spaced = Schedule.spaced("3 seconds")
      assert.deepStrictEqual(yield* timesOf({ backoff: spaced, retry: { attempts: 3 } }), [0, 3, 6])
      assert.deepStrictEqual(yield* timesOf({ retry: Retry.policy({ attempts: 2, backoff: spaced }) }), [0, 3])
    }),
  )

  it.effect("uses the caller's timeouts for calls and probes", () =>
    Effect.gen(function* () {
      const fake = Api.make((route, n) => (route === me || (route === health && n < 3) ? "hang" : undefined))
      const options = {
        timeout: "2 seconds",
        retry: { attempts: 1 },
        probe: { timeout: "1 second", backoff: Schedule.spaced("4 seconds") },
      } as const
      const call = C2cClient.use((client) => Effect.flip(client.me)).pipe(Effect.provide(services(fake, options)))
      const fiber = yield* Effect.forkChild(call)
      yield* Api.advance("20 seconds")
      const error = yield* Fiber.join(fiber)
      assert.strictEqual(error._tag, "RequestTimedOut")
      // Each probe has 1 s, and 4 s follow it. The last probe succeeds, and then the call's timeout closes the gate again.
      assert.deepStrictEqual(fake.times(health).slice(0, 4), [0, 5, 10, 15])
      assert.deepStrictEqual(fake.times(me), [15])
    }),
  )

  it.effect("applies the call timeout to sign-in calls and a separate timeout to refreshes", () =>
    Effect.gen(function* () {
      const asked = "POST /v2/auth/device/code"
      const fake = Api.make((route) => (route.startsWith("POST /v2/auth/") ? "hang" : undefined))
      const options = { timeout: "2 seconds", refresh: { timeout: "20 seconds" } } as const
      yield* Effect.gen(function* () {
        const device = yield* DeviceAuthorization
        const { load } = yield* TokenStore
        const start = yield* Clock.currentTimeMillis
        const seconds = Effect.map(Clock.currentTimeMillis, (now) => (now - start) / 1000)
        const set = yield* load
        assert.isDefined(set)
        const both = yield* Effect.forkChild(
          Effect.all([Effect.andThen(Effect.flip(device.refresh(set)), seconds), Effect.exit(device.request)], {
            concurrency: 2,
          }),
        )
        yield* Api.advance("22 seconds")
        assert.deepStrictEqual(
          fake.to(asked).map(({ at }) => (at - start) / 1000),
          [0, 2.5, 5.5, 9.5, 15.5],
        )
        yield* Api.advance("60 seconds")
        assert.strictEqual((yield* Fiber.join(both))[0], 20)
      }).pipe(Effect.provide(services(fake, options)), Api.noJitter)
    }),
  )

  it("rejects unknown options and suggests the closest known option", () => {
    const refusals: ReadonlyArray<readonly [() => unknown, RegExp]> = [
      [() => C2c.layerWith({ retries: {} } as never), /C2c: unknown option retries \(expected retry/],
      [() => C2c.layerWith({ backoff: { jiter: "full" } } as never), /jiter.*jitter/],
      [() => C2c.layerWith({ retry: { attempt: 3 } } as never), /attempt.*attempts/],
      [() => C2c.layerWith({ timeout: -1 }), /timeout/],
      [() => C2c.layerWith({ probe: { timeouts: 1 } } as never), /timeouts.*timeout/],
      [() => C2c.layerWith({ refresh: { backof: {} } } as never), /backof.*backoff/],
      [() => C2c.layerWith({ refresh: { timeout: 0 } }), /refreshTimeout must be .*got 0/],
      [() => C2c.deviceAuthorizationWith({ timeout: "-1 seconds" }), /timeout/],
      [() => C2c.deviceAuthorizationWith({ refreshTimout: 1 } as never), /refreshTimout.*refreshTimeout/],
      [() => Client.layerWith({ timout: 1 } as never), /timout.*timeout/],
      [() => Uploading.layerWith({ timeout: { idel: 1 } } as never), /idel.*idle/],
      [() => Uploading.layerWith({ parallel: 1 } as never), /parallel/],
      [() => Uploading.layerWith({ probe: { backof: {} } } as never), /backof.*backoff/],
      [() => OAuthTokens.layerWith({ resent: "never" } as never), /resent.*resend/],
    ]
    for (const [build, message] of refusals) assert.throws(build, InvalidPolicy, message)
  })
})

describe("Uploader.layerWith", () => {
  const uploader = (store: ReturnType<typeof storage>, options: Uploading.Options) =>
    Uploading.layerWith(options).pipe(
      Layer.provide([api(1).layer, Layer.succeed(HttpClient.HttpClient, store.client)]),
      Layer.provide(Connectivity.layer),
      Layer.provide(Layer.succeed(Health, { check: Effect.void })),
    )

  it.effect("applies the caller's attempts, waits and timeouts to chunks", () =>
    Effect.gen(function* () {
      const { path } = yield* randomFile(90)
      const hung = storage(() => Effect.never)
      const start = yield* Clock.currentTimeMillis
      const options = {
        retry: { attempts: 2 },
        backoff: Schedule.spaced("5 seconds"),
        timeout: { total: "30 seconds" },
      }
      const upload = Uploader.use(({ upload }) => Effect.flip(upload({ path }))).pipe(
        Effect.provide(uploader(hung, options as Uploading.Options)),
      )
      const error = yield* Effect.flatten(drive(upload))
      assert.match(error.message, /no response within 30s$/)
      assert.strictEqual(hung.puts.length, 2)
      const end = yield* Clock.currentTimeMillis
      assert.isAtLeast(end - start, 65_000)
    }),
  )

  it.effect("uses the defaults for omitted options", () =>
    Effect.gen(function* () {
      const { path } = yield* randomFile(90)
      const store = storage()
      const upload = Uploader.use(({ upload }) => upload({ path })).pipe(Effect.provide(uploader(store, {})))
      assert.isTrue(Exit.isSuccess(yield* drive(upload)))
    }),
  )
})
