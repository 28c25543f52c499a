import { assert, describe, it } from "@effect/vitest"
import type { UploadEvent } from "@holdfast/c2c/UploadEvent"
import { Clock, Effect, Exit, Fiber, Layer } from "effect"
import { HttpClient } from "effect/http"
import { TestClock } from "effect/testing"
import { Connectivity, Health } from "@holdfast/core/Connectivity"
import { Uploader } from "@holdfast/c2c/Uploader"
import { api, breathe, drive, engine, expired, md5, randomFile, slowDown, storage, stored } from "../support/uploads.ts"

const hour = 3_600_000
const year = 8_766 * hour
/** The true time at the start. */
const start = Date.UTC(2026, 10, 21, 17, 23, 58)

/** The formats in which a URL can state its expiry, a day after it was signed at `at`. */
const signatures = {
  "version 2": (at: number) => ({
    AWSAccessKeyId: "AKIA",
    Expires: String((at + 24 * hour) / 1000),
    Signature: "feed",
  }),
  "version 4": (at: number) => ({
    "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
    "X-Amz-Credential": "AKIAIOSFODNN7EXAMPLE/20261121/us-east-1/s3/aws4_request",
    "X-Amz-Date": new Date(at).toISOString().replace(/[-:]|\.\d+/g, ""),
    "X-Amz-Expires": "86400",
    "X-Amz-SignedHeaders": "content-type;host;x-amz-acl",
    "X-Amz-Signature": "feed".repeat(16),
  }),
} as const

/** An API whose clock is right: it signs URLs and states its time. */
const rightApi = (
  version: keyof typeof signatures,
  options: { readonly date?: boolean; readonly signedAt?: number } = {},
) => {
  const query = new URLSearchParams(signatures[version](options.signedAt ?? start)).toString()
  return api(
    3,
    undefined,
    (unsigned) => `${unsigned}?${query}`,
    () => (options.date === false ? undefined : start),
  )
}

const clockEvents = (events: ReadonlyArray<UploadEvent>) =>
  events.flatMap((event) => (event._tag === "ClockSkewed" ? [event.aheadMillis] : []))

describe("a wrong local clock", () => {
  const clocks = [
    ["1 h ahead", hour],
    ["1 h behind", -hour],
    ["24 h ahead", 24 * hour],
    ["24 h behind", -24 * hour],
    ["10 years ahead", 10 * year],
    ["10 years behind", -10 * year],
  ] as const
  const cases = clocks.flatMap(([text, ahead]) =>
    (["version 2", "version 4"] as const).map((version) => [text, version, ahead] as const),
  )

  it.effect.each(cases)(
    "uploads with one asset and reports the clock: clock %s, URLs of signature %s",
    ([, version, ahead]) =>
      Effect.gen(function* () {
        yield* TestClock.setTime(start + ahead)
        const { path } = yield* randomFile(90)
        const server = rightApi(version)
        const store = storage()
        const { events, upload } = engine(store, server)
        assert(Exit.isSuccess(yield* drive(upload({ path }))))
        assert.deepStrictEqual([server.requests.length, store.puts.length], [1, 3])
        assert.deepStrictEqual(clockEvents(events), [ahead])
      }),
  )

  it.effect.each(cases)(
    "uploads even if the API does not send its time: clock %s, URLs of signature %s",
    ([, version, ahead]) =>
      Effect.gen(function* () {
        yield* TestClock.setTime(start + ahead)
        const { path } = yield* randomFile(90)
        const server = rightApi(version, { date: false })
        assert(Exit.isSuccess(yield* drive(engine(storage(), server).upload({ path }))))
        assert.strictEqual(server.requests.length, 1)
      }),
  )

  it.effect("does not report a local clock that is off by less than five minutes", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(start + 299_000)
      const { path } = yield* randomFile(90)
      const { events, upload } = engine(storage(), rightApi("version 4"))
      assert(Exit.isSuccess(yield* drive(upload({ path }))))
      assert.deepStrictEqual(clockEvents(events), [])
    }),
  )
})

