import { assert, describe, it } from "@effect/vitest"
import { C2c, Uploader } from "@holdfast/c2c"
import { Origins } from "@holdfast/core"
import { RefusalProbe } from "@holdfast/s3/RefusalProbe"
import { Clock, Effect, Exit, Fiber, Layer, Option, SubscriptionRef } from "effect"
import { HttpClient, HttpClientError, HttpClientResponse } from "effect/http"
import { TestClock } from "effect/testing"
import * as Api from "../support/fakeApi.ts"
import { breathe, drive, randomFile, stored } from "../support/uploads.ts"

type Answer = Response | "refused" | "reset" | "hang"

/** The complete client over a healthy API, and a storage at another origin whose responses `answer` returns. */
const scene = (answer: (method: string, at: number) => Answer) => {
  const fake = Api.make(() => undefined)
  const requests: Array<{ readonly method: string; readonly at: number }> = []
  const client = HttpClient.make((request, url) =>
    Effect.gen(function* () {
      if (url.host !== "s3.example") return yield* fake.client.execute(request)
      const at = yield* Clock.currentTimeMillis
      requests.push({ method: request.method, at })
      const given = answer(request.method, at)
      if (given === "hang") return yield* Effect.never
      if (given instanceof Response) return HttpClientResponse.fromWeb(request, given)
      const code = given === "refused" ? "ECONNREFUSED" : "ECONNRESET"
      return yield* new HttpClientError.HttpClientError({
        reason: new HttpClientError.TransportError({ request, cause: Object.assign(new Error(code), { code }) }),
      })
    }),
  )
  const layer = Uploader.layer.pipe(
    Layer.provideMerge(C2c.layer),
    Layer.provideMerge(Layer.mergeAll(Api.config, Api.paired, Layer.succeed(HttpClient.HttpClient, client))),
  )
  return { assets: () => fake.to("POST /v2/devices/assets").length, layer, requests }
}

const s3 = (status: number, code: string, headers: Record<string, string> = {}) =>
  new Response(`<Error><Code>${code}</Code><Message>no</Message><RequestId>R</RequestId></Error>`, {
    status,
    headers: { "content-type": "application/xml", "x-amz-request-id": "R", ...headers },
  })

const hour = 3_600_000
const length = 2 * hour

