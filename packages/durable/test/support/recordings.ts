/** Recordings for the tests of the queue: a recorder in virtual time, and an API for complete files and recordings. */
import { C2cClient } from "@holdfast/c2c/C2cClient"
import { Effect, Layer } from "effect"
import { randomBytes } from "node:crypto"
import * as Fs from "node:fs"
import { realtimeApi } from "../../../c2c/test/support/realtime.ts"
import { type api, temporaryFile } from "../../../c2c/test/support/uploads.ts"

export { MiB, realtimeApi, rewrite } from "../../../c2c/test/support/realtime.ts"

/** A recorder that appends `piece` bytes every five seconds. */
export const recorder = (bytes: number, piece: number) =>
  Effect.gen(function* () {
    const content = randomBytes(bytes)
    const path = yield* temporaryFile(new Uint8Array(), "take.mov")
    const run = Effect.gen(function* () {
      for (let at = 0; at < bytes; at += piece) {
        yield* Effect.sleep("5 seconds")
        Fs.appendFileSync(path, content.subarray(at, at + piece))
      }
    })
    return { content, path, run }
  })

/** The URLs of recordings begin with this number, so that they differ from those of complete files. */
export const firstAsset = 101

/** An API for complete files and for recordings. */
export const bothApi = (
  files: ReturnType<typeof api>,
  options: Omit<NonNullable<Parameters<typeof realtimeApi>[0]>, "sign"> = {},
) => {
  const recordings = realtimeApi({
    ...options,
    sign: (url) => url.replace(/test\/(\d+)/, (_, nth) => `test/${Number(nth) + firstAsset - 1}`),
  })
  const layer = Layer.unwrap(
    Effect.gen(function* () {
      const { createAsset } = yield* Effect.provide(C2cClient, files.layer)
      const { createRealtimeAsset, realtimeParts } = yield* Effect.provide(C2cClient, recordings.layer)
      return Layer.mock(C2cClient, { createAsset, createRealtimeAsset, realtimeParts })
    }),
  )
  return { layer, files, recordings }
}
