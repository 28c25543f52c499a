import { assert, describe, it } from "@effect/vitest"
import { C2cConfig } from "@holdfast/c2c/C2cConfig"
import { Uploader } from "@holdfast/c2c/Uploader"
import { DeviceClients, DeviceTokens, SharedClients, SharedLimits } from "@holdfast/durable/cluster"
import { Context, Effect, Layer, Redacted, References, Schedule, SubscriptionRef } from "effect"
import { TestRunner } from "effect/cluster"
import { HttpClient, HttpClientResponse } from "effect/http"
import * as Fs from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Peer from "../../support/processes/Peer.ts"
import * as RedisServer from "../../support/redis/RedisServer.ts"

const clip = Effect.acquireRelease(
  Effect.sync(() => {
    const path = join(Fs.mkdtempSync(join(tmpdir(), "holdfast-circuit-")), "clip.mov")
    Fs.writeFileSync(path, "a clip")
    return path
  }),
  (path) => Effect.sync(() => Fs.rmSync(join(path, ".."), { recursive: true })),
)

/** An API that is reachable, and that fails to create assets. */
const illApi = () => {
  const seen = { creations: 0 }
  const client = HttpClient.make((request, url) =>
    Effect.sync(() => {
      const isCreation = request.method === "POST" && url.pathname === "/v2/devices/assets"
      if (isCreation) seen.creations++
      const body = isCreation ? { code: 500, errors: [{ title: "Internal Server Error" }] } : { ok: true }
      return HttpClientResponse.fromWeb(request, Response.json(body, { status: isCreation ? 500 : 200 }))
    }),
  )
  return { client, seen }
}

/** A runner of its own, with its own connection to Redis. */
const runner = (port: number) =>
  Effect.gen(function* () {
    const api = illApi()
    const config = yield* Layer.build(
      C2cConfig.layer({
        api: "https://api.example",
        clientVersion: "2.0.0",
        clientId: "cart",
        clientSecret: Redacted.make("secret"),
      }),
    )
    const layer = SharedClients.layer({ config: Context.get(config, C2cConfig) }).pipe(
      Layer.provideMerge(SharedLimits.layerRedis({ url: Redacted.make(`redis://127.0.0.1:${port}`) })),
      Layer.provideMerge(TestRunner.layer),
      Layer.provideMerge(DeviceTokens.layerMemory),
      Layer.provide(Layer.succeed(HttpClient.HttpClient, api.client)),
    )
    const context = yield* Layer.build(Layer.fresh(layer))
    const store = yield* Context.get(context, DeviceTokens).of("cart")
    const expiresAt = Date.now() + 3_600_000
    yield* store.save({ accessToken: Redacted.make("a"), refreshToken: Redacted.make("r"), expiresAt })
    const clients = yield* Context.get(context, DeviceClients).of("cart")
    const { state } = Context.get(context, SharedLimits)
    const is = (wanted: "Down" | "Up") =>
      SubscriptionRef.get(state).pipe(
        Effect.repeat({ schedule: Schedule.spaced("20 millis"), until: ({ _tag }) => _tag === wanted }),
        Effect.timeout("40 seconds"),
      )
    const path = yield* clip
    const upload = Effect.exit(Context.get(clients, Uploader).upload({ path }))
    return { is, seen: api.seen, upload }
  })

describe.skipIf(RedisServer.missing !== undefined)(
  Peer.title("a circuit that runners share through Redis", RedisServer.missing),
  () => {
    it.live("keeps the calls of one runner back after failures of another one, and lets them go on without Redis", () =>
      Effect.gen(function* () {
        const server = yield* RedisServer.place
        yield* server.start
        const [here, there] = [yield* runner(server.port), yield* runner(server.port)]
        yield* here.is("Up")
        yield* there.is("Up")
        yield* Effect.all([1, 2, 3, 4, 5].map(() => here.upload))
        assert.strictEqual(here.seen.creations, 5)

        const waiting = yield* Effect.timeoutOption(there.upload, "2 seconds")
        assert.strictEqual(waiting._tag, "None")
        assert.strictEqual(there.seen.creations, 0)

        yield* server.signal("SIGKILL")
        yield* Effect.timeout(there.upload, "10 seconds")
        assert.isAbove(there.seen.creations, 0)
      }).pipe(Effect.scoped, Effect.provideService(References.MinimumLogLevel, "Error")),
    )
  },
)