describe("rejected upload URLs", () => {
  it.effect("replaces rejected upload URLs if the server's clock shows that they have expired since they arrived", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(start + 24 * hour)
      const { path } = yield* randomFile(90)
      let serverTime = start
      const server = api(
        1,
        undefined,
        (unsigned) => `${unsigned}?AWSAccessKeyId=AKIA&Expires=${serverTime / 1000 + 10}&Signature=feed`,
        () => serverTime,
      )
      // Attempts of the first asset begin after 0, 0.25 … 8 s of backoff; the URL expires after 10 s.
      const store = storage((put) => (new URL(put.url).pathname === "/1/0" ? slowDown() : stored(md5(put.bytes))))
      const { events, upload } = engine(store, server)
      const done = yield* Effect.forkChild(drive(upload({ path })))
      while (server.requests.length < 1) yield* breathe
      serverTime += 20_000
      assert(Exit.isSuccess(yield* Fiber.join(done)))
      assert.strictEqual(server.requests.length, 2)
      const reasons = events.flatMap((event) => (event._tag === "Recreated" ? [event.reason] : []))
      assert.lengthOf(reasons, 1)
      assert.include(reasons[0], "The presigned URL has expired")
      assert.include(reasons[0], "The local clock is 24 h fast.")
    }),
  )

  it.effect("replaces rejected upload URLs if the storage was restarted and no longer recognizes them", () =>
    Effect.gen(function* () {
      const { path } = yield* randomFile(90)
      const server = api(3)
      const gone = "<Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message></Error>"
      const store = storage((put) =>
        new URL(put.url).pathname === "/1/1" ? new Response(gone, { status: 404 }) : stored(md5(put.bytes)),
      )
      const exit = yield* drive(engine(store, server).upload({ path }))
      assert(Exit.isSuccess(exit))
      assert.deepStrictEqual([exit.value.assetId, server.requests.length], ["asset-2", 2])
    }),
  )

  it.effect("does not replace upload URLs that had already expired when they arrived", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(start)
      const { path } = yield* randomFile(90)
      const server = rightApi("version 2", { signedAt: start - 25 * hour })
      const store = storage()
      assert(Exit.isFailure(yield* drive(engine(store, server).upload({ path }))))
      assert.deepStrictEqual([server.requests.length, store.puts.length], [1, 0])
    }),
  )

  it.effect("does not replace rejected upload URLs for other files if the first replacement did not help", () =>
    Effect.gen(function* () {
      const { path } = yield* randomFile(90)
      const server = api(1)
      const store = storage(() => expired())
      const layer = Uploader.layer.pipe(
        Layer.provide([server.layer, Layer.succeed(HttpClient.HttpClient, store.client)]),
        Layer.provideMerge(Connectivity.layer),
        Layer.provide(Layer.succeed(Health, { check: Effect.void })),
      )
      const created = yield* Effect.gen(function* () {
        const { upload } = yield* Uploader
        const counts: Array<number> = []
        for (let file = 0; file < 4; file++) {
          yield* drive(upload({ path }))
          counts.push(server.requests.length)
        }
        return counts
      }).pipe(Effect.provide(layer))
      assert.deepStrictEqual(created, [2, 3, 4, 5])
    }),
  )

  it.effect("upload URLs are checked against the storage's own Date as soon as the storage has responded once", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(start)
      const { path } = yield* randomFile(90)
      const server = rightApi("version 2")
      const late = new Date(start + 25 * hour).toUTCString()
      // The storage is 25 hours ahead of the API: it accepts the first chunk, and then the next URL is known to have expired.
      const store = storage((put) => {
        const response = stored(md5(put.bytes))
        response.headers.set("date", late)
        return response
      })
      const now = yield* Clock.currentTimeMillis
      assert.strictEqual(now, start)
      yield* drive(engine(store, server).upload({ path, parallel: 1 }))
      assert.deepStrictEqual(
        store.puts.map(({ url }) => new URL(url).pathname),
        ["/1/0", "/2/0", "/3/0"],
      )
    }),
  )
})
