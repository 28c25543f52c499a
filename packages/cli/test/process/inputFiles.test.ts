/**
 * One rule for the files of a command line: an unusable input ends every command with 2, an unusable file to upload
 * with 7.
 */
import { assert, describe, it } from "@effect/vitest"
import { ConfigProvider, Effect } from "effect"
import * as Fs from "node:fs"
import * as Os from "node:os"
import * as Path from "node:path"
import * as OneRun from "../support/oneRun.ts"

const directory = Fs.mkdtempSync(Path.join(Os.tmpdir(), "holdfast-inputs-"))
const clip = Path.join(directory, "clip.mov")
Fs.writeFileSync(clip, "clip")

const run = (...args: ReadonlyArray<string>) =>
  Effect.provideService(
    OneRun.command(args, 20),
    ConfigProvider.ConfigProvider,
    ConfigProvider.fromEnv({ env: { HOLDFAST_HOME: Path.join(directory, "state") } }),
  )

const commands = (input: string): ReadonlyArray<ReadonlyArray<string>> => [
  ["explain", input],
  ["policy", input],
  ["sandbox", "--port", "0", "--faults", input],
  ["upload", "--sandbox", "--faults", input, clip],
]

describe("an input file of a command", () => {
  for (const [what, path] of [
    ["missing", Path.join(directory, "missing.json")],
    ["a directory", directory],
  ] as const) {
    it.live(`exits with 2 and prints one line with the path if the input file of any command is ${what}`, () =>
      Effect.gen(function* () {
        for (const args of commands(path)) {
          const { exitCode, stderr } = yield* run(...args)
          assert.strictEqual(exitCode, 2, args.join(" "))
          assert.lengthOf(stderr, 1, args.join(" "))
          assert.include(stderr[0], path)
          assert.notMatch(stderr[0] ?? "", /TMPDIR|disk/)
        }
      }),
    )
  }

  it.live("exits with 7 if the file to upload is missing", () =>
    Effect.gen(function* () {
      const { exitCode } = yield* run("upload", "--sandbox", Path.join(directory, "missing.mov"))
      assert.strictEqual(exitCode, 7)
    }),
  )

  it.live("exits with 2 if the folder to upload contains no file", () =>
    Effect.gen(function* () {
      const empty = Fs.mkdtempSync(Path.join(directory, "empty-"))
      const { exitCode, stderr } = yield* run("upload", "--sandbox", empty)
      assert.strictEqual(exitCode, 2)
      assert.include(stderr.join(""), `${empty} contains no file to send`)
    }),
  )
})
