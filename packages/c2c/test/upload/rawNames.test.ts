import { assert, describe, it } from "@effect/vitest"
import * as LocalFile from "@holdfast/c2c/LocalFile"
import { Effect } from "effect"
import * as Fs from "node:fs"
import { tmpdir } from "node:os"
import * as Path from "node:path"
import * as RawNames from "../../src/internal/upload/rawNames.ts"

/** A temporary folder; the file systems of macOS and Windows reject names that are not UTF-8. */
const folder = Effect.acquireRelease(
  Effect.sync(() => Fs.realpathSync(Fs.mkdtempSync(Path.join(tmpdir(), "holdfast-names-")))),
  (path) => Effect.sync(() => Fs.rmSync(path, { recursive: true, force: true })),
)

describe("a name that is not UTF-8", () => {
  it.each([
    [[0x61, 0xff, 0x2e, 0x6d], "a\\xff.m"],
    [[0xe9, 0x74, 0xe9], "\\xe9t\\xe9"],
    [[0xc3, 0xa9], "é"],
    [[0xf0, 0x9f, 0x8e, 0xa5], "🎥"],
    [[0xf0, 0x9f, 0x8e], "\\xf0\\x9f\\x8e"],
    [[0xef, 0xbf, 0xbd], "\ufffd"],
  ])("escapes invalid bytes and preserves valid text: %j", (bytes, text) => {
    assert.strictEqual(RawNames.escaped(Uint8Array.from(bytes)), text)
  })

  it.effect.skipIf(process.platform !== "linux")(
    "rejects a file name that is not UTF-8 and shows the escaped name, instead of reporting a missing file",
    () =>
      Effect.gen(function* () {
        const path = yield* folder
        Fs.writeFileSync(Buffer.concat([Buffer.from(`${path}/A00`), Buffer.from([0xff]), Buffer.from(".mov")]), "x")
        const error = yield* Effect.flip(LocalFile.open(`${path}/A00\ufffd.mov`))
        assert.strictEqual(error._tag, "NameNotUtf8")
        assert.strictEqual(error.message, `${path}/A00\\xff.mov: the path contains a name that is not valid UTF-8`)
        assert.strictEqual(error.verdict.retry, "never")
      }),
  )

  it.effect.skipIf(process.platform !== "linux")("rejects a file in a folder whose name is not UTF-8", () =>
    Effect.gen(function* () {
      const path = yield* folder
      const card = Buffer.concat([Buffer.from(`${path}/caf`), Buffer.from([0xe9])])
      Fs.mkdirSync(card)
      Fs.writeFileSync(Buffer.concat([card, Buffer.from("/a.mov")]), "x")
      const error = yield* Effect.flip(LocalFile.open(`${path}/caf\ufffd/a.mov`))
      assert.strictEqual(error.message, `${path}/caf\\xe9/a.mov: the path contains a name that is not valid UTF-8`)
    }),
  )

  it.effect("does not assume that a name is invalid UTF-8 if the file is missing or the name contains U+FFFD", () =>
    Effect.gen(function* () {
      const path = yield* folder
      assert.strictEqual((yield* Effect.flip(LocalFile.open(`${path}/none\ufffd.mov`)))._tag, "FileMissing")
      Fs.writeFileSync(`${path}/odd\ufffd.mov`, "x")
      assert.strictEqual((yield* LocalFile.open(`${path}/odd\ufffd.mov`)).bytes, 1)
    }),
  )
})
