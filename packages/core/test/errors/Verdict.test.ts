import { assert, describe, it } from "@effect/vitest"
import { Verdict } from "@holdfast/core"
import { Duration } from "effect"
import { readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { sourceOf } from "../support/sources.ts"

const policies =
  "AdaptiveLimit Authorization Backoff Bulkhead CircuitBreaker Connectivity Deadline Fallback Gate Hedge Pipeline " +
  "PipelineSettings Retry RetryBudget Telemetry Throttle Timeouts"

describe("Verdict", () => {
  it("records the retry mode, and defaults to a `transient` pace with no change required", () => {
    assert.deepStrictEqual(Verdict.always(), { retry: "always", pace: "transient", change: "nothing" })
    assert.deepStrictEqual(Verdict.once({ change: "clock" }), { retry: "once", pace: "transient", change: "clock" })
    assert.deepStrictEqual(Verdict.never({ closes: "authorization" }), {
      retry: "never",
      pace: "transient",
      change: "nothing",
      closes: "authorization",
    })
  })

  it("derives the default outcome from the other fields of the verdict", () => {
    assert.strictEqual(Verdict.outcomeOf(Verdict.always()), "failure")
    assert.strictEqual(Verdict.outcomeOf(Verdict.once()), "failure")
    assert.strictEqual(Verdict.outcomeOf(Verdict.never()), "ignored")
    assert.strictEqual(Verdict.outcomeOf(Verdict.always({ pace: "throttled" })), "overload")
    assert.strictEqual(Verdict.outcomeOf(Verdict.always({ closes: "authorization" })), "ignored")
    assert.strictEqual(Verdict.outcomeOf(Verdict.always({ outcome: "ignored" })), "ignored")
    assert.strictEqual(Verdict.outcomeOf(Verdict.never({ outcome: "failure" })), "failure")
    assert.strictEqual(Verdict.appliedOf(Verdict.always()), "maybe")
    assert.strictEqual(Verdict.appliedOf(Verdict.always({ applied: "no" })), "no")
  })

  it("delays the retry for as long as the vendor's hint asks, and applies any other hint only to the probe of the closed gate", () => {
    const hint = Duration.seconds(7)
    const closing = Verdict.always({ closes: "connectivity" })
    assert.deepStrictEqual(Verdict.withHint(closing, hint, true), { ...closing, retryAfter: hint })
    assert.deepStrictEqual(Verdict.withHint(closing, hint, false), { ...closing, probeAfter: hint })
    const refused = Verdict.once({ closes: "authorization" })
    assert.strictEqual(Verdict.withHint(refused, hint, false), refused)
    assert.strictEqual(Verdict.withHint(closing, undefined, false), closing)
    assert.strictEqual(Verdict.probeAfterOf({ ...closing, retryAfter: hint }), hint)
    assert.strictEqual(Verdict.probeAfterOf({ ...closing, probeAfter: hint, retryAfter: Duration.hours(1) }), hint)
    assert.isUndefined(Verdict.probeAfterOf(closing))
  })

  it("recognizes errors that carry a verdict", () => {
    assert.isTrue(Verdict.isClassified({ _tag: "X", verdict: Verdict.never() }))
    for (const other of [null, undefined, "X", {}, { _tag: "X" }, { _tag: "X", verdict: null }, { verdict: {} }]) {
      assert.isFalse(Verdict.isClassified(other))
    }
  })

  it("keeps Schema out of Verdict and the policies that import Verdict, because Schema would add 83 kB gzipped", () => {
    const seen = new Set<string>()
    const visit = (file: string): void => {
      if (seen.has(file)) return
      seen.add(file)
      const source = readFileSync(file, "utf8")
      const imports = [...source.matchAll(/^import (?!type )[^"]*"(.+)"$/gm)].map((match) => match[1]!)
      assert.notInclude(imports, "effect/Schema", file)
      for (const path of imports) if (path.startsWith(".")) visit(join(dirname(file), path))
    }
    for (const module of policies.split(" ")) visit(sourceOf(module))
    assert.isTrue(seen.has(sourceOf("Verdict")))
  })
})
