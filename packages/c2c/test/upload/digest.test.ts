/** The hashes of chunks, and when they are computed. */
import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit } from "effect"
import { HttpClient, HttpClientResponse } from "effect/http"
import { createHash, Hash, randomBytes } from "node:crypto"
import { channel } from "node:diagnostics_channel"
import { vi } from "vitest"
import * as Digest from "../../src/internal/upload/digest.ts"
import { journal } from "../support/sessions.ts"
import { api, drive, engine, md5, randomFile, storage, stored } from "../support/uploads.ts"

const { sliceSize } = Digest

const algorithms = ["md5", "sha256"] as const
const hexOf = (algorithm: "md5" | "sha256", bytes: Uint8Array) => createHash(algorithm).update(bytes).digest("hex")

/** A buffer that reports the length of each part that is read. */
const reporting = (length: number, onRead: (bytes: number) => void): Uint8Array => {
  const bytes = new Uint8Array(length)
  return Object.assign(bytes, {
    subarray: (start: number, end: number) => {
      onRead(end - start)
      return new Uint8Array(bytes.buffer, start, end - start)
    },
  })
}

describe("Digest", () => {
  it.effect.each([0, 1, sliceSize - 1, sliceSize, sliceSize + 1, 3 * sliceSize + 5])(
    "is that of the whole buffer of %d bytes, however far it has advanced",
    (length) =>
      Effect.gen(function* () {
        const bytes = randomBytes(length)
        for (const algorithm of algorithms) {
          for (const ends of [[], [length], [10, 10, 5, 90_000, sliceSize, 2 * sliceSize], [sliceSize, length]]) {
            const digest = Digest.make(algorithm, bytes)
            for (const end of ends) digest.advance(Math.min(end, length))
            assert.strictEqual(yield* digest.hex, hexOf(algorithm, bytes), `${algorithm} after ${ends.join(", ")}`)
          }
        }
      }),
  )

  it.effect("hashes the rest of a buffer in slices, with a turn of the event loop after each", () =>
    Effect.gen(function* () {
      let turn = 0
      const reads: Array<readonly [turn: number, bytes: number]> = []
      const digest = Digest.make(
        "md5",
        reporting(4 * sliceSize + 7, (bytes) => reads.push([turn, bytes])),
      )
      digest.advance(sliceSize)
      const fiber = yield* Effect.forkChild(digest.hex)
      while (fiber.pollUnsafe() === undefined) {
        yield* Effect.promise(() => new Promise((resolve) => setImmediate(resolve)))
        turn++
      }
      assert.deepStrictEqual(
        reads.map(([, bytes]) => bytes),
        [sliceSize, sliceSize, sliceSize, sliceSize, 7],
      )
      assert.strictEqual(new Set(reads.slice(1).map(([turn]) => turn)).size, 4)
    }),
  )

  it("does not hash more than a slice without a break, and no byte twice", () => {
    const reads: Array<number> = []
    const digest = Digest.make(
      "md5",
      reporting(4 * sliceSize, (bytes) => reads.push(bytes)),
    )
    for (const end of [sliceSize + 1, 100, 50, 100, sliceSize + 100, 4 * sliceSize]) digest.advance(end)
    assert.deepStrictEqual(reads, [100, sliceSize])
  })

  it.effect("returns the same hash when it is asked again", () =>
    Effect.gen(function* () {
      const bytes = randomBytes(3 * sliceSize)
      const { hex } = Digest.make("md5", bytes)
      assert.deepStrictEqual([yield* hex, yield* hex], [hexOf("md5", bytes), hexOf("md5", bytes)])
    }),
  )
})

describe("the MD5 of a chunk", () => {
  const MiB = 1024 * 1024

  /** Counts the bytes that are hashed until the scope closes. */
  const hashing = Effect.acquireRelease(
    Effect.sync(() => {
      const count = { bytes: 0 }
      const update: (this: Hash, data: string | NodeJS.ArrayBufferView) => Hash = Hash.prototype.update
      const spy = vi.spyOn(Hash.prototype, "update").mockImplementation(function (
        this: Hash,
        data: string | NodeJS.ArrayBufferView,
      ) {
        count.bytes += typeof data === "string" ? 0 : data.byteLength
        return update.call(this, data)
      })
      return { count, spy }
    }),
    ({ spy }) => Effect.sync(() => spy.mockRestore()),
  )

  /** Uploads three chunks. Returns how many bytes were hashed while each chunk was sent, and how many in total. */
  const upload = (statesMd5: ReadonlyArray<boolean>, session?: ReturnType<ReturnType<typeof journal>["session"]>) =>
    Effect.gen(function* () {
      const { path } = yield* randomFile(3 * MiB)
      const { count } = yield* hashing
      const whileSent: Array<number> = []
      // Takes the body in pieces, as undici does over TLS.
      const client = HttpClient.make((request) =>
        Effect.sync(() => {
          const { body } = request
          if (body._tag !== "Uint8Array") throw new Error("not buffered")
          const taken = { body: body.body as unknown, origin: "https://storage.test" }
          channel("undici:request:create").publish({ request: taken })
          const before = count.bytes
          const pieces = [...(taken.body as Iterable<Uint8Array>)]
          whileSent.push(count.bytes - before)
          const isStated = statesMd5[whileSent.length - 1] === true
          const counted = count.bytes
          const etag = isStated ? md5(Buffer.concat(pieces)) : "not-a-digest"
          count.bytes = counted
          return HttpClientResponse.fromWeb(request, stored(etag))
        }),
      )
      const exit = yield* drive(engine({ ...storage(), client }, api(3)).upload({ path, parallel: 1, session }))
      assert.isTrue(Exit.isSuccess(exit))
      return { whileSent, total: count.bytes }
    }).pipe(Effect.scoped)

  it.effect("is computed while it is sent if the storage stated an MD5 before, and otherwise after", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* upload([true, true, true]), { whileSent: [0, MiB, MiB], total: 3 * MiB })
      assert.deepStrictEqual(yield* upload([true, false, true]), { whileSent: [0, MiB, 0], total: 3 * MiB })
    }),
  )

  it.effect("is not computed if nothing needs it", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* upload([false, false, false]), { whileSent: [0, 0, 0], total: 0 })
    }),
  )

  it.effect("is computed while it is sent if a session records it", () =>
    Effect.gen(function* () {
      const recorded = journal()
      const expected = { whileSent: [MiB, MiB, MiB], total: 3 * MiB }
      assert.deepStrictEqual(yield* upload([false, false, false], recorded.session()), expected)
      assert.strictEqual(recorded.confirmed.size, 3)
    }),
  )
})
