import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import { assert, describe, it } from "@effect/vitest"
import * as Progress from "@holdfast/c2c/Progress"
import type { UploadEvent } from "@holdfast/c2c/UploadEvent"
import { Origins } from "@holdfast/core/Origins"
import { RefusalProbe } from "@holdfast/s3/RefusalProbe"
import { Cause, Clock, Effect, Exit, Fiber, Layer, Random } from "effect"
import { TestClock } from "effect/testing"
import * as Fs from "node:fs"
import { createServer } from "node:http"
import type { IncomingMessage, RequestListener, Server } from "node:http"
import type { AddressInfo } from "node:net"
import * as BufferPool from "../../src/internal/upload/bufferPool.ts"
import { SocketQueue } from "../../src/internal/upload/socketQueue.ts"
import { sendTo } from "../support/storageServer.ts"
import {
  api,
  breathe,
  drive,
  engine,
  expired,
  isOpen,
  md5,
  randomFile,
  slowDown,
  storage,
  stored,
  temporaryFile,
  url,
} from "../support/uploads.ts"

const MiB = 1024 * 1024

/** How long tests that move 64 MiB may take on a busy machine, in milliseconds. */
const patient = 30_000

const answerOf = async (response: Response) => ({
  status: response.status,
  headers: Object.fromEntries(response.headers),
  body: await response.text(),
})

