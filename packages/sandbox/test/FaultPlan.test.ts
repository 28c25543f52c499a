import { FaultPlan } from "@holdfast/sandbox"
import { NodeFileSystem } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

const problem = (plan: unknown) =>
  Effect.map(Effect.flip(FaultPlan.parse(JSON.stringify(plan), "p.json")), ({ field, problem }) => ({ field, problem }))

describe("FaultPlan.parse", () => {
  it.effect("reads rules, deals and outages, and reads faults with or without seconds", () =>
    Effect.gen(function* () {
      const plan = yield* FaultPlan.parse(
        JSON.stringify({
          name: "mine",
          rules: [{ route: "chunk", chunks: "one", requests: [1, 2], fault: "reset-during", chance: 0.5 }],
          deals: [{ route: "chunk", hands: [[], ["s3-slow-down", { kind: "hang", seconds: 1 }]] }],
          outages: [{ afterChunks: [2, 5], seconds: 8 }],
        }),
      )
      assert.deepStrictEqual(plan.rules?.[0]?.fault, { kind: "reset-during" })
      assert.deepStrictEqual(plan.deals?.[0]?.hands[1], [{ kind: "s3-slow-down" }, { kind: "hang", seconds: 1 }])
    }),
  )

  it.effect("names the invalid field and the expected value", () =>
    Effect.gen(function* () {
      const misspelt = yield* problem({ name: "p", rules: [{ route: "chunks", fault: "hang" }] })
      assert.strictEqual(misspelt.field, "rules[0].route")
      assert.include(misspelt.problem, "device-code")
      const unknown = yield* problem({ name: "p", rules: [{ route: "chunk", fault: "earthquake" }] })
      assert.strictEqual(unknown.field, "rules[0].fault")
      assert.include(unknown.problem, "reset-during")
      const misplaced = yield* problem({ name: "p", rules: [{ route: "health", fault: "channel-paused" }] })
      assert.deepStrictEqual(misplaced, { field: "rules[0].fault", problem: "channel-paused cannot happen on health" })
      assert.strictEqual(
        (yield* problem({ name: "p", rules: [{ route: "chunk", fault: "hang", chance: 2 }] })).field,
        "rules[0].chance",
      )
      assert.strictEqual((yield* problem({ name: "p", rule: [] })).field, "rule")
      assert.strictEqual((yield* problem({})).field, "name")
      assert.strictEqual(
        (yield* problem({ name: "p", outages: [{ afterChunks: [1], seconds: 1 }] })).field,
        "outages[0].afterChunks[1]",
      )
      const fatal = { name: "p", rules: [{ route: "assets", fault: "reset-after" }] }
      assert.deepStrictEqual(yield* problem(fatal), {
        field: "rules[0].fault",
        problem: 'reset-after on assets is not survivable: set "survivable" to false',
      })
      assert.strictEqual((yield* FaultPlan.parse(JSON.stringify({ ...fatal, survivable: false }))).name, "p")
      const away = { name: "p", outages: [{ afterChunks: [1, 1], seconds: 1, routes: ["chunk", "assets"] }] }
      assert.strictEqual((yield* problem(away)).field, "outages[0].routes")
      const garbage = yield* Effect.flip(FaultPlan.parse("{", "p.json"))
      assert.strictEqual(garbage._tag, "InvalidPlan")
    }),
  )
})

describe("FaultPlan.load", () => {
  it.effect("finds predefined plans and plan files, and lists the predefined plans if the name is unknown", () =>
    Effect.gen(function* () {
      const folder = mkdtempSync(join(tmpdir(), "holdfast-test-"))
      yield* Effect.addFinalizer(() => Effect.sync(() => rmSync(folder, { recursive: true })))
      const path = join(folder, "plan.json")
      writeFileSync(path, '{"name":"mine"}')
      assert.strictEqual(yield* FaultPlan.load("storm"), FaultPlan.named.storm)
      assert.deepStrictEqual(yield* FaultPlan.load(path), { name: "mine" })
      const missing = yield* Effect.flip(FaultPlan.load("strom"))
      assert(missing._tag === "UnknownPlan")
      assert.deepStrictEqual(missing.names, ["calm", "storm", "outage", "reauth", "paused"])
      assert.include(missing.message, "calm, storm, outage, reauth, paused")
      assert.strictEqual((yield* Effect.flip(FaultPlan.load(folder)))._tag, "StorageError")
    }).pipe(Effect.provide(NodeFileSystem.layer)),
  )
})
