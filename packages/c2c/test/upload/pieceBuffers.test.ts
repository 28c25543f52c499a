/** The buffers of a streamed chunk, which are used again under the eyes of the socket. */
import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit } from "effect"
import type * as Http from "node:http"
import * as BufferPool from "../../src/internal/upload/bufferPool.ts"
import * as ChunkBody from "../../src/internal/upload/chunkBody.ts"
import * as PieceBuffers from "../../src/internal/upload/pieceBuffers.ts"
import * as Stopwatch from "../../src/internal/upload/stopwatch.ts"
import { send, server, store } from "../support/storageServer.ts"
import { md5, randomFile } from "../support/uploads.ts"

const MiB = 1024 * 1024
const patient = 60_000
const pool = BufferPool.make({ count: 1, size: 0 })

/** Counts the memories into which a file is read. */
const counting = () => {
  const memories = new Set<ArrayBufferLike>()
  let reads = 0
  const using = (file: ChunkBody.Source): ChunkBody.Source => ({
    unchanged: file.unchanged,
    read: (buffer, position) => {
      reads++
      memories.add(buffer.buffer)
      return file.read(buffer, position)
    },
  })
  return { using, count: () => ({ reads, memories: memories.size }) }
}

describe("the pieces of a streamed chunk", () => {
  for (const scheme of ["http", "https"] as const) {
    it.effect(
      `reach a slow server of ${scheme} unchanged, from a few buffers`,
      () =>
        Effect.gen(function* () {
          const { content, path } = yield* randomFile(72 * MiB + 5)
          const stored = store(content)
          let seen = 0
          const { arrivals, base } = yield* server(
            scheme,
            content,
            (request: Http.IncomingMessage, response, attempt) => {
              request.on("data", () => {
                if (++seen % 64 !== 0) return
                request.pause()
                setTimeout(() => request.resume(), 1)
              })
              stored(request, response, attempt)
            },
          )
          const { count, using } = counting()
          assert.deepStrictEqual(yield* send(path, base, pool, using), Exit.succeed("md5"))
          assert.strictEqual(arrivals.length, 1)
          assert.isTrue(arrivals[0]?.isPrefix)
          assert.strictEqual(arrivals[0]?.md5.digest("hex"), md5(content))
          const { memories, reads } = count()
          assert.strictEqual(reads, 73)
          assert.isBelow(memories, 16)
        }).pipe(Effect.scoped),
      patient,
    )
  }

  it.effect.each(
    (["http", "https"] as const).flatMap((scheme) =>
      (["a buffer", "a stream"] as const).map((body) => [body, scheme, body === "a stream" ? 65 : 8] as const),
    ),
  )(
    "of %s and the ETag of a server of %s that closes the connection are proof",
    ([, scheme, mebibytes]) =>
      Effect.gen(function* () {
        const { content, path } = yield* randomFile(mebibytes * MiB)
        const { arrivals, base } = yield* server(scheme, content, (request, response) => {
          request.on("end", () =>
            response.writeHead(200, { connection: "close", "content-length": 0, etag: '"kms-key"' }).end(),
          )
        })
        assert.deepStrictEqual(
          yield* send(path, base, BufferPool.make({ count: 1, size: 8 * MiB })),
          Exit.succeed("etag"),
        )
        assert.strictEqual(arrivals.length, 1)
      }).pipe(Effect.scoped),
    patient,
  )

  it("are not proven by a response that arrives while the socket holds the last ones", () => {
    const chunk = { index: 0, offset: 0, length: 70 * MiB }
    const isEarly = (accepted: number | undefined) =>
      ChunkBody.isEarly(chunk, {
        pulled: chunk.length,
        taken: chunk.length - 2 * MiB,
        queued: Object.assign(() => undefined, { accepted: () => accepted }),
        waited: Stopwatch.make(),
      })
    assert.isTrue(isEarly(chunk.length - MiB))
    assert.isFalse(isEarly(chunk.length - 64 * 1024))
    assert.isFalse(isEarly(undefined))
  })

  it("have a buffer of their own until the socket has accepted it", () => {
    let accepted: number | undefined
    const at = PieceBuffers.make(10, () => accepted)
    const first = at(0)
    const second = at(10)
    assert.notStrictEqual(second, first)
    accepted = 9
    assert.notStrictEqual(at(20), first)
    accepted = 10
    assert.strictEqual(at(30), first)
    assert.notStrictEqual(at(40), second)
    accepted = undefined
    assert.notStrictEqual(at(50), second)
  })

  it("do not keep the memory that a socket never accepts", () => {
    let accepted = 0
    const at = PieceBuffers.make(10, () => accepted)
    const first = Array.from({ length: 20 }, (_, piece) => at(piece * 10))
    accepted = 1000
    const more = Array.from({ length: 20 }, (_, piece) => at(200 + piece * 10))
    assert.deepStrictEqual(
      [...new Set(more)].map((buffer) => first.indexOf(buffer)),
      [12, 13, 14, 15, 16, 17, 18, 19],
    )
  })
})
