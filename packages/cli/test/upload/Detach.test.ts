import { assert, describe, it } from "@effect/vitest"
import { Journal } from "@holdfast/durable"
import { Effect } from "effect"
import * as Fs from "node:fs"
import * as Os from "node:os"
import * as Path from "node:path"
import { Output } from "holdfast/Output"
import * as Place from "../../src/queue/Place.ts"
import * as Detach from "../../src/upload/Detach.ts"
import * as Failures from "../../src/upload/failures/Failures.ts"
import * as UploadState from "../../src/upload/State.ts"

const folder = Effect.acquireRelease(
  Effect.sync(() => Fs.mkdtempSync(Path.join(Os.tmpdir(), "holdfast-detach-"))),
  (path) => Effect.sync(() => Fs.rmSync(path, { recursive: true, force: true })),
)

/** Adds files to the queue in a folder. The files that `names` lists exist, except those that begin with `missing`. */
const detach = (
  directory: string,
  names: ReadonlyArray<string>,
  flags: { readonly quiet?: boolean; readonly json?: boolean } = {},
) =>
  Effect.gen(function* () {
    const lines = { stdout: new Array<string>(), stderr: new Array<string>() }
    const { json = false, quiet = false } = flags
    const paths = names.map((name) => Path.join(directory, name))
    for (const path of paths) if (!Path.basename(path).startsWith("missing")) Fs.writeFileSync(path, path)
    const run = yield* Effect.gen(function* () {
      const output = yield* Output
      const state = yield* UploadState.make({ paths, json, output })
      yield* Detach.add(state, Place.layer(Path.join(directory, "queue")), "holdfast upload sends the queue", {
        api: "https://api.frame.io",
        parallel: 5,
        createAgain: false,
        acceptUnverified: false,
        verifySource: false,
        quiet,
        json,
        failures: Failures.make(),
        home: Effect.succeed(Path.join(directory, "state")),
      })
      return state
    }).pipe(Effect.provide(Output.layerMemory(lines)))
    return { lines, entries: run.files.kept(), counts: run.files.counts() }
  })

const listed = (directory: string) =>
  Journal.use(({ list }) => list).pipe(
    Effect.provide(Journal.layer({ directory: Path.join(directory, "queue"), marks: Path.join(directory, "marks") })),
  )

describe("adding files without sending them", () => {
  it.live("leaves the files in the queue, and names the command that sends them", () =>
    Effect.gen(function* () {
      const directory = yield* folder
      const { counts, lines } = yield* detach(directory, ["A.mov", "B.mov"])
      assert.deepStrictEqual(lines.stderr, ["holdfast: 2 files are in the queue; holdfast upload sends the queue"])
      assert.deepInclude(counts, { queued: 2, uploaded: 0 })
      assert.deepStrictEqual(
        (yield* listed(directory)).map(({ path, state }) => [Path.basename(path), state]),
        [
          ["A.mov", "queued"],
          ["B.mov", "queued"],
        ],
      )
    }),
  )

  it.live("adds the other files if one is missing, and reports that one", () =>
    Effect.gen(function* () {
      const directory = yield* folder
      const { counts, entries, lines } = yield* detach(directory, ["missing.mov", "B.mov"])
      assert.deepInclude(counts, { queued: 1, failed: 1 })
      assert.strictEqual(entries[0]?.error?.tag, "FileMissing")
      assert.match(lines.stderr[0] ?? "", /^holdfast: .*missing\.mov.*; check the path$/)
      assert.deepStrictEqual(lines.stderr.slice(1), [
        "holdfast: 1 file is in the queue; holdfast upload sends the queue",
      ])
      assert.lengthOf(yield* listed(directory), 1)
    }),
  )

  it.live.each([{ quiet: true }, { json: true }])("does not print the number of files with %j", (flags) =>
    Effect.gen(function* () {
      const { counts, lines } = yield* detach(yield* folder, ["A.mov"], flags)
      assert.deepStrictEqual([lines, counts.queued], [{ stdout: [], stderr: [] }, 1])
    }),
  )

  it.live("fails with a user error if the queue cannot be opened", () =>
    Effect.gen(function* () {
      const directory = yield* folder
      Fs.writeFileSync(Path.join(directory, "queue"), "not a folder")
      const error = yield* Effect.flip(detach(directory, ["A.mov"]))
      assert.strictEqual(error._tag, "LocalProblem")
      assert.include(error.message, "set HOLDFAST_HOME to another directory")
    }),
  )
})
