/** The buffer of a chunk on its way through undici and a socket, and its return to the pool. */
import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Fiber } from "effect"
import { channel } from "node:diagnostics_channel"
import type * as Http from "node:http"
import * as BufferPool from "../../src/internal/upload/bufferPool.ts"
import * as Pieces from "../../src/internal/upload/pieces.ts"
import { send, server, settled, store } from "../support/storageServer.ts"
import { breathe, md5, randomFile } from "../support/uploads.ts"

const MiB = 1024 * 1024
/** Longer than what the kernel accepts at once, so that a part of it stays in this process. */
const size = 24 * MiB
const patient = 60_000

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

  it("counts as accepted when undici has asked for more after the last piece, and not before", () => {
    const pieces = (origin: string) => {
      const buffer = new Uint8Array(MiB)
      const progress: Array<readonly [pulled: number, accepted: number]> = []
      const offer = Pieces.offer(buffer, (...one) => progress.push(one))
      const request = { origin, body: buffer as unknown }
      channel("undici:request:create").publish({ request })
      const iterator = (request.body as Iterable<Uint8Array>)[Symbol.iterator]()
      const lengths: Array<number> = []
      const take = () => {
        const { done, value } = iterator.next()
        if (done !== true) lengths.push(value.byteLength)
      }
      return { iterator, lengths, offer, progress, take }
    }
    const encrypted = pieces("https://s3.example")
    for (let piece = 0; piece < 8; piece++) encrypted.take()
    assert.deepStrictEqual(encrypted.progress.at(-1), [MiB, (MiB * 7) / 8])
    encrypted.iterator.return?.()
    assert.deepStrictEqual(encrypted.progress.at(-1), [MiB, (MiB * 7) / 8])
    encrypted.offer.end(false)

    const plain = pieces("http://127.0.0.1:9000")
    plain.take()
    assert.deepStrictEqual([plain.lengths, plain.progress.at(-1)], [[MiB], [MiB, 0]])
    plain.take()
    assert.deepStrictEqual([plain.lengths, plain.progress.at(-1)], [[MiB], [MiB, MiB]])
    plain.offer.end(true)
  })

  it.effect("is lost to the pool if a client other than undici may still send it after a failure", () =>
    Effect.sync(() => {
      for (const bytes of [1024, MiB]) {
        assert.isTrue(Pieces.offer(new Uint8Array(bytes), () => {}).end(false))
        assert.isFalse(Pieces.offer(new Uint8Array(bytes), () => {}).end(true))
      }
    }),
  )
})
