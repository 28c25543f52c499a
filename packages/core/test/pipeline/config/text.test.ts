import { assert, describe, it } from "@effect/vitest"
import type { Pipeline } from "@holdfast/core"
import * as PipelineConfig from "@holdfast/core/PipelineConfig"
import { Duration, Effect } from "effect"

describe("PipelineConfig.encode", () => {
  it.effect("encodes every form of duration as JSON", () =>
    Effect.gen(function* () {
      const settings: Pipeline.Settings = {
        deadline: Duration.minutes(3),
        retry: { attempts: undefined, hintCap: { seconds: 5 } },
        breaker: { open: [1, 500_000_000] },
        timeout: 15_000_000_000n,
      }
      assert.deepStrictEqual<unknown>(yield* PipelineConfig.encode(settings), {
        deadline: 180_000,
        retry: { hintCap: 5000 },
        breaker: { open: 1500 },
        timeout: 15_000,
      })
    }),
  )

  it.effect("rejects functions because JSON cannot represent them", () =>
    Effect.gen(function* () {
      const settings: Pipeline.Settings = { breaker: { classify: () => "failure", open: () => "1 second" } }
      const { message } = yield* Effect.flip(PipelineConfig.encode(settings))
      assert.match(message, /breaker\.open: expected [^\n]+, got a function/)
      assert.match(message, /breaker\.classify: unknown key/)
    }),
  )
})

describe("PipelineConfig.parse", () => {
  it.each([
    ["", 1, 1, "the end of the text"],
    ['{"retry": {}', 1, 13, "the end of the text"],
    ['{\n  "retry": {},\n  timeout: 5\n}', 3, 3, '"t"'],
    ['{"retry": {"attempts": 4,}}', 1, 26, '"}"'],
    ['{"retry": {} "timeout": 5}', 1, 14, '"\\""'],
    ['{"a": [1 2]}', 1, 10, '"2"'],
    ["{'retry': {}}", 1, 2, '"\'"'],
    ['{"retry": {}}\nx', 2, 1, '"x"'],
    ['{"retry": 08}', 1, 12, '"8"'],
    ["[".repeat(100_000), 1, 100_001, "the end of the text"],
  ])("reports the position of the JSON syntax error in %j", (json, line, column, found) => {
    const { message } = Effect.runSync(Effect.flip(PipelineConfig.parse(json, "p.json")))
    assert.strictEqual(message, `p.json:${line}:${column}: expected JSON, got ${found}`)
  })

  it.effect("accepts JSON text with a byte order mark", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* PipelineConfig.parse('\ufeff{"timeout": 5}'), { timeout: 5 })
    }),
  )

  it.effect("prefixes each problem with the name of the source", () =>
    Effect.gen(function* () {
      const { message } = yield* Effect.flip(PipelineConfig.parse('{"a": 1, "b": 2}', "p.json"))
      assert.deepStrictEqual(
        message.split("\n").map((line) => line.split(" unknown key")[0]),
        ["p.json: a:", "p.json: b:"],
      )
    }),
  )
})
