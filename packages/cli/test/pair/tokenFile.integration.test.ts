/**
 * `holdfast pair` must not ask for approval if the token file cannot or must not hold tokens.
 */
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { execFileSync } from "node:child_process"
import * as Fs from "node:fs"
import { play, type Scene } from "../support/oddServer.ts"

describe("holdfast pair", () => {
  const refused: ReadonlyArray<readonly [name: string, Omit<Scene, "answers">, problem: RegExp]> = [
    ["is a folder", { prepare: (path) => Fs.mkdirSync(path) }, /the path is a folder; move the folder,/],
    ["is a pipe", { prepare: (path) => execFileSync("mkfifo", [path]) }, /the path is a pipe; choose another file/],
    ["is a link to a device", { prepare: (path) => Fs.symlinkSync("/dev/null", path) }, /the path is a device/],
    ["is readable by other users", { mode: 0o644 }, /mode 0644\); run chmod 600/],
    ["is writable by other users", { mode: 0o666 }, /mode 0666\); run chmod 600/],
    [
      "has a folder in place of its lock",
      { prepare: (path) => Fs.mkdirSync(`${path}.owner`) },
      /its lock .*the path is a folder/,
    ],
    [
      "has an unrelated file in place of its lock",
      { prepare: (path) => Fs.writeFileSync(`${path}.owner`, "x".repeat(2000)) },
      /lock/,
    ],
  ]
  for (const [name, scene, problem] of refused) {
    it.live(`does not request a code if the token file ${name}`, () =>
      Effect.gen(function* () {
        const ran = yield* play("pair", { ...scene, answers: { "GET /health": [200, { status: "ok" }] } })
        assert.strictEqual(ran.exitCode, 7, ran.stderr.join("\n"))
        assert.lengthOf(ran.stderr, 1)
        assert.match(ran.stderr[0] ?? "", problem)
        assert.isEmpty(ran.asked.filter((route) => route.startsWith("POST")))
        assert.strictEqual(ran.after, ran.before)
      }),
    )
  }
})
