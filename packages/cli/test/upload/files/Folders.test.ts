import { assert, describe, it } from "@effect/vitest"
import { ObjectDenied } from "@holdfast/c2c/ObjectError"
import { local, SourceFiles, type Files } from "@holdfast/c2c/SourceFile"
import { Verdict } from "@holdfast/core"
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

/** Expands a folder in S3 with a listing. */
const expandListed = (path: string, patterns: Folders.Patterns, list: Files["list"]) =>
  Folders.expand([path], patterns).pipe(
    Effect.provideService(SourceFiles, { ...local({ detail: "", action: "" }), list }),
  )

/** Expands a folder in S3 with these keys. */
const expandObjects = (path: string, patterns: Folders.Patterns, ...keys: ReadonlyArray<string>) =>
  expandListed(path, patterns, (folder) =>
    Effect.succeed(keys.map((key) => `s3://reels/${key}`).filter((found) => found.startsWith(folder))),
  )

describe("A folder in S3 on the command line", () => {
  const keys = ["B.mov", "A 1/é.mov", ".hidden", "C.tmp", "proxies/.x/D.mov", "proxies/E.mov", "notes.txt"]

  it.effect("is replaced by the objects in it in the order of their keys, without hidden and temporary names", () =>
    Effect.gen(function* () {
      const folder = keys.map((key) => `Day 1/${key}`)
      const { empty, paths, skipped } = yield* expandObjects("s3://reels/Day 1/", none, ...folder, "Day 2/F.mov")
      assert.deepStrictEqual(
        paths,
        ["A 1/é.mov", "B.mov", "notes.txt", "proxies/E.mov"].map((key) => `s3://reels/Day 1/${key}`),
      )
      assert.deepStrictEqual([empty, skipped], [[], []])
    }),
  )

  it.effect("is filtered by the patterns, also if it is a whole bucket", () =>
    Effect.gen(function* () {
      const patterns = { include: ["*.mov"], exclude: ["proxies"] }
      const { paths } = yield* expandObjects("s3://reels", patterns, ...keys)
      assert.deepStrictEqual(paths, ["s3://reels/A 1/é.mov", "s3://reels/B.mov"])
    }),
  )

  it.effect("is reported as empty if no object is selected", () =>
    Effect.gen(function* () {
      const { empty, paths } = yield* expandObjects("s3://reels/none/", none, ...keys)
      assert.deepStrictEqual([empty, paths], [["s3://reels/none/"], []])
    }),
  )

  it.effect("fails if it cannot be listed", () =>
    Effect.gen(function* () {
      const denied = new ObjectDenied({ path: "s3://reels/", verdict: Verdict.never(), detail: "", action: "" })
      const error = yield* Effect.flip(expandListed("s3://reels/", none, () => Effect.fail(denied)))
      assert.strictEqual(error, denied)
    }),
  )
})
