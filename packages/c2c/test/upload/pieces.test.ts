/** The buffer of a chunk on its way through undici and a socket, and its return to the pool. */
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import { assert, describe, it } from "@effect/vitest"
import { Origins } from "@holdfast/core/Origins"
import * as LocalFile from "@holdfast/c2c/LocalFile"
import { RefusalProbe } from "@holdfast/s3/RefusalProbe"
import type { UploadEvent } from "@holdfast/c2c/UploadEvent"
import { Effect, Exit, Fiber, Layer, Redacted } from "effect"
import { HttpClient } from "effect/http"
import { createHash } from "node:crypto"
import * as Fs from "node:fs"
import * as Http from "node:http"
import * as Https from "node:https"
import type { AddressInfo } from "node:net"
import * as BufferPool from "../../src/internal/upload/bufferPool.ts"
import * as ChunkSender from "../../src/internal/upload/chunkSender.ts"
import * as Pieces from "../../src/internal/upload/pieces.ts"
import * as ServerClock from "../../src/internal/upload/serverClock.ts"
import { breathe, drive, md5, randomFile } from "../support/uploads.ts"

const MiB = 1024 * 1024
/** Longer than what the kernel accepts at once, so that a part of it stays in this process. */
const size = 24 * MiB
const patient = 60_000
const pem = Fs.readFileSync(new URL("../fixtures/loopback.pem", import.meta.url), "utf8")

/** A pool that overwrites each buffer as soon as it may be lent again. */
const poisoned = () => {
  const pool = BufferPool.make({ count: 1, size })
  const count = { lent: 0, returned: 0, lost: 0 }
  const poisonous: BufferPool.BufferPool = {
    ...pool,
    borrow: (length, use) =>
      pool.borrow(length, (buffer, lose) => {
        count.lent++
        let isLost = false
        const once = use(buffer, () => {
          isLost = true
          lose()
        })
        return Effect.ensuring(
          once,
          Effect.sync(() => {
            count[isLost ? "lost" : "returned"]++
            if (!isLost) buffer.fill(0xee)
          }),
        )
      }),
  }
  return { pool: poisonous, count }
}

/** What one request brought to the server. */
interface Arrival {
  bytes: number
  /** Whether every byte was that of the file at the same place. */
  isPrefix: boolean
  ended: boolean
  readonly md5: ReturnType<typeof createHash>
}

type Scheme = "http" | "https"
type Answer = (request: Http.IncomingMessage, response: Http.ServerResponse, attempt: number) => void

const server = (scheme: Scheme, content: Buffer, answer: Answer) => {
  const arrivals: Array<Arrival> = []
  const onRequest: Http.RequestListener = (request, response) => {
    const arrival: Arrival = { bytes: 0, isPrefix: true, ended: false, md5: createHash("md5") }
    arrivals.push(arrival)
    request.on("data", (data: Buffer) => {
      arrival.isPrefix &&= data.equals(content.subarray(arrival.bytes, arrival.bytes + data.byteLength))
      arrival.bytes += data.byteLength
      arrival.md5.update(data)
    })
    request.on("end", () => {
      arrival.ended = true
    })
    request.on("error", () => {})
    answer(request, response, arrivals.length)
  }
  return Effect.acquireRelease(
    Effect.callback<{
      readonly base: string
      readonly arrivals: ReadonlyArray<Arrival>
      readonly listening: Http.Server
    }>((resume) => {
      const listening =
        scheme === "http" ? Http.createServer(onRequest) : Https.createServer({ key: pem, cert: pem }, onRequest)
      listening.listen(0, "127.0.0.1", () => {
        const { port } = listening.address() as AddressInfo
        resume(Effect.succeed({ listening, base: `${scheme}://127.0.0.1:${port}`, arrivals }))
      })
    }),
    ({ listening }) =>
      Effect.sync(() => {
        listening.closeAllConnections()
        listening.close()
      }),
  )
}

const Client = NodeHttpClient.layerUndiciNoDispatcher.pipe(
  Layer.provide(NodeHttpClient.layerDispatcherOptions({ connect: { ca: pem } })),
)
const Live = Layer.mergeAll(Client, Origins.layer)