describe("ChunkSender", () => {
  describe("a reset in the middle of a body", () => {
    it.effect("checks whether the server rejected the chunk and, if so, fails the attempt with that rejection", () =>
      Effect.gen(function* () {
        const { path } = yield* randomFile(90)
        const refusal = yield* Effect.promise(() => answerOf(expired()))
        const server = api(1)
        const store = storage((put) => (put.url === url(1, 0) ? "reset" : stored(md5(put.bytes))))
        const { events, seen, upload } = engine(store, server, () => refusal)
        const exit = yield* drive(upload({ path }))
        assert.isTrue(Exit.isSuccess(exit))
        assert.strictEqual(seen.probes, 2)
        assert.strictEqual(server.requests.length, 2)
        assert.deepStrictEqual(
          events.flatMap((event) => (event._tag === "ChunkFailed" ? [event.error._tag] : [])),
          ["AccessDenied", "AccessDenied"],
        )
        // The rejection shows that the network works: one health check when the layer was built, and none after.
        assert.strictEqual(seen.checks, 1)
      }),
    )

    it.effect("resends the chunk without a request to the API if the server did not reject it", () =>
      Effect.gen(function* () {
        const { content, path } = yield* randomFile(90)
        const store = storage((put) => (put.attempt <= 2 ? "reset" : stored(md5(put.bytes))))
        const { events, seen, upload } = engine(store, api(1))
        assert.isTrue(Exit.isSuccess(yield* drive(upload({ path }))))
        assert.isTrue(store.joined(1).equals(content))
        assert.deepStrictEqual([seen.probes, seen.checks], [2, 1])
        assert.deepStrictEqual(
          events.flatMap((event) => (event._tag === "ChunkFailed" ? [event.error._tag] : [])),
          ["ConnectionReset", "ConnectionReset"],
        )
      }),
    )

    it.effect("does not check for a rejection if the chunk is empty", () =>
      Effect.gen(function* () {
        const { path } = yield* randomFile(0)
        const store = storage((put) => (put.attempt === 1 ? "reset" : stored(md5(put.bytes))))
        const { seen, upload } = engine(store, api(1))
        assert.isTrue(Exit.isSuccess(yield* drive(upload({ path }))))
        assert.strictEqual(seen.probes, 0)
      }),
    )
  })

  describe("gates", () => {
    it.effect("sends chunks while the API is unreachable", () =>
      Effect.gen(function* () {
        const { content, path } = yield* randomFile(90)
        const store = storage()
        const away = Effect.fail("the API is away")
        const { seen, upload } = engine(store, api(3), undefined, away)
        assert.isTrue(Exit.isSuccess(yield* drive(upload({ path }))))
        assert.isTrue(store.joined(1).equals(content))
        assert.isAbove(seen.checks, 0)
      }),
    )

    it.effect("waits for unreachable storage to recover, and leaves the API's gate open", () =>
      Effect.gen(function* () {
        const { path } = yield* randomFile(90)
        let reachable = false
        const store = storage((put) => (reachable ? stored(md5(put.bytes)) : "refused"))
        const { events, seen, upload } = engine(store, api(1))
        const fiber = yield* Effect.forkChild(upload({ path }))
        while (store.puts.length < 20) {
          yield* breathe
          yield* TestClock.adjust("1 second")
        }
        assert.strictEqual(fiber.pollUnsafe(), undefined)
        reachable = true
        yield* drive(Fiber.join(fiber))
        assert.strictEqual(seen.checks, 1)
        assert.strictEqual(events.at(-1)?._tag, "ChunkConfirmed")
      }),
    )

    it.effect("gives up after eight attempts if intermediaries respond instead of the storage", () =>
      Effect.gen(function* () {
        const { path } = yield* randomFile(90)
        const store = storage(() => new Response("Access blocked by the firewall of this network."))
        const { upload } = engine(store, api(1))
        const exit = yield* drive(upload({ path }))
        assert.isTrue(Exit.isFailure(exit) && JSON.stringify(exit.cause).includes("NotFromS3"))
        assert.strictEqual(store.puts.length, 8)
      }),
    )

    it.effect.each([
      ["a proxy's 503", () => new Response("", { status: 503, headers: { "retry-after": "20" } }), [0, 0.5, 1.5]],
      ["the storage's own 503", () => slowDown({ "retry-after": "20" }), [0, 20, 40]],
      [
        "text that did not come from the storage",
        () => new Response("Access blocked", { headers: { "retry-after": "20" } }),
        [0, 20, 21],
      ],
      [
        "the page of a captive portal",
        () => new Response("<html>Sign in", { status: 511, headers: { "retry-after": "3600" } }),
        [0, 32, 33],
      ],
    ] as const)("resends a chunk after %s with a hint, without exceeding the wait limit", ([, answer, times]) =>
      Effect.gen(function* () {
        const { path } = yield* randomFile(90)
        const sent: Array<number> = []
        const store = storage((put) =>
          Effect.map(Clock.currentTimeMillis, (now) => {
            sent.push(now)
            return put.attempt < 3 ? answer() : stored(md5(put.bytes))
          }),
        )
        const { upload } = engine(store, api(1))
        assert.isTrue(Exit.isSuccess(yield* drive(upload({ path }))))
        const [start = 0] = sent
        assert.deepStrictEqual(
          sent.map((at) => (at - start) / 1000),
          [...times],
        )
      }).pipe(Effect.provideService(Random.Random, { nextDoubleUnsafe: () => 1, nextIntUnsafe: () => 0 })),
    )

    it.effect("fails immediately with Unverified if nothing proves that the chunk is stored", () =>
      Effect.gen(function* () {
        const { path } = yield* randomFile(90)
        const store = storage(() => new Response(null, { status: 200 }))
        const exit = yield* drive(engine(store, api(1)).upload({ path }))
        assert.isTrue(Exit.isFailure(exit) && JSON.stringify(exit.cause).includes("Unverified"))
        assert.strictEqual(store.puts.length, 1)
      }),
    )

    it.effect("retries a defect once, because repeating a PUT is safe", () =>
      Effect.gen(function* () {
        const { path } = yield* randomFile(90)
        const bug = Effect.die(new Error("DivideByZero"))
        const once = storage((put) => (put.attempt === 1 ? bug : stored(md5(put.bytes))))
        const { events, upload } = engine(once, api(1))
        assert.isTrue(Exit.isSuccess(yield* drive(upload({ path }))))
        assert.strictEqual(once.puts.length, 2)
        assert.strictEqual(events.reduce(Progress.next, Progress.empty).sent, 90)
        const always = storage(() => bug)
        const exit = yield* drive(engine(always, api(1)).upload({ path }))
        assert.isTrue(Exit.isFailure(exit) && Cause.pretty(exit.cause).includes("DivideByZero"))
        assert.strictEqual(always.puts.length, 2)
      }),
    )
  })

  it.effect(
    "allows five minutes for the response after the last byte, and then subtracts the bytes counted as sent",
    () =>
      Effect.gen(function* () {
        const { path } = yield* randomFile(90)
        const store = storage((put) => (put.attempt === 1 ? Effect.never : stored(md5(put.bytes))))
        const { events, upload } = engine(store, api(1))
        const allSent = { watch: () => Effect.succeed(() => 0) }
        const fiber = yield* Effect.forkChild(Effect.provideService(upload({ path }), SocketQueue, allSent))
        while (store.puts.length === 0) {
          yield* breathe
          yield* TestClock.adjust(0)
        }
        yield* TestClock.adjust("299999 millis")
        assert.isFalse(events.some((event) => event._tag === "ChunkFailed"))
        yield* TestClock.adjust("1 millis")
        const failure = events.find((event) => event._tag === "ChunkFailed")
        assert.strictEqual(failure?.error._tag, "RequestTimedOut")
        assert.strictEqual(failure?.bytes, 90)
        assert.notInclude(String(failure?.error.message), "Signature")
        yield* drive(Fiber.join(fiber))
        assert.strictEqual(store.puts.length, 2)
      }),
  )

  describe("an attempt whose progress can be observed", () => {
    /** Uploads one chunk to a storage that never answers. Returns the second and the message of its timeout. */
    const timeoutOf = (queued: (second: number) => number) =>
      Effect.gen(function* () {
        const { path } = yield* randomFile(90)
        const store = storage((put) => (put.attempt === 1 ? Effect.never : stored(md5(put.bytes))))
        const { events, upload } = engine(store, api(1))
        const startedAt = yield* Clock.currentTimeMillis
        const clock = yield* Clock.Clock
        const second = () => (clock.currentTimeMillisUnsafe() - startedAt) / 1000
        const fiber = yield* upload({ path }).pipe(
          Effect.provideService(SocketQueue, { watch: () => Effect.succeed(() => queued(second())) }),
          Effect.forkChild,
        )
        while (store.puts.length === 0) {
          yield* breathe
          yield* TestClock.adjust(0)
        }
        while (!events.some((event) => event._tag === "ChunkFailed")) yield* TestClock.adjust("1 second")
        const at = second()
        yield* Fiber.interrupt(fiber)
        const failure = events.find((event) => event._tag === "ChunkFailed")
        return { at, tag: failure?.error._tag, message: failure?.error.message ?? "" }
      })

    it.effect("times out if no bytes are sent for 60 s while bytes remain", () =>
      Effect.gen(function* () {
        const { at, message, tag } = yield* timeoutOf((second) => (second < 10 ? 90 : 40))
        assert.deepStrictEqual([at, tag], [70, "RequestTimedOut"])
        assert.match(message, /no byte for 1m, 50 of 90 bytes sent$/)
      }),
    )

    it.effect("times out if no response arrives within five minutes after the last byte", () =>
      Effect.gen(function* () {
        const { at, message } = yield* timeoutOf((second) => (second < 30 ? 90 - second : 0))
        assert.strictEqual(at, 330)
        assert.match(message, /no response within 5m after the last byte was sent$/)
      }),
    )
  })

  it.effect(
    "streams a chunk larger than 64 MiB in pieces of 1 MiB and verifies it",
    () =>
      Effect.gen(function* () {
        const path = yield* temporaryFile(new Uint8Array())
        Fs.truncateSync(path, 65 * MiB + 5)
        const store = storage()
        const { events, upload } = engine(store, api(1))
        const exit = yield* drive(upload({ path }))
        assert(Exit.isSuccess(exit))
        assert.isTrue(exit.value.verified)
        assert.strictEqual(store.puts[0]?.pieces, 66)
        assert.strictEqual(store.puts[0]?.bytes.byteLength, 65 * MiB + 5)
        assert.strictEqual(store.puts[0]?.headers["content-length"], String(65 * MiB + 5))
        assert.strictEqual(events.reduce(Progress.next, Progress.empty).sent, 65 * MiB + 5)
      }),
    patient,
  )

  it.effect(
    "sends a chunk of exactly 64 MiB in one piece",
    () =>
      Effect.gen(function* () {
        const path = yield* temporaryFile(new Uint8Array())
        Fs.truncateSync(path, 64 * MiB)
        const store = storage()
        assert.isTrue(Exit.isSuccess(yield* drive(engine(store, api(1)).upload({ path }))))
        assert.strictEqual(store.puts[0]?.pieces, 1)
      }),
    patient,
  )

  it.effect(
    "fails with the local file error if the file of a streamed chunk was truncated",
    () =>
      Effect.gen(function* () {
        const path = yield* temporaryFile(new Uint8Array())
        Fs.truncateSync(path, 65 * MiB)
        const { upload } = engine(storage(), api(1))
        let cut = false
        const onEvent = (event: UploadEvent) =>
          Effect.sync(() => {
            if (event._tag === "AssetCreated" && !cut) {
              cut = true
              Fs.truncateSync(path, 10)
            }
          })
        const exit = yield* drive(upload({ path, onEvent }))
        assert(Exit.isFailure(exit))
        const [reason] = exit.cause.reasons
        assert(reason?._tag === "Fail")
        assert.strictEqual(reason.error._tag, "FileChanged")
      }),
    patient,
  )

  describe("a chunk on a real socket", () => {
    const listening = (listener: RequestListener, more: (server: Server) => void = () => {}) =>
      Effect.acquireRelease(
        Effect.callback<{ readonly server: Server; readonly base: string }>((resume) => {
          const server = createServer(listener)
          more(server)
          server.listen(0, "127.0.0.1", () => {
            const { port } = server.address() as AddressInfo
            resume(Effect.succeed({ server, base: `http://127.0.0.1:${port}` }))
          })
        }),
        ({ server }) =>
          Effect.sync(() => {
            server.closeAllConnections()
            server.close()
          }),
      )

    const Live = Layer.mergeAll(NodeHttpClient.layerUndici, Origins.layer)

    const sendOne = (path: string, target: string) =>
      sendTo(target, path, BufferPool.make({ count: 1, size: 24 * MiB })).pipe(Effect.provide(Live))

    it.effect.each([
      ["a buffer", 3 * MiB],
      ["a stream", 65 * MiB],
    ] as const)(
      "sends the exact content-length with %s, without chunking and unsigned headers",
      ([, bytes]) =>
        Effect.gen(function* () {
          const path = yield* temporaryFile(new Uint8Array())
          Fs.truncateSync(path, bytes)
          let received = 0
          let names: ReadonlyArray<string> = []
          let length: string | undefined
          const { base } = yield* listening((request, response) => {
            names = Object.keys(request.headers).toSorted()
            length = request.headers["content-length"]
            request.on("data", (data: Buffer) => {
              received += data.byteLength
            })
            request.on("end", () => response.writeHead(200, { "content-length": 0, etag: '"x"' }).end())
          })
          const { exit } = yield* sendOne(path, `${base}/part/1`)
          assert.isTrue(Exit.isSuccess(exit))
          assert.strictEqual(received, bytes)
          assert.strictEqual(length, String(bytes))
          assert.deepStrictEqual(names, ["connection", "content-length", "content-type", "host", "x-amz-acl"])
        }),
      patient,
    )

    it.effect.each([
      ["a buffer", 24 * MiB],
      ["a stream", 65 * MiB],
    ] as const)(
      "does not accept a success with an ETag as proof if it arrives while %s is being sent",
      ([, bytes]) =>
        Effect.gen(function* () {
          const path = yield* temporaryFile(new Uint8Array())
          Fs.truncateSync(path, bytes)
          const { base } = yield* listening((request, response) => {
            // The server stops reading: the kernels in between hold a part of the body, this process the rest.
            request.once("data", () => {
              request.pause()
              response.writeHead(200, { "content-length": 0, etag: '"9bb58f26192e4ba00f01e2e7b136bbd8-3"' }).end()
            })
          })
          const { errors, exit } = yield* sendOne(path, `${base}/part/1`)
          assert.isTrue(Exit.isFailure(exit))
          assert.deepStrictEqual(
            errors.map((error) => error._tag),
            ["Unverified"],
          )
        }),
      patient,
    )

    it.effect.each([
      ["a buffer", 8 * MiB],
      ["a stream", 65 * MiB],
    ] as const)(
      "reads the rejection from a server that responds while %s is being sent and then resets the connection",
      ([, bytes]) =>
        Effect.gen(function* () {
          const path = yield* temporaryFile(new Uint8Array())
          Fs.truncateSync(path, bytes)
          const refusal = "<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>"
          let bodies = 0
          const { base } = yield* listening(
            (request) => {
              // Resets after the first bytes, so that the response is always lost.
              request.once("data", () => {
                bodies++
                request.socket.resetAndDestroy()
              })
            },
            (server) =>
              server.on("checkContinue", (_, response) => {
                response.writeHead(403, { "content-type": "application/xml" }).end(refusal)
              }),
          )
          const { errors, exit } = yield* sendOne(path, `${base}/part/1`).pipe(
            Effect.provideService(RefusalProbe, RefusalProbe.defaultValue()),
          )
          assert.isTrue(Exit.isFailure(exit))
          assert.deepStrictEqual(
            errors.map((error) => error._tag),
            ["AccessDenied", "AccessDenied"],
          )
          assert.strictEqual(bodies, 2)
        }),
      patient,
    )

    it.effect.each([
      ["a buffer", 8 * MiB],
      ["a stream", 65 * MiB],
    ] as const)(
      "closes the connection and the file when it is interrupted while sending %s",
      ([, bytes]) =>
        Effect.gen(function* () {
          const path = yield* temporaryFile(new Uint8Array())
          Fs.truncateSync(path, bytes)
          let held: IncomingMessage | undefined
          let aborted = false
          const { base } = yield* listening((request) => {
            // The server stops reading, so that the body stays in transit.
            request.once("data", () => {
              held = request.pause()
            })
            request.on("close", () => {
              aborted = !request.complete
            })
            request.on("error", () => {})
          })
          const fiber = yield* Effect.forkChild(sendOne(path, `${base}/part/1`))
          while (held === undefined) yield* breathe
          assert.isTrue(isOpen(path))
          yield* Fiber.interrupt(fiber)
          assert.isFalse(isOpen(path))
          held.resume()
          while (!aborted) yield* breathe
        }),
      patient,
    )
  })
})
