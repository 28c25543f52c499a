import { assert, describe, it } from "@effect/vitest"
import { Queue } from "@holdfast/durable"
import type { UploadRecord } from "@holdfast/durable/UploadRecord"
import { Effect, Layer } from "effect"
import { Output } from "holdfast/Output"
import * as Following from "../../src/upload/Following.ts"
import * as UploadState from "../../src/upload/State.ts"
import { record } from "../support/uploadRecords.ts"

const receipt = {
  path: "/media/card/A001_C003.mov",
  assetId: "asset",
  name: "A001_C003.mov",
  bytes: 4_200_000,
  chunks: 17,
  verified: true,
  unproven: 0,
  resumed: false,
  resentBytes: 0,
}

/** Mirrors one record after another to the only file of a run, and returns what was reported and what is shown. */
const mirror = (...records: ReadonlyArray<UploadRecord | undefined>) => {
  const lines = { stdout: [], stderr: [] }
  return Effect.gen(function* () {
    const output = yield* Output
    const run = yield* UploadState.make({ paths: ["A001_C003.mov"], json: false, output })
    const reported: Array<string> = []
    const end = (text: string) =>
      Effect.sync(() => {
        reported.push(text)
        run.update(0, { outcome: "ok" })
      })
    const results: Following.Results = {
      done: (_, { chunks }) => end(`done, ${chunks} chunks`),
      failed: () => end("failed"),
      ended: (_, { tag }) => end(tag),
    }
    const shown: Array<number | undefined> = []
    for (const one of records) {
      yield* Following.mirror(run, new Map([[record().id, 0]]), one === undefined ? [] : [one], results)
      shown.push((yield* run.snapshot)?.files[0]?.reading.confirmed)
    }
    return { reported, shown }
  }).pipe(Effect.provide([Output.layerMemory(lines), Layer.mock(Queue, { receipt: () => Effect.succeed(receipt) })]))
}

const error = { tag: "ChannelPaused", message: "paused", exitCode: 6 }

describe("A file that another process sends", () => {
  it.effect("shows the confirmed bytes, and is reported once when it is done", () =>
    Effect.gen(function* () {
      const sending = record({ state: "sending", confirmed: 1_000_000 })
      const done = record({ state: "done", confirmed: 4_200_000 })
      const { reported, shown } = yield* mirror(record(), sending, done, done)
      assert.deepStrictEqual(reported, ["done, 17 chunks"])
      assert.deepStrictEqual(shown, [undefined, 1_000_000, undefined, undefined])
    }),
  )

  it.effect("has not ended while the other process has not carried out a retry", () =>
    Effect.gen(function* () {
      const failed = record({ state: "failed", error })
      assert.deepStrictEqual((yield* mirror({ ...failed, wanted: "retry" })).reported, [])
      assert.deepStrictEqual((yield* mirror(failed)).reported, ["ChannelPaused"])
      assert.deepStrictEqual((yield* mirror(record({ state: "canceled", wanted: "retry" }))).reported, [])
    }),
  )

  it.effect("ends if it is canceled or removed from the queue", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual((yield* mirror(record({ state: "canceled" }))).reported, ["Canceled"])
      assert.deepStrictEqual((yield* mirror(record(), undefined)).reported, ["Removed"])
    }),
  )
})
