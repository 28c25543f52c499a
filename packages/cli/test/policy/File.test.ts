import * as NodeServices from "@effect/platform-node/NodeServices"
import { assert, describe, it } from "@effect/vitest"
import { Effect, FileSystem, PlatformError } from "effect"
import * as Fs from "node:fs"
import * as Path from "node:path"
import * as PolicyDefault from "../../src/policy/Default.ts"
import * as PolicyFile from "../../src/policy/File.ts"
import * as PolicyReport from "../../src/policy/Report.ts"
import * as PolicySvg from "../../src/policy/Svg.ts"
import { run, withDirectory } from "../support/policies.ts"

describe("the picture of holdfast policy in a file", () => {
  it.live("writes the picture completely or not at all, and still prints the text", () =>
    withDirectory((directory) =>
      Effect.gen(function* () {
        const file = Path.join(directory, "policy.svg")
        const expected = PolicySvg.make(PolicyReport.make("", PolicyDefault.settings, PolicyDefault.gates))
        for (const before of [undefined, "an older picture", "x".repeat(100_000)]) {
          if (before !== undefined) Fs.writeFileSync(file, before, { mode: 0o640 })
          const { exitCode, stderr, stdout } = yield* run(["--svg", file])
          assert.deepStrictEqual([exitCode, stderr], [0, [`drawn to ${file}`]])
          assert.isAbove(stdout.length, 10)
          assert.strictEqual(Fs.readFileSync(file, "utf8"), expected)
          assert.deepStrictEqual(Fs.readdirSync(directory), ["policy.svg"])
        }
      }),
    ),
  )

  it.live("preserves the old picture and leaves no other file if the disk fills up during the write", () =>
    withDirectory((directory) =>
      Effect.gen(function* () {
        const file = Path.join(directory, "policy.svg")
        Fs.writeFileSync(file, "an older picture")
        const fs = yield* FileSystem.FileSystem
        const cause = Object.assign(new Error("no space left on device"), { code: "ENOSPC" })
        const full = PlatformError.systemError({ _tag: "Unknown", module: "FileSystem", method: "sync", cause })
        const error = yield* PolicyFile.write(file, "a picture").pipe(
          Effect.provideService(FileSystem.FileSystem, {
            ...fs,
            open: (...args) =>
              Effect.map(fs.open(...args), (opened) =>
                Object.defineProperty(opened, "sync", { value: Effect.fail(full) }),
              ),
          }),
          Effect.flip,
        )
        assert.strictEqual(error._tag, "LocalProblem")
        assert.match(error.message, /the disk is full/)
        assert.strictEqual(Fs.readFileSync(file, "utf8"), "an older picture")
        assert.deepStrictEqual(Fs.readdirSync(directory), ["policy.svg"])
      }).pipe(Effect.provide(NodeServices.layer), Effect.orDie),
    ),
  )

  it.live("preserves a symbolic link and the mode of its target file", () =>
    withDirectory((directory) =>
      Effect.gen(function* () {
        const [file, link] = [Path.join(directory, "a.svg"), Path.join(directory, "b.svg")]
        Fs.writeFileSync(file, "", { mode: 0o600 })
        Fs.symlinkSync(file, link)
        yield* run(["--svg", link])
        assert.isTrue(Fs.lstatSync(link).isSymbolicLink())
        assert.isAbove(Fs.statSync(file).size, 1000)
        assert.strictEqual(Fs.statSync(file).mode & 0o777, 0o600)
      }),
    ),
  )

  describe("an unusable target file", () => {
    it.live("rejects a target that cannot be written", () =>
      withDirectory((directory) =>
        Effect.gen(function* () {
          for (const [target, problem] of [
            [Path.join(directory, "no", "p.svg"), "no such directory; create the directory first"],
            [directory, "is a directory; name a file in it"],
            [Path.join(directory, `${"x".repeat(300)}.svg`), "the name is too long; name another file"],
          ] as const) {
            const { exitCode, stderr, stdout } = yield* run(["--svg", target])
            assert.deepStrictEqual([exitCode, stdout, stderr], [7, [], [`holdfast: ${target}: ${problem}`]])
          }
          assert.deepStrictEqual(Fs.readdirSync(directory), [])
        }),
      ),
    )

    it.live.skipIf(!Fs.existsSync("/dev/full"))("reports a full disk and exits with 7", () =>
      Effect.gen(function* () {
        const { exitCode, stderr } = yield* run(["--svg", "/dev/full"])
        assert.deepStrictEqual(
          [exitCode, stderr],
          [7, ["holdfast: /dev/full: the disk is full; free some space on the disk, or choose a file on another disk"]],
        )
        assert.isTrue(Fs.statSync("/dev/full").isCharacterDevice())
      }),
    )
  })
})
