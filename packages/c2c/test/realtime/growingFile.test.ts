import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import * as Fs from "node:fs"
import * as GrowingFile from "../../src/internal/realtime/growingFile.ts"
import { isOpen, temporaryFile } from "../support/uploads.ts"

const day = 86_400

describe("GrowingFile", () => {
  it.effect("reports when the file was created, or when it was written if that was earlier than the creation", () =>
    Effect.gen(function* () {
      const path = yield* temporaryFile(Buffer.from("abc"))
      const { birthtimeMs } = Fs.statSync(path)
      const now = Math.floor(birthtimeMs / 1000)
      Fs.utimesSync(path, now + day, now + day)
      assert.closeTo((yield* GrowingFile.open(path)).createdAt, birthtimeMs, 1)
      // A copy of an older recording is newer than its content.
      Fs.utimesSync(path, now - day, now - day)
      assert.strictEqual((yield* GrowingFile.open(path)).createdAt, (now - day) * 1000)
    }),
  )

  it.effect("reports the size as it grows, and no change until the recording has ended", () =>
    Effect.gen(function* () {
      const path = yield* temporaryFile(Buffer.from("abc"))
      const file = yield* GrowingFile.open(path)
      assert.deepStrictEqual([file.version.bytes, yield* file.size], [3, 3])
      Fs.appendFileSync(path, "def")
      yield* file.unchanged
      assert.strictEqual(yield* file.size, 6)
      assert.strictEqual((yield* file.end).bytes, 6)
      yield* file.unchanged
      Fs.appendFileSync(path, "g")
      const error = yield* Effect.flip(file.unchanged)
      assert.strictEqual(error._tag, "FileChanged")
    }),
  )

  it.effect("compares the size with the largest size seen so far", () =>
    Effect.gen(function* () {
      const path = yield* temporaryFile(Buffer.from("abcdef"))
      const file = yield* GrowingFile.open(path)
      Fs.appendFileSync(path, "ghi")
      yield* file.size
      Fs.truncateSync(path, 8)
      const error = yield* Effect.flip(file.end)
      assert.include(error.message, "shortened from 9 to 8 bytes")
    }),
  )

  it.effect("fails to open a file with fewer bytes than an earlier process has sent", () =>
    Effect.gen(function* () {
      const path = yield* temporaryFile(Buffer.from("abc"))
      const error = yield* Effect.flip(Effect.scoped(GrowingFile.open(path, 4)))
      assert.include(error.message, "shortened from 4 to 3 bytes")
      assert.isFalse(isOpen(path))
    }),
  )
})
