import { type Fault, type FaultPlan, Sandbox } from "@holdfast/sandbox"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Stream } from "effect"
import { TestClock } from "effect/testing"
import { createHash } from "node:crypto"
import { connect } from "node:net"
import { bearer, createAsset, form, type Tokens, pair, prepare, put, refresh } from "../support/device.ts"
import { type Broken, type RawResponse, ask, send, throughTime } from "../support/raw.ts"

/** A sandbox in which one kind of fault happens once per resource on one route. */
const withFault = (route: FaultPlan.Rule["route"], fault: Fault.Fault) =>
  Sandbox.layer({
    plan: { name: "test", rules: [{ route, requests: [1], fault }] },
    seed: 1,
    chunkSize: 64,
  })

const chunk = new TextEncoder().encode("0123456789")
const etag = `"${createHash("md5").update(chunk).digest("hex")}"`
const health = Effect.flatMap(Sandbox, ({ url }) => send(`${url}/health`))

/** Puts a chunk twice. Returns the response to the first PUT, and checks that the second one succeeds. */
const twice = (fault: Fault.Fault) =>
  Effect.gen(function* () {
    const { urls } = yield* prepare(10)
    const first = yield* put(urls[0] ?? "", chunk)
    const received = (yield* (yield* Sandbox).assets)[0]?.received
    const second = yield* put(urls[0] ?? "", chunk)
    assert(second._tag === "Response" && second.status === 200)
    assert.strictEqual(second.headers["etag"], etag)
    assert.isTrue((yield* (yield* Sandbox).assets)[0]?.complete)
    return { first, received }
  }).pipe(Effect.provide(withFault("chunk", fault)))

const answered = (result: RawResponse | Broken): RawResponse => {
  assert(result._tag === "Response")
  return result
}

describe("faults on a chunk", () => {
  it.effect("sends S3's error documents for 503 SlowDown and 500 InternalError", () =>
    Effect.gen(function* () {
      const slow = answered((yield* twice({ kind: "s3-slow-down" })).first)
      assert.strictEqual(slow.status, 503)
      assert.match(slow.body, /^<\?xml .*\n<Error><Code>SlowDown<\/Code><Message>Please reduce your request rate\./)
      const internal = answered((yield* twice({ kind: "internal-error" })).first)
      assert.strictEqual(internal.status, 500)
      assert.include(internal.body, "<Code>InternalError</Code>")
    }),
  )

  it.effect("sends HTML pages for faults caused by intermediaries", () =>
    Effect.gen(function* () {
      const expected = [
        ["not-found", 404],
        ["html", 200],
        ["unavailable", 503],
      ] as const
      for (const [kind, status] of expected) {
        const page = answered((yield* twice({ kind })).first)
        assert.strictEqual(page.status, status)
        assert.strictEqual(page.headers["content-type"], "text/html")
        assert.isUndefined(page.headers["etag"])
        assert.match(page.body, /^<!doctype html>/)
      }
    }),
  )

  it.effect("does not store the chunk if the connection is reset before or during the body", () =>
    Effect.gen(function* () {
      for (const kind of ["reset-before", "reset-during"] as const) {
        assert.deepStrictEqual(yield* twice({ kind }), { first: { _tag: "Broken", code: "ECONNRESET" }, received: 0 })
      }
    }),
  )

  it.effect("stores the chunk if the connection is reset after the body", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* twice({ kind: "reset-after" }), {
        first: { _tag: "Broken", code: "ECONNRESET" },
        received: 1,
      })
    }),
  )

  it.effect(
    "stores the chunk even if the fault truncates the response, and sends a status with an incomplete body",
    () =>
      Effect.gen(function* () {
        const { first, received } = yield* twice({ kind: "truncated" })
        assert.deepStrictEqual(first, { _tag: "Broken", code: "ECONNRESET", status: 200 })
        assert.strictEqual(received, 1)
      }),
  )

  it.effect("permanently expires all URLs of an asset, and issues valid URLs for a new asset", () =>
    Effect.gen(function* () {
      const { urls, token } = yield* prepare(100)
      for (const url of [urls[0], urls[0], urls[1]]) {
        const refused = answered(yield* put(url ?? "", chunk))
        assert.strictEqual(refused.status, 403)
        assert.match(
          refused.body,
          /<Code>AccessDenied<\/Code><Message>Request has expired<\/Message><X-Amz-Expires>86400</,
        )
      }
      const second = JSON.parse(answered(yield* createAsset(token, { filesize: 100 })).body) as {
        upload_urls: Array<string>
      }
      for (const url of second.upload_urls) assert.strictEqual(answered(yield* put(url, chunk)).status, 200)
    }).pipe(Effect.provide(withFault("chunk", { kind: "url-expired" }))),
  )

  it.effect(
    "simulates a wrong byte on disk by returning a different ETag and storing a different file, until the chunk is sent again",
    () =>
      Effect.gen(function* () {
        const { urls } = yield* prepare(10)
        const wrong = answered(yield* put(urls[0] ?? "", chunk))
        const { assets } = yield* Sandbox
        const [spoilt] = yield* assets
        assert.strictEqual(wrong.status, 200)
        assert.notStrictEqual(wrong.headers["etag"], etag)
        assert(spoilt?.complete === true)
        assert.notStrictEqual(spoilt.sha256, createHash("sha256").update(chunk).digest("hex"))
        const right = answered(yield* put(urls[0] ?? "", chunk))
        assert.strictEqual(right.headers["etag"], etag)
        assert.strictEqual((yield* assets)[0]?.sha256, createHash("sha256").update(chunk).digest("hex"))
      }).pipe(Effect.provide(withFault("chunk", { kind: "wrong-bytes" }))),
  )

  it.effect("resets the connection after the number of seconds configured for a hang", () =>
    Effect.gen(function* () {
      const { urls } = yield* prepare(10)
      const { value, seconds } = yield* throughTime(put(urls[0] ?? "", chunk))
      assert.deepStrictEqual(value, { _tag: "Broken", code: "ECONNRESET" })
      assert.strictEqual(seconds, 3)
    }).pipe(Effect.provide(withFault("chunk", { kind: "hang", seconds: 3 }))),
  )
})

