import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import * as Fs from "node:fs"
import * as Os from "node:os"
import * as Path from "node:path"
import * as Folders from "../../../src/upload/files/Folders.ts"

const none = { include: [], exclude: [] }

/** Makes a folder like that of a card, and expands it. */
const expand = (patterns: Folders.Patterns, ...more: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    const root = yield* Effect.acquireRelease(
      Effect.sync(() => Fs.mkdtempSync(Path.join(Os.tmpdir(), "holdfast-folder-"))),
      (path) => Effect.sync(() => Fs.rmSync(path, { recursive: true, force: true })),
    )
    for (const name of [
      "DCIM/B.mov",
      "DCIM/A.mov",
      "DCIM/new\nline.mov",
      "-dash.mov",
      ".hidden",
      "C.tmp",
      "notes.txt",
    ]) {
      Fs.mkdirSync(Path.dirname(Path.join(root, name)), { recursive: true })
      Fs.writeFileSync(Path.join(root, name), "")
    }
    Fs.mkdirSync(Path.join(root, "none"))
    Fs.symlinkSync("DCIM/A.mov", Path.join(root, "link.mov"))
    const short = (path: string) => Path.relative(root, path)
    const found = yield* Folders.expand([root, ...more.map((name) => Path.join(root, name))], patterns)
    return {
      paths: found.paths.map(short),
      skipped: found.skipped.map(({ path, reason }) => `${short(path)}: ${reason}`),
      empty: found.empty.map(short),
    }
  }).pipe(Effect.scoped)

describe("A folder on the command line", () => {
  it.effect("is replaced by its files in the order of their names, without hidden and temporary files and links", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* expand(none), {
        paths: ["-dash.mov", "DCIM/A.mov", "DCIM/B.mov", "DCIM/new\nline.mov", "notes.txt"],
        skipped: ["link.mov: links are not followed"],
        empty: [],
      })
    }),
  )

  it.effect("is filtered by the patterns, which do not concern files that are named", () =>
    Effect.gen(function* () {
      const { paths } = yield* expand({ include: ["*.mov"], exclude: ["DCIM"] }, "notes.txt")
      assert.deepStrictEqual(paths, ["-dash.mov", "notes.txt"])
    }),
  )

  it.effect("is reported as empty if it has no file, and a missing path is kept", () =>
    Effect.gen(function* () {
      const { empty, paths } = yield* expand({ include: ["*.wav"], exclude: [] }, "none", "missing.mov")
      assert.deepStrictEqual([empty, paths], [["", "none"], ["missing.mov"]])
    }),
  )
})