describe("an outage of the storage", () => {
  it.effect.each([
    // A wait between probes is 16 to 32 s once the backoff has reached its cap.
    ["refuses connections", (): Answer => "refused", [225, 470]],
    ["resets connections", (): Answer => "reset", [225, 470]],
    ["returns 503 SlowDown", (): Answer => s3(503, "SlowDown"), [225, 520]],
    ["returns 500 InternalError", (): Answer => s3(500, "InternalError"), [225, 520]],
    ["is behind a proxy that returns 502", (): Answer => new Response("bad gateway", { status: 502 }), [225, 470]],
    // Each probe has the 5 min of a chunk whose progress cannot be observed.
    ["does not respond", (): Answer => "hang", [20, 40]],
  ] as const)(
    "delays 500 files without creating empty assets if the storage %s",
    ([, away, [fewest, most]]) =>
      Effect.gen(function* () {
        const { path } = yield* randomFile(10)
        let before = Number.POSITIVE_INFINITY
        let from = Number.POSITIVE_INFINITY
        const isDuring = (at: number) => at >= from && at < from + length
        const { assets, layer, requests } = scene((_, at) => (isDuring(at) ? away() : stored("opaque")))
        const created = new Set<number>()
        yield* Effect.gen(function* () {
          const { upload } = yield* Uploader
          const run = Effect.gen(function* () {
            for (let file = 0; file < 500; file++) {
              if (file === 100) {
                from = yield* Clock.currentTimeMillis
                before = requests.length
              }
              yield* upload({ path, onStorageOutage: "hold" })
            }
          })
          const fiber = yield* Effect.forkChild(run)
          while (fiber.pollUnsafe() === undefined) {
            yield* breathe
            const now = yield* Clock.currentTimeMillis
            const isHeld = requests.length > before
            if (isHeld && isDuring(now)) created.add(assets())
            yield* TestClock.adjust(reading() ? 0 : isHeld && isDuring(now) ? 1000 : 50)
          }
          assert.isTrue(Exit.isSuccess(yield* Fiber.await(fiber)))
        }).pipe(
          Effect.provide(layer),
          // A real probe would use the network of this machine.
          Effect.provideService(RefusalProbe, { ask: () => Effect.succeed(undefined) }),
        )
        assert.strictEqual(assets(), 500, "one asset for each file")
        assert.deepStrictEqual([...created], [101], "no asset is created during the outage")
        const inOutage = () => requests.slice(before).filter(({ at }) => isDuring(at)).length
        assert.isAtLeast(inOutage(), fewest)
        assert.isAtMost(inOutage(), most)
        const back = requests.find(({ at }) => at >= from + length)
        assert.isBelow((back?.at ?? 0) - from - length, 302_000, "the next probe finds that the storage has recovered")
      }),
    30_000,
  )

  it.effect("does not let an upload create an asset while the gate is closed, and probes without credentials", () =>
    Effect.gen(function* () {
      const { path } = yield* randomFile(10)
      let isAway = true
      const { assets, layer, requests } = scene((method) =>
        isAway ? s3(503, "ServiceUnavailable") : method === "HEAD" ? s3(403, "AccessDenied") : stored("opaque"),
      )
      yield* Effect.gen(function* () {
        const { upload } = yield* Uploader
        const gate = yield* Effect.flatMap(Origins, ({ of }) => of("https://s3.example/"))
        yield* gate.gate.close("test")
        const { waiting } = yield* Origins
        yield* SubscriptionRef.set(waiting, [
          { origin: "https://s3.example", reason: "test", since: 0, nextProbeAt: undefined },
        ])
        const fiber = yield* Effect.forkChild(upload({ path }))
        for (let at = 0; at < 100; at++) {
          yield* breathe
          yield* TestClock.adjust("1 second")
        }
        assert.strictEqual(assets(), 0)
        isAway = false
        yield* gate.gate.open
        yield* SubscriptionRef.set(waiting, [])
        yield* drive(Fiber.await(fiber))
        assert.strictEqual(assets(), 1)
      }).pipe(Effect.provide(layer))
      assert.strictEqual(requests.filter(({ method }) => method === "PUT").length, 2)
    }),
  )

  it.effect("fails the file after eight attempts unless the caller chooses to hold it", () =>
    Effect.gen(function* () {
      const { path } = yield* randomFile(1)
      const { assets, layer, requests } = scene(() => s3(503, "SlowDown"))
      const exit = yield* Uploader.use(({ upload }) => drive(upload({ path, parallel: 1 }))).pipe(Effect.provide(layer))
      assert.strictEqual(Option.getOrUndefined(Exit.findErrorOption(exit))?._tag, "SlowDown")
      assert.deepStrictEqual([assets(), requests.length], [1, 8])
    }),
  )

  it.effect("fails a held file if its storage asks for a wait of more than an hour", () =>
    Effect.gen(function* () {
      const { path } = yield* randomFile(1)
      const { layer, requests } = scene(() => s3(503, "SlowDown", { "retry-after": "7200" }))
      const exit = yield* Uploader.use(({ upload }) =>
        drive(upload({ path, parallel: 1, onStorageOutage: "hold" })),
      ).pipe(Effect.provide(layer))
      assert.strictEqual(Option.getOrUndefined(Exit.findErrorOption(exit))?._tag, "SlowDown")
      assert.lengthOf(requests, 1)
    }),
  )

  it.effect("does not probe paused storage before the time that the storage requested", () =>
    Effect.gen(function* () {
      const { path } = yield* randomFile(1)
      const started = yield* Clock.currentTimeMillis
      const { layer, requests } = scene((_, at) =>
        at - started < 2 * hour ? s3(503, "SlowDown", { "retry-after": "600" }) : stored("opaque"),
      )
      const exit = yield* Uploader.use(({ upload }) =>
        drive(upload({ path, parallel: 1, onStorageOutage: "hold" })),
      ).pipe(Effect.provide(layer))
      assert.isTrue(Exit.isSuccess(exit))
      const refused = requests.filter(({ at }) => at - started < 2 * hour)
      assert.isAbove(refused.length, 8)
      const gaps = refused.slice(1).map(({ at }, index) => at - (refused[index]?.at ?? 0))
      assert.isEmpty(gaps.filter((gap) => gap < 600_000))
    }),
  )

  it.effect("does not hold a chunk that fails while other chunks are confirmed", () =>
    Effect.gen(function* () {
      const { path } = yield* randomFile(10)
      let puts = 0
      const { layer } = scene(() => (++puts === 5 ? stored("opaque") : s3(503, "SlowDown")))
      const exit = yield* Uploader.use(({ upload }) =>
        drive(upload({ path, parallel: 2, onStorageOutage: "hold" })),
      ).pipe(Effect.provide(layer))
      assert.strictEqual(Option.getOrUndefined(Exit.findErrorOption(exit))?._tag, "SlowDown")
    }),
  )
})

/** Whether the operating system is still processing a file operation of this process. */
const reading = (): boolean => process.getActiveResourcesInfo().some((resource) => resource.startsWith("FSReq"))
