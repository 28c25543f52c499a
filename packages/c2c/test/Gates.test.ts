import { assert, describe, it } from "@effect/vitest"
import { C2c, Uploader } from "@holdfast/c2c"
import { Authorization, Origins } from "@holdfast/core"
import { Effect, Exit, Fiber, Layer, SubscriptionRef } from "effect"
import { HttpClient, HttpClientError, HttpClientResponse } from "effect/http"
import { TestClock } from "effect/testing"
import * as Api from "./support/fakeApi.ts"
import { breathe, randomFile, stored } from "./support/uploads.ts"

/** The complete client over a scripted API, and a storage at another origin whose responses `put` returns, chunk by chunk. */
const scene = (fake: Api.FakeApi, put: (url: string) => Effect.Effect<Response | "refused">) => {
  const client = HttpClient.make((request, url) =>
    url.host === "s3.example"
      ? Effect.flatMap(put(url.href), (answer) =>
          answer === "refused"
            ? Effect.fail(
                new HttpClientError.HttpClientError({
                  reason: new HttpClientError.TransportError({
                    request,
                    cause: Object.assign(new Error("ECONNREFUSED"), { code: "ECONNREFUSED" }),
                  }),
                }),
              )
            : Effect.succeed(HttpClientResponse.fromWeb(request, answer)),
        )
      : fake.client.execute(request),
  )
  return Uploader.layer.pipe(
    Layer.provideMerge(C2c.layer),
    Layer.provideMerge(Layer.mergeAll(Api.config, Api.paired, Layer.succeed(HttpClient.HttpClient, client))),
  )
}

/** Advances virtual time until a condition holds. */
const until = (ready: () => boolean) =>
  Effect.gen(function* () {
    while (!ready()) {
      yield* breathe
      yield* TestClock.adjust("250 millis")
    }
  })

describe("the gates of an upload", () => {
  it.effect("continues to send chunks while the user must sign in because the heartbeat's token was rejected", () =>
    Effect.gen(function* () {
      const { path } = yield* randomFile(10)
      const fake = Api.make((route) => {
        if (route === "POST /v2/devices/heartbeat") return Api.simple(401, "unauthorized_client")
        return route === "POST /v2/auth/token" ? Api.simple(400, "invalid_request") : undefined
      })
      let needed = false
      const puts: Array<string> = []
      const put = (url: string) =>
        Effect.gen(function* () {
          puts.push(`${url.slice(-1)} ${needed ? "while a person is needed" : "before"}`)
          // The first chunk takes until the second heartbeat would be due.
          if (url.endsWith("/1")) yield* Effect.sleep("240 seconds")
          return stored("x")
        })
      yield* Effect.gen(function* () {
        const { upload } = yield* Uploader
        const { gate } = yield* Authorization
        const fiber = yield* Effect.forkChild(upload({ path, parallel: 1 }))
        const look = Effect.map(SubscriptionRef.get(gate.state), (state) => {
          needed = state._tag === "NeedsHuman"
        })
        while (fiber.pollUnsafe() === undefined) {
          yield* breathe
          // The clock stands still while the file is read, which takes real time: the heartbeat must not come first.
          yield* TestClock.adjust(puts.length === 0 ? 0 : "250 millis")
          yield* look
        }
        assert.isTrue(Exit.isSuccess(yield* Fiber.await(fiber)))
      }).pipe(Effect.provide(scene(fake, put)))
      assert.deepStrictEqual(puts, ["1 before", "2 while a person is needed"])
    }),
  )

  it.effect("reports the storage that the upload is waiting for while API calls continue", () =>
    Effect.gen(function* () {
      const { path } = yield* randomFile(10)
      const fake = Api.make(() => undefined)
      let reachable = false
      let sent = 0
      const put = () =>
        Effect.sync(() => {
          sent++
          return reachable ? stored("x") : ("refused" as const)
        })
      yield* Effect.gen(function* () {
        const { upload } = yield* Uploader
        const { waiting } = yield* Origins
        const fiber = yield* Effect.forkChild(upload({ path }))
        yield* until(() => sent >= 12)
        const [storage, ...others] = yield* SubscriptionRef.get(waiting)
        assert.deepInclude(storage, { origin: "https://s3.example", reason: "ConnectionRefused" })
        assert.lengthOf(others, 0)
        reachable = true
        yield* until(() => fiber.pollUnsafe() !== undefined)
        assert.isTrue(Exit.isSuccess(yield* Fiber.await(fiber)))
        assert.deepStrictEqual(yield* SubscriptionRef.get(waiting), [])
      }).pipe(Effect.provide(scene(fake, put)))
      assert.strictEqual(fake.to("GET /health").length, 1)
    }),
  )
})