const send = (path: string, base: string, pool: BufferPool.BufferPool) =>
  Effect.gen(function* () {
    const file = yield* LocalFile.open(path)
    const events: Array<UploadEvent> = []
    const sender = ChunkSender.make({
      client: yield* HttpClient.HttpClient,
      clock: yield* ServerClock.ofAsset({ uploadUrls: [] }),
      origins: yield* Origins,
      file,
      pool,
      filetype: "video/mp4",
      onEvent: (event) => Effect.sync(() => void events.push(event)),
    })
    const sending = sender.send({ index: 0, offset: 0, length: file.bytes }, Redacted.make(`${base}/part/1`))
    // Virtual time advances only between attempts, because sockets take real time.
    return yield* drive(sending, () => events.at(-1)?._tag === "ChunkFailed")
  }).pipe(Effect.scoped, Effect.provideService(RefusalProbe, { ask: () => Effect.undefined }), Effect.provide(Live))

const store =
  (content: Buffer): Answer =>
  (request, response) => {
    request.on("end", () => response.writeHead(200, { "content-length": 0, etag: `"${md5(content)}"` }).end())
  }

/** Lets a server that reads slowly receive what is still in flight. */
const settled = (arrivals: ReadonlyArray<Arrival>) =>
  Effect.gen(function* () {
    for (let quiet = 0, seen = -1; quiet < 50; quiet++) {
      const now = arrivals.reduce((total, { bytes }) => total + bytes, 0)
      if (now !== seen) quiet = 0
      seen = now
      yield* breathe
    }
  })

describe("the buffer of a chunk", () => {
  for (const scheme of ["http", "https"] as const) {
    it.effect.each([
      [
        "reads it slowly",
        1,
        (request: Http.IncomingMessage) => {
          request.on("data", () => {
            request.pause()
            setImmediate(() => request.resume())
          })
        },
      ],
      [
        "rejects the first attempt while it is being sent, and reads on",
        2,
        (request: Http.IncomingMessage, response: Http.ServerResponse) => {
          request.once("data", () => {
            request.pause()
            response.writeHead(503, { "content-type": "application/xml" })
            response.end("<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>")
            // The client has the response by then, and its buffer is back in the pool.
            const after = (turns: number): void =>
              turns === 0 ? void request.resume() : void setImmediate(() => after(turns - 1))
            after(50)
          })
        },
      ],
      [
        "resets the connection of the first attempt",
        2,
        (request: Http.IncomingMessage) => {
          request.once("data", () => void request.socket.destroy())
        },
      ],
    ] as const)(
      `reaches a server of ${scheme} that %s, and returns to the pool once for each attempt`,
      ([, attempts, first]) =>
        Effect.gen(function* () {
          const { content, path } = yield* randomFile(size)
          const stored = store(content)
          const { arrivals, base } = yield* server(scheme, content, (request, response, attempt) => {
            if (attempt < attempts || attempts === 1) first(request, response)
            if (attempt === attempts) stored(request, response, attempt)
          })
          const { count, pool } = poisoned()
          assert.deepStrictEqual(yield* send(path, base, pool), Exit.succeed("md5"))
          yield* settled(arrivals)
          assert.deepStrictEqual(
            arrivals.map(({ isPrefix }) => isPrefix),
            arrivals.map(() => true),
          )
          assert.strictEqual(arrivals.length, attempts)
          assert.strictEqual(arrivals.at(-1)?.md5.digest("hex"), md5(content))
          assert.deepStrictEqual(count, { lent: attempts, returned: attempts, lost: 0 })
          assert.strictEqual(pool.allocated(), 1)
        }).pipe(Effect.scoped),
      patient,
    )

    it.effect(
      `is not overwritten under a request to a server of ${scheme} that was interrupted`,
      () =>
        Effect.gen(function* () {
          const { content, path } = yield* randomFile(size)
          let held: Http.IncomingMessage | undefined
          const { arrivals, base } = yield* server(scheme, content, (request) => {
            request.once("data", () => {
              held = request.pause()
            })
          })
          const { count, pool } = poisoned()
          const fiber = yield* Effect.forkChild(send(path, base, pool))
          while (held === undefined) yield* breathe
          yield* Fiber.interrupt(fiber)
          held.resume()
          yield* settled(arrivals)
          assert.isTrue(arrivals[0]?.isPrefix)
          assert.isFalse(arrivals[0]?.ended)
          assert.isBelow(arrivals[0]?.bytes ?? size, size)
          assert.deepStrictEqual(count, { lent: 1, returned: 1, lost: 0 })
        }).pipe(Effect.scoped),
      patient,
    )
  }

  it.effect("is lost to the pool if a client other than undici may still send it after a failure", () =>
    Effect.sync(() => {
      for (const bytes of [1024, MiB]) {
        assert.isTrue(Pieces.offer(new Uint8Array(bytes), () => {}).end(false))
        assert.isFalse(Pieces.offer(new Uint8Array(bytes), () => {}).end(true))
      }
    }),
  )
})
