import { assert, describe, it } from "@effect/vitest"
import * as Progress from "@holdfast/c2c/Progress"
import { Effect, Exit } from "effect"
import { MiB, realtimeApi, realtimeEngine, recorder } from "../support/realtime.ts"
import { drive, storage } from "../support/uploads.ts"

const succeeded = <A, E>(exit: Exit.Exit<A, E>): A => {
  assert(Exit.isSuccess(exit), `the upload failed: ${String(exit)}`)
  return exit.value
}

describe("RealtimeUploader", () => {
  it.effect("sends each part while the recording grows, and the final part with the size of the asset", () =>
    Effect.gen(function* () {
      const { content, finished, path, run } = yield* recorder(13 * MiB + 7)
      const store = storage()
      const server = realtimeApi()
      const { events, upload } = realtimeEngine(store, server)
      const [receipt] = succeeded(yield* drive(Effect.all([upload({ path, finished }), run], { concurrency: 2 })))
      assert.isTrue(store.joined(1).equals(content))
      assert.deepStrictEqual(receipt, {
        path,
        assetId: "asset-1",
        name: "take.mov",
        bytes: 13 * MiB + 7,
        chunks: 3,
        verified: true,
        unproven: 0,
        resumed: false,
        resentBytes: 0,
        rewritten: 0,
      })
      assert.deepStrictEqual(server.parts, [
        { parts: [{ number: 1, size: 5 * MiB, isFinal: false }] },
        { parts: [{ number: 2, size: 5 * MiB, isFinal: false }] },
        { parts: [{ number: 3, size: 3 * MiB + 7, isFinal: true }], assetFilesize: 13 * MiB + 7 },
      ])
      const confirmedAt = events.findIndex((event) => event._tag === "ChunkConfirmed")
      const endedAt = events.findIndex((event) => event._tag === "Ended")
      assert.isTrue(confirmedAt !== -1 && confirmedAt < endedAt)
      const end = events.reduce(Progress.next, Progress.empty)
      assert.deepStrictEqual(
        [end.bytes, end.sent, end.confirmed, end.chunks, end.chunksConfirmed],
        [13 * MiB + 7, 13 * MiB + 7, 13 * MiB + 7, 3, 3],
      )
    }),
  )
})
