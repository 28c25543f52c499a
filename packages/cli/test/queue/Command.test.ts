/**
 * The command over a journal in a temporary directory. No server is needed: nothing is sent.
 */
import { assert, describe, it } from "@effect/vitest"
import { ConfigProvider, Effect } from "effect"
import * as Fs from "node:fs"
import * as Os from "node:os"
import * as Path from "node:path"
import * as OneRun from "../support/oneRun.ts"

const api = ["--api", "http://127.0.0.1:9"]

interface Scene {
  readonly folder: string
  readonly run: (...args: ReadonlyArray<string>) => Effect.Effect<OneRun.Ran>
}

const scene = <E>(play: (scene: Scene) => Effect.Effect<void, E>) =>
  Effect.scoped(
    Effect.gen(function* () {
      const folder = yield* Effect.acquireRelease(
        Effect.sync(() => Fs.mkdtempSync(Path.join(Os.tmpdir(), "holdfast-queue-"))),
        (path) => Effect.sync(() => Fs.rmSync(path, { recursive: true, force: true })),
      )
      const env = { HOLDFAST_HOME: Path.join(folder, "state"), XDG_CACHE_HOME: Path.join(folder, "cache") }
      for (const name of ["A.mov", "B.mov"]) Fs.writeFileSync(Path.join(folder, name), name)
      const run = (...args: ReadonlyArray<string>) =>
        Effect.provideService(
          OneRun.command([...args, ...api]),
          ConfigProvider.ConfigProvider,
          ConfigProvider.fromEnv({ env }),
        )
      yield* play({ folder, run })
    }),
  )

const states = (ran: OneRun.Ran): ReadonlyArray<string> =>
  (JSON.parse(ran.stdout.at(-1) ?? "{}") as { readonly files: ReadonlyArray<{ readonly state: string }> }).files.map(
    ({ state }) => state,
  )

describe("holdfast queue", () => {
  it.live("shows files that were added without sending, cancels one at once, and removes it", () =>
    scene(({ folder, run }) =>
      Effect.gen(function* () {
        const paths = [Path.join(folder, "A.mov"), Path.join(folder, "B.mov")]
        const added = yield* run("upload", "--detach", ...paths)
        assert.deepStrictEqual(
          [added.exitCode, added.stderr],
          [0, ["holdfast: 2 files are in the queue; holdfast upload --api http://127.0.0.1:9 sends the queue"]],
        )
        const listed = yield* run("queue", "list", "--json")
        assert.deepStrictEqual(states(listed), ["queued", "queued"])
        const id = (JSON.parse(listed.stdout[0] ?? "") as { files: ReadonlyArray<{ id: string }> }).files[0]?.id ?? ""
        assert.deepStrictEqual((yield* run("queue", "cancel", id)).stdout, ["1 upload canceled"])
        assert.deepStrictEqual(states(yield* run("queue", "list", "--json")), ["canceled", "queued"])
        assert.deepStrictEqual((yield* run("queue", "clean")).stdout, ["1 upload removed from the list"])
        assert.deepStrictEqual(states(yield* run("queue", "list", "--json")), ["queued"])
      }),
    ),
  )

  it.live("does not count files of earlier runs as files of a run that only adds", () =>
    scene(({ folder, run }) =>
      Effect.gen(function* () {
        yield* run("upload", "--detach", Path.join(folder, "A.mov"))
        const summary = yield* OneRun.summary(yield* run("upload", "--detach", "--json", Path.join(folder, "B.mov")))
        assert.deepStrictEqual(
          summary.files.map(({ bytes, outcome, path }) => [Path.basename(path), outcome, bytes]),
          [["B.mov", "queued", 5]],
        )
      }),
    ),
  )

  it.live("retries a canceled upload, and pauses and resumes an empty queue", () =>
    scene(({ folder, run }) =>
      Effect.gen(function* () {
        assert.deepStrictEqual((yield* run("queue", "list")).stdout, ["the queue is empty"])
        assert.deepStrictEqual((yield* run("queue", "retry", "--all")).stdout, ["no upload has failed"])
        yield* run("queue", "pause")
        assert.lengthOf((yield* run("queue", "list")).stdout, 2)
        yield* run("queue", "resume")
        yield* run("upload", "--detach", Path.join(folder, "A.mov"))
        yield* run("queue", "cancel", "--all")
        const id = /^\S+/.exec((yield* run("queue", "list")).stdout[0] ?? "")?.[0] ?? ""
        assert.deepStrictEqual(states(yield* run("queue", "retry", id, "--json")), ["queued"])
      }),
    ),
  )

  it.live("exits with 2 for an unknown id or a flag of another action, and with 7 if the queue cannot be opened", () =>
    scene(({ folder, run }) =>
      Effect.gen(function* () {
        for (const args of [
          ["cancel", "zzz"],
          ["cancel"],
          ["clean", "x"],
          ["list", "--failed"],
          ["retry", "x", "--all"],
        ]) {
          const { exitCode, stderr } = yield* run("queue", ...args)
          assert.deepStrictEqual([exitCode, stderr.length], [2, 1], args.join(" "))
        }
        Fs.rmSync(Path.join(folder, "state"), { recursive: true, force: true })
        Fs.writeFileSync(Path.join(folder, "state"), "")
        for (const args of [
          ["queue", "list"],
          ["watch", folder],
        ]) {
          assert.strictEqual((yield* run(...args)).exitCode, 7, args.join(" "))
        }
      }),
    ),
  )
})
