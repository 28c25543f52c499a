import { assert, describe, it } from "@effect/vitest"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { ConfigProvider, Effect, Fiber, Result } from "effect"
import { TestClock } from "effect/testing"
import * as Finding from "../../src/doctor/Finding.ts"
import * as Report from "../../src/doctor/Report.ts"
import * as DoctorRun from "../../src/doctor/Run.ts"
import type { Check, Subject } from "../../src/doctor/Subject.ts"
import * as Target from "../../src/network/Target.ts"

const late = Finding.problem("local", "late", "wait")

const check = (name: string, timeoutMs: number, run: Effect.Effect<Finding.Finding>): Check => ({
  name,
  timeoutMs,
  late,
  run: () => run,
})

const subject = Effect.map(Effect.orDie(Target.inspect("http://127.0.0.1:9")), ({ missing, target }): Subject => ({
  target,
  missing,
  saved: Result.succeed({ home: "/nonexistent", tokenFile: "/nonexistent/t", queue: "/nonexistent/q" }),
  asked: Effect.never,
})).pipe(Effect.provideService(ConfigProvider.ConfigProvider, ConfigProvider.fromEnv({ env: {} })))

const run = (checks: ReadonlyArray<Check>, shown: Array<string> = []) =>
  Effect.flatMap(subject, (of) =>
    DoctorRun.all(of, ({ finding, name }) => Effect.sync(() => void shown.push(`${name} ${finding.text}`)), checks),
  ).pipe(Effect.provide(NodeServices.layer))

describe("the checks", () => {
  it.effect("run at the same time, and are shown in order as soon as possible", () =>
    Effect.gen(function* () {
      const shown = new Array<string>()
      const after = (name: string, ms: number) => check(name, 1000, Effect.as(Effect.sleep(ms), Finding.ok(String(ms))))
      const fiber = yield* Effect.forkChild(run([after("a", 300), after("b", 100), after("c", 400)], shown))
      yield* TestClock.adjust(200)
      assert.deepStrictEqual(shown, [])
      yield* TestClock.adjust(100)
      assert.deepStrictEqual(shown, ["a 300", "b 100"])
      yield* TestClock.adjust(100)
      yield* Fiber.join(fiber)
      assert.deepStrictEqual(shown, ["a 300", "b 100", "c 400"])
    }),
  )

  it.effect("continue if one of them hangs or has a bug, and do not quote the bug", () =>
    Effect.gen(function* () {
      const fiber = yield* Effect.forkChild(
        run([
          check("hangs", 5000, Effect.never),
          check("dies", 5000, Effect.die(new Error("secret"))),
          check("fine", 5000, Effect.succeed(Finding.ok("fine"))),
          { ...check("throws", 5000, Effect.never), run: () => JSON.parse("{") },
        ]),
      )
      yield* TestClock.adjust(5000)
      const all = yield* Fiber.join(fiber)
      assert.deepStrictEqual(
        all.map(({ finding }) => `${finding.level} ${finding.outcome}`),
        ["problem local", "problem defect", "ok ok", "problem defect"],
      )
      assert.notInclude(JSON.stringify(all), "secret")
      assert.strictEqual(Report.make("x", 0, all).exitCode, 1)
    }),
  )

  it.effect("end in 35 s at most if the API never answers", () =>
    Effect.gen(function* () {
      const fiber = yield* Effect.forkChild(run(DoctorRun.checks))
      // The checks of files do not depend on the clock.
      while (fiber.pollUnsafe() === undefined) {
        yield* Effect.promise(() => new Promise((resolve) => setImmediate(resolve)))
        yield* TestClock.adjust(35_000)
      }
      const all = yield* Fiber.join(fiber)
      assert.lengthOf(all, DoctorRun.checks.length)
      assert.include(
        all.map(({ finding, name }) => `${name}: ${finding.text}`),
        "network: the API did not answer in 20 s",
      )
    }),
  )

  it("have different names that fit into their column", () => {
    const names = DoctorRun.checks.map(({ name }) => name)
    assert.strictEqual(new Set(names).size, names.length)
    assert.isAtMost(Math.max(...names.map(({ length }) => length)), 12)
  })
})

describe("the exit code", () => {
  it("is the one of the worst problem, and warnings do not change it", () => {
    const of = (...outcomes: ReadonlyArray<Finding.Finding["outcome"]>) =>
      Report.make(
        "x",
        0,
        outcomes.map((outcome) => ({ name: outcome, finding: Finding.problem(outcome, "x", "y") })),
      ).exitCode
    assert.strictEqual(of(), 0)
    assert.strictEqual(Report.make("x", 0, [{ name: "a", finding: Finding.warning("x", "y") }]).exitCode, 0)
    assert.strictEqual(of("temporary", "pairing"), 4)
    assert.strictEqual(of("temporary", "pairing", "refused"), 6)
    assert.strictEqual(of("refused", "usage"), 2)
    assert.strictEqual(of("usage", "temporary", "local"), 7)
    assert.strictEqual(of("local", "defect"), 1)
    assert.strictEqual(of("integrity"), 8)
  })
})