describe("faults on the API", () => {
  it.effect("sends both forms of the rate limit response, with Retry-After if the fault specifies seconds", () =>
    Effect.gen(function* () {
      const message = answered(yield* Effect.provide(health, withFault("health", { kind: "slow-down" })))
      assert.deepStrictEqual([message.status, message.body], [400, '{"error":"slow_down"}'])
      const bare = answered(yield* Effect.provide(health, withFault("health", { kind: "too-many-requests" })))
      assert.deepStrictEqual([bare.status, bare.body, bare.headers["retry-after"]], [429, "", undefined])
      const hinted = answered(
        yield* Effect.provide(health, withFault("health", { kind: "too-many-requests", seconds: 7 })),
      )
      assert.deepStrictEqual([hinted.status, hinted.headers["retry-after"]], [429, "7"])
    }),
  )

  it.effect("sends Frame.io's payload with a 500", () =>
    Effect.gen(function* () {
      const answer = answered(yield* Effect.provide(health, withFault("health", { kind: "internal-error" })))
      assert.deepStrictEqual([answer.status, (JSON.parse(answer.body) as { code: number }).code], [500, 500])
    }),
  )

  it.effect("resets the connection in the middle of a truncated response", () =>
    Effect.gen(function* () {
      const result = yield* Effect.provide(health, withFault("health", { kind: "truncated" }))
      assert.deepStrictEqual(result, { _tag: "Broken", code: "ECONNRESET", status: 200 })
    }),
  )

  it.effect("responds with 401 after a token has expired, until the client refreshes the token", () =>
    Effect.gen(function* () {
      const { url } = yield* Sandbox
      const tokens = yield* pair
      const me = (token: string) => Effect.map(ask(`${url}/v2/devices/me`, { headers: bearer(token) }), (a) => a.status)
      assert.deepStrictEqual([yield* me(tokens.access_token), yield* me(tokens.access_token)], [401, 401])
      const fresh = JSON.parse(answered(yield* refresh(tokens.refresh_token)).body) as Tokens
      assert.strictEqual(yield* me(fresh.access_token), 200)
    }).pipe(Effect.provide(withFault("me", { kind: "token-expired" }))),
  )

  it.effect("invalidates the refresh token even if the response to the refresh is lost", () =>
    Effect.gen(function* () {
      const tokens = yield* pair
      assert.deepStrictEqual(yield* refresh(tokens.refresh_token), { _tag: "Broken", code: "ECONNRESET" })
      const again = answered(yield* refresh(tokens.refresh_token))
      assert.deepStrictEqual([again.status, again.body], [400, '{"error":"invalid_request"}'])
    }).pipe(Effect.provide(withFault("refresh", { kind: "reset-after" }))),
  )

  it.effect("responds to a rejected refresh with invalid_request, and responds with 409 if the channel is paused", () =>
    Effect.gen(function* () {
      const refused = yield* Effect.flatMap(pair, (tokens) => refresh(tokens.refresh_token)).pipe(
        Effect.provide(withFault("refresh", { kind: "refresh-refused" })),
      )
      assert.strictEqual(answered(refused).body, '{"error":"invalid_request"}')
      const paused = yield* Effect.flatMap(pair, (tokens) => createAsset(tokens.access_token, { filesize: 1 })).pipe(
        Effect.provide(withFault("assets", { kind: "channel-paused" })),
      )
      assert.deepStrictEqual(
        [answered(paused).status, (JSON.parse(answered(paused).body) as { message: string }).message],
        [409, "Channel Paused"],
      )
    }),
  )

  it.effect("injects faults into requests for device codes and into polling requests", () =>
    Effect.gen(function* () {
      const { url } = yield* Sandbox
      const code = yield* send(`${url}/v2/auth/device/code`, form({ scope: "asset_create offline" }))
      assert.deepStrictEqual(code, { _tag: "Broken", code: "ECONNRESET" })
    }).pipe(Effect.provide(withFault("device-code", { kind: "reset-before" }))),
  )
})

