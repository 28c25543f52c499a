import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import * as Fs from "node:fs"
import * as Os from "node:os"
import * as Path from "node:path"
import * as OneRun from "../../support/oneRun.ts"

const dryRun = (...args: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    const folder = yield* Effect.acquireRelease(
      Effect.sync(() => Fs.mkdtempSync(Path.join(Os.tmpdir(), "holdfast-dry-"))),
      (path) => Effect.sync(() => Fs.rmSync(path, { recursive: true, force: true })),
    )
    Fs.writeFileSync(Path.join(folder, "A.mov"), "four")
    const ran = yield* OneRun.command(["upload", "--dry-run", "--api", "http://127.0.0.1:9", folder, ...args])
    return { ...ran, folder }
  }).pipe(Effect.scoped)

describe("holdfast upload --dry-run", () => {
  it.live("lists the files with their sizes, and sends nothing", () =>
    Effect.gen(function* () {
      const { exitCode, folder, stderr, stdout } = yield* dryRun()
      assert.deepStrictEqual([exitCode, stdout], [0, [`      4 B  ${Path.join(folder, "A.mov")}`]])
      assert.deepStrictEqual(stderr, ["1 file, 4 B; nothing was sent"])
    }),
  )

  it.live("reports a file that cannot be read, lists the others, and exits with 7", () =>
    Effect.gen(function* () {
      const { exitCode, folder, stdout } = yield* dryRun("/nonexistent/B.mov", "--json")
      assert.strictEqual(exitCode, 7)
      const { files } = JSON.parse(stdout[0] ?? "") as { readonly files: ReadonlyArray<unknown> }
      assert.deepStrictEqual(files[0], { path: Path.join(folder, "A.mov"), bytes: 4, error: null })
      assert.deepInclude(files[1], { path: "/nonexistent/B.mov", bytes: null })
    }),
  )

  it.live("exits with 2 if a folder has no file that matches", () =>
    Effect.gen(function* () {
      const { exitCode, stderr } = yield* dryRun("--include", "*.wav")
      assert.strictEqual(exitCode, 2)
      assert.match(stderr[0] ?? "", /contains no file to send; check the folder and the patterns/)
    }),
  )
})
