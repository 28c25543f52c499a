import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import { Output } from "holdfast/Output"
import type { Capabilities } from "../../../src/terminal/Capabilities.ts"
import * as Progress from "../../../src/upload/progress/Progress.ts"
import * as UploadState from "../../../src/upload/State.ts"

const pipe: Capabilities = { isTerminal: false, canRedraw: false, canColor: false }
const terminal: Capabilities = { isTerminal: true, canRedraw: true, canColor: false }

/** Shows a file of 1000 bytes, a tenth of which is confirmed every 5 s, for 30 s. */
const show = (stream: Capabilities, options: Progress.Options) =>
  Effect.gen(function* () {
    const lines = { stdout: new Array<string>(), stderr: new Array<string>(), drawn: new Array<string>() }
    yield* Effect.gen(function* () {
      const output = yield* Output
      const run = yield* UploadState.make({ paths: ["cards/a.mov"], json: options.json, output })
      yield* Progress.show(run, options)
      yield* run.observe(0, { _tag: "Opened", path: "cards/a.mov", bytes: 1000 })
      yield* run.observe(0, { _tag: "AssetCreated", assetId: "id", chunks: 10, chunkSize: 100 })
      for (let index = 0; index < 6; index++) {
        yield* run.observe(0, { _tag: "ChunkSent", index, bytes: 100 })
        yield* TestClock.adjust("5 seconds")
        yield* run.observe(0, { _tag: "ChunkConfirmed", index, bytes: 100 })
      }
    }).pipe(Effect.provide(Output.layerMemory(lines, stream)), Effect.scoped)
    return lines
  })

describe("Progress", () => {
  it.effect("prints one line every 10 s if the output cannot be redrawn", () =>
    Effect.gen(function* () {
      const { drawn, stderr, stdout } = yield* show(pipe, { quiet: false, json: false })
      assert.deepStrictEqual(stderr, [
        "a.mov: 10 % of 1.0 kB, confirmed 100 B, sent 200 B, 10 B/s, 1 min 30 s left",
        "a.mov: 30 % of 1.0 kB, confirmed 300 B, sent 400 B, 15 B/s, 47 s left",
        "a.mov: 50 % of 1.0 kB, confirmed 500 B, sent 600 B, 20 B/s, 25 s left",
      ])
      assert.deepStrictEqual([stdout, drawn], [[], []])
    }),
  )

  it.effect("draws ten frames a second on a terminal and prints no lines", () =>
    Effect.gen(function* () {
      const { drawn, stderr } = yield* show(terminal, { quiet: false, json: false })
      assert.deepStrictEqual(stderr, [])
      assert.strictEqual(drawn.length, 301)
      assert.include(drawn.at(-1), "  50 %")
    }),
  )

  it.effect("prints nothing with --quiet", () =>
    Effect.gen(function* () {
      for (const stream of [pipe, terminal]) {
        const { drawn, stderr, stdout } = yield* show(stream, { quiet: true, json: false })
        assert.deepStrictEqual([stdout, stderr, drawn], [[], [], []])
      }
    }),
  )

  it.effect("does not draw a progress block on a terminal when events are printed as JSON", () =>
    Effect.gen(function* () {
      const { drawn, stderr, stdout } = yield* show(terminal, { quiet: false, json: true })
      assert.deepStrictEqual(drawn, [])
      assert.strictEqual(stderr.length, 3)
      const progress = stdout.map((line) => JSON.parse(line)).filter(({ type }) => type === "progress")
      assert.isAtLeast(progress.length, 29)
      assert.deepStrictEqual(
        progress.map(({ confirmed, sent }) => confirmed <= sent && sent <= 1000),
        progress.map(() => true),
      )
    }),
  )

  it.effect("leaves no fiber running after its scope closes", () =>
    Effect.gen(function* () {
      const lines = { stdout: new Array<string>(), stderr: new Array<string>() }
      yield* Effect.gen(function* () {
        const run = yield* UploadState.make({ paths: ["a.mov"], json: false, output: yield* Output })
        yield* run.observe(0, { _tag: "Opened", path: "a.mov", bytes: 10 })
        yield* Effect.scoped(Progress.show(run, { quiet: false, json: false }))
      }).pipe(Effect.provide(Output.layerMemory(lines)))
      yield* TestClock.adjust("1 minute")
      assert.deepStrictEqual(lines.stderr, [])
    }),
  )
})
