/**
 * What counts as proof that a file arrived, with the command's own program.
 */
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import * as Fs from "node:fs"
import * as Path from "node:path"
import * as OneRun from "../support/oneRun.ts"
import * as Proxied from "../support/proxied.ts"

const without =
  (...names: ReadonlyArray<string>): Proxied.Change =>
  (headers) =>
    Object.fromEntries(Object.entries(headers).filter(([name]) => !names.includes(name)))

const clip = ({ home }: Proxied.Scene, name: string, content: string | Buffer = Buffer.alloc(600_000, 7)) => {
  const path = Path.join(home, name)
  Fs.writeFileSync(path, content)
  return path
}

describe("the proof of an upload", () => {
  it.live.each([
    ["an ETag", without("etag")],
    ["an ETag or a storage header", without("etag", "x-amz-request-id", "x-amz-id-2", "server")],
  ] as const)(
    "reports missing proof if the storage returns an empty 200 without %s",
    ([, change]) =>
      Proxied.scene(change, (scene) =>
        Effect.gen(function* () {
          const path = clip(scene, "a.mov")
          const ran = yield* scene.run("upload", path, "--json")
          const summary = yield* OneRun.summary(ran)
          assert.deepStrictEqual(
            [ran.exitCode, summary.exitCode, summary.outcome, summary.files[0]?.outcome, summary.files[0]?.error?.tag],
            [9, 9, "unverified", "unverified", "Unverified"],
          )
          assert.isFalse(summary.files[0]?.verified)
          assert.match(ran.stderr.join("\n"), /use --accept-unverified to accept an unverified upload/)

          const accepted = yield* scene.run("upload", path, "--json", "--accept-unverified")
          const { files, outcome } = yield* OneRun.summary(accepted)
          assert.deepStrictEqual(
            [accepted.exitCode, outcome, files[0]?.outcome, files[0]?.verified, files[0]?.error],
            [0, "unverified", "unverified", false, undefined],
          )
          // Everything was sent: the sandbox has the complete file.
          assert.isTrue((yield* scene.assets).some(({ bytes, complete }) => complete && bytes === 600_000))
        }),
      ),
    30_000,
  )

  it.live(
    "reports an upload as acknowledged but not verified if the ETag is not an MD5",
    () =>
      Proxied.scene(
        (headers) => ({ ...headers, etag: '"abc-2"' }),
        (scene) =>
          Effect.gen(function* () {
            const path = clip(scene, "a.mov")
            const { exitCode, stdout } = yield* scene.run("upload", path, "--json")
            const { files } = yield* OneRun.summary({ exitCode, stdout, stderr: [] })
            assert.deepStrictEqual(
              [exitCode, files[0]?.outcome, files[0]?.verified, files[0]?.sha256],
              [0, "uploaded", false, null],
            )
            const shown = yield* scene.run("upload", path, "--quiet")
            assert.notMatch(shown.stdout.join("\n"), /verified|MD5 of every|sha256/)
          }),
      ),
    30_000,
  )

  it.live(
    "exits with 7 for a file in /proc whose content does not match its size, and reports an empty file as empty",
    () =>
      Proxied.scene(
        (headers) => headers,
        (scene) =>
          Effect.gen(function* () {
            if (process.platform === "linux") {
              const ran = yield* scene.run("upload", "/proc/cpuinfo")
              assert.deepStrictEqual([ran.exitCode, ran.stdout], [7, []])
              assert.match(
                ran.stderr.join("\n"),
                /content does not match its size \(the file system reports a size of 0 bytes, but the content is longer\); copy the file to a local disk/,
              )
              assert.deepStrictEqual(yield* scene.assets, [])
            }
            const ran = yield* scene.run("upload", clip(scene, "empty.mov", ""), "--quiet")
            assert.strictEqual(ran.exitCode, 0)
            assert.match(ran.stdout.join("\n"), /an empty file: 0 B in/)
          }),
      ),
    30_000,
  )

  it.live(
    "reports the file as uploaded after --verify-source has read the source again",
    () =>
      Proxied.scene(
        (headers) => headers,
        (scene) =>
          Effect.gen(function* () {
            const ran = yield* scene.run("upload", clip(scene, "a.mov"), "--verify-source", "--json")
            assert.deepStrictEqual([ran.exitCode, (yield* OneRun.summary(ran)).files[0]?.outcome], [0, "uploaded"])
          }),
      ),
    30_000,
  )
})