describe("outages", () => {
  const outage = (routes?: FaultPlan.Outage["routes"]) =>
    Sandbox.layer({
      plan: { name: "test", outages: [{ afterChunks: [1, 1], seconds: 8, ...(routes && { routes }) }] },
      seed: 1,
      chunkSize: 64,
    })

  it.effect("resets every connection during an outage, and does not reset connections afterwards", () =>
    Effect.gen(function* () {
      const { urls } = yield* prepare(10)
      const reset: Broken = { _tag: "Broken", code: "ECONNRESET" }
      assert.deepStrictEqual(yield* put(urls[0] ?? "", chunk), reset)
      assert.deepStrictEqual(yield* health, reset)
      yield* TestClock.adjust("7999 millis")
      assert.deepStrictEqual(yield* health, reset)
      yield* TestClock.adjust("1 millis")
      assert.strictEqual(answered(yield* health).status, 200)
      assert.strictEqual(answered(yield* put(urls[0] ?? "", chunk)).status, 200)
      assert.deepStrictEqual(
        (yield* (yield* Sandbox).log).map((fault) => fault.message),
        ["unreachable for 8 s", "a reset on chunk 1"],
      )
    }).pipe(Effect.provide(outage())),
  )

  it.effect("completes a request for a new asset if the request began before an outage", () =>
    Effect.gen(function* () {
      const { url } = yield* Sandbox
      const { urls, token } = yield* prepare(10)
      const body = JSON.stringify({ name: "second.mp4", filetype: "video/mp4", filesize: 1 })
      const heading = Object.entries({ ...bearer(token), host: new URL(url).host, "content-type": "application/json" })
        .map(([name, value]) => `${name}: ${value}\r\n`)
        .join("")
      const socket = connect(Number(new URL(url).port), "127.0.0.1")
      let heard = ""
      socket.on("data", (data) => {
        heard += data.toString()
      })
      const ended = new Promise<void>((resolve) => socket.once("end", () => resolve()))
      const head = `POST /v2/devices/assets HTTP/1.1\r\n${heading}content-length: ${body.length}\r\n\r\n`
      // The server sends a 100 once the request has begun, so the outage begins during the request.
      socket.write(head.replace("\r\n\r\n", "\r\nexpect: 100-continue\r\n\r\n"))
      yield* Effect.promise(() => new Promise((resolve) => socket.once("data", resolve)))
      assert.deepStrictEqual(yield* put(urls[0] ?? "", chunk), { _tag: "Broken", code: "ECONNRESET" })
      socket.write(body)
      yield* Effect.promise(() => ended)
      assert.match(heard, /HTTP\/1\.1 201 Created/)
      socket.destroy()
    }).pipe(Effect.provide(outage())),
  )

  it.effect("resets only connections to the routes that an outage affects, at most three times in a row", () =>
    Effect.gen(function* () {
      const { urls, token } = yield* prepare(10)
      yield* put(urls[0] ?? "", chunk)
      const tags = yield* Effect.replicateEffect(
        Effect.map(health, (result) => result._tag),
        4,
      )
      assert.deepStrictEqual(tags, ["Broken", "Broken", "Broken", "Response"])
      assert.strictEqual(answered(yield* createAsset(token, { filesize: 1 })).status, 201)
    }).pipe(Effect.provide(outage(["health"]))),
  )
})

describe("Sandbox.log", () => {
  it.effect("lists and streams each fault with its route and resource", () =>
    Effect.gen(function* () {
      const { events, log } = yield* Sandbox
      const watcher = yield* Effect.forkChild(Stream.runCollect(Stream.take(events, 1)), { startImmediately: true })
      const { urls } = yield* prepare(10)
      yield* put(urls[0] ?? "", chunk)
      const expected = {
        at: 0,
        route: "chunk",
        resource: "clip.mp4",
        chunk: 1,
        request: 1,
        fault: "s3-slow-down",
        message: "503 SlowDown on chunk 1",
      }
      assert.deepStrictEqual(yield* log, [expected])
      assert.deepStrictEqual([...(yield* Fiber.join(watcher))], [expected])
    }).pipe(Effect.provide(withFault("chunk", { kind: "s3-slow-down" }))),
  )
})
