import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import * as Fs from "node:fs"
import * as Os from "node:os"
import * as Path from "node:path"
import * as Duplicates from "../../../src/upload/files/Duplicates.ts"
import * as OneRun from "../../support/oneRun.ts"

const folder = Effect.acquireRelease(
  Effect.sync(() => Fs.mkdtempSync(Path.join(Os.tmpdir(), "holdfast-twice-"))),
  (path) => Effect.sync(() => Fs.rmSync(path, { recursive: true, force: true })),
)

describe("a file that is named twice", () => {
  it.live.each([
    ["by the same path", (clip: string) => clip],
    ["by ./", (clip: string) => `${Path.dirname(clip)}/./${Path.basename(clip)}`],
    ["by a symbolic link", (clip: string) => (Fs.symlinkSync(clip, `${clip}.link`), `${clip}.link`)],
    ["by a second hard link", (clip: string) => (Fs.linkSync(clip, `${clip}.hard`), `${clip}.hard`)],
    [
      "through a linked folder",
      (clip: string) => (Fs.symlinkSync(Path.dirname(clip), `${clip}.folder`), `${clip}.folder/${Path.basename(clip)}`),
    ],
  ] as const)("rejects the file before anything is sent: %s", ([, again]) =>
    Effect.gen(function* () {
      const clip = Path.join(yield* folder, "clip.mov")
      Fs.writeFileSync(clip, "x")
      const other = `${clip}.other`
      Fs.writeFileSync(other, "x")
      const ran = yield* OneRun.command(["upload", "--sandbox", "--json", clip, other, again(clip)])
      assert.strictEqual(ran.exitCode, 2)
      assert.deepStrictEqual(ran.stdout, [])
      assert.match(
        ran.stderr.join("\n"),
        /(?:is named twice|are the same file); specify each file only once; nothing was sent$/,
      )
    }).pipe(Effect.scoped),
  )

  it.live("does not take two objects of S3 for the same file whose keys differ in a slash", () =>
    Effect.gen(function* () {
      const paths = ["s3://b/a/c.mov", "s3://b/a//c.mov", "s3://b/a/c.mov"]
      assert.deepStrictEqual(yield* Duplicates.find(paths.slice(0, 2)), undefined)
      assert.deepStrictEqual(yield* Duplicates.find(paths), { first: "s3://b/a/c.mov", second: "s3://b/a/c.mov" })
    }),
  )

  it.live("a file that is named twice is reported even if it does not exist", () =>
    Effect.gen(function* () {
      const ran = yield* OneRun.command(["upload", "--sandbox", "none.mov", "./none.mov"])
      assert.deepStrictEqual(
        [ran.exitCode, ran.stderr],
        [2, ["holdfast: none.mov and ./none.mov are the same file; specify each file only once; nothing was sent"]],
      )
    }),
  )
})
