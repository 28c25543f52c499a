import { assert, describe, it } from "@effect/vitest"
import type { Backoff, Pipeline, Retry } from "@holdfast/core"
import type * as AdaptiveLimit from "@holdfast/core/AdaptiveLimit"
import type * as Bulkhead from "@holdfast/core/Bulkhead"
import type * as CircuitBreaker from "@holdfast/core/CircuitBreaker"
import type * as Hedge from "@holdfast/core/Hedge"
import * as PipelineConfig from "@holdfast/core/PipelineConfig"
import type { PipelineConfigError } from "@holdfast/core/PipelineConfigError"
import type * as RetryBudget from "@holdfast/core/RetryBudget"
import type * as Throttle from "@holdfast/core/Throttle"
import { Cause, Effect, Exit, type SchemaAST } from "effect"
import { full, others, type Tree, type Path, isTree, leaves } from "../../support/pipelineConfig.ts"

const objects = (tree: Tree, path: Path = []): ReadonlyArray<Path> => [
  path,
  ...Object.entries(tree).flatMap(([key, value]) => (isTree(value) ? objects(value, [...path, key]) : [])),
]

const put = (tree: Tree, [key = "", ...rest]: Path, value: unknown): Tree => ({
  ...tree,
  [key]: rest.length === 0 ? value : put(tree[key] as Tree, rest, value),
})

const problems = (input: unknown): ReadonlyArray<string> => {
  const exit = Effect.runSyncExit(PipelineConfig.decode(input))
  if (Exit.isSuccess(exit)) return []
  return (Cause.squash(exit.cause) as PipelineConfigError).message
    .split("\n")
    .map((line) => line.replace("settings: ", ""))
}

describe("PipelineConfig.decode", () => {
  it.each([{}, full, ...others, { timeout: 1500, hedge: { delay: 500 } }])(
    "decodes and encodes the valid configuration %j without changes",
    (input) => {
      const decoded = Effect.runSync(PipelineConfig.decode(input))
      assert.deepStrictEqual<unknown>(decoded, input)
      const written = JSON.parse(JSON.stringify(Effect.runSync(PipelineConfig.encode(decoded))))
      assert.deepStrictEqual(Effect.runSync(PipelineConfig.decode(written)), decoded)
    },
  )

  it("decodes every option of every policy except functions", () => {
    // A new option does not compile until it is listed here.
    const retry: Record<keyof Retry.Settings, true> = {
      attempts: true,
      backoff: true,
      hintCap: true,
      beyondHintCap: true,
    }
    const backoff: Record<keyof Backoff.Settings, true> = { base: true, factor: true, cap: true, jitter: true }
    const bucket: Record<keyof RetryBudget.TokenBucketOptions, true> = {
      kind: true,
      name: true,
      capacity: true,
      cost: true,
      throttledCost: true,
      reward: true,
    }
    const ratio: Record<keyof RetryBudget.RatioOptions, true> = {
      kind: true,
      name: true,
      percent: true,
      window: true,
      floor: true,
    }
    const hedge: Record<keyof Hedge.Settings, true> = { delay: true, max: true, afterFailure: true }
    const percentile: Record<keyof Hedge.Percentile, true> = {
      percentile: true,
      min: true,
      max: true,
      initial: true,
      window: true,
    }
    const throttle: Record<keyof Throttle.Options, true> = {
      name: true,
      window: true,
      k: true,
      minimum: true,
      maxRejection: true,
    }
    const adaptiveLimit: Record<keyof AdaptiveLimit.Options, true> = {
      name: true,
      algorithm: true,
      min: true,
      max: true,
      initial: true,
      maxHealthy: true,
      maxDrift: true,
      queue: true,
      maxWait: true,
    }
    const bulkhead: Record<keyof Bulkhead.Options, true> = { name: true, permits: true, queue: true, maxWait: true }
    const breaker: Record<Exclude<keyof CircuitBreaker.Options, "classify">, true> = {
      name: true,
      consecutive: true,
      window: true,
      open: true,
      maxOpen: true,
      probes: true,
      successThreshold: true,
      probeLease: true,
      ramp: true,
      dryRun: true,
    }
    const window: Record<keyof CircuitBreaker.WindowRates | "calls" | "duration", true> = {
      calls: true,
      duration: true,
      failureRate: true,
      minimumCalls: true,
      slowCall: true,
    }
    const all: Record<keyof Pipeline.Settings, Tree | true> = {
      deadline: true,
      retry: { ...retry, backoff },
      budget: { ...bucket, ...ratio },
      hedge: { ...hedge, delay: percentile },
      throttle,
      adaptiveLimit,
      bulkhead,
      breaker: {
        ...breaker,
        window: { ...window, slowCall: { over: true, rate: true } },
        open: { base: true, factor: true, cap: true } satisfies Record<keyof CircuitBreaker.Growing, true>,
        ramp: { over: true, from: true } satisfies Record<keyof CircuitBreaker.RampOptions, true>,
      },
      timeout: true,
    }
    assert.deepStrictEqual(
      known(PipelineConfig.Settings.ast),
      leaves(all)
        .map((path) => path.join("."))
        .toSorted(),
    )
  })

  it.each(leaves(full).map((path) => [path.join("."), path] as const))(
    "reports the value and the allowed type of %s if its type is wrong",
    (name, path) => {
      const [line = "", ...more] = problems(put(full, path, ["a list"]))
      assert.deepStrictEqual(more, [])
      const allowed = line.replace(`${name}: expected `, "").replace(/, got a list$/, "")
      assert.match(
        allowed,
        /^(?:a number|an integer|a duration .*"15 seconds".*milliseconds|true or false|a string|"\w+" or )/,
      )
    },
  )

  it.each(
    leaves(full)
      .filter(([, ...path]) => path.at(-1) !== "name" && path.at(-1) !== "dryRun")
      .map((path) => [path.join("."), path] as const),
  )("reports the allowed range of %s if the type is wrong or the value is out of range", (name, path) => {
    const isText = typeof path.reduce<unknown>((tree, key) => (tree as Tree)[key], full) === "string"
    const wrong = isText && /kind|algorithm|jitter/.test(name) ? "none of them" : -1
    const refused = problems(put(full, path, wrong)).map((line) => line.replace(/, such as .*(?=, got)/, ""))
    const typed = problems(put(full, path, ["a list"])).map((line) => line.replace(/, such as .*(?=, got)/, ""))
    const allowed = (lines: ReadonlyArray<string>) => lines.map((line) => line.replace(/, got .*/, ""))
    assert.deepStrictEqual(allowed(refused), allowed(typed))
    assert.isTrue(refused[0]?.startsWith(`${name}: expected `), refused[0])
  })

  it.each(objects(full).map((path) => [path.join(".") || "the top level", path] as const))(
    "rejects an unknown key in %s, and suggests the most similar key",
    (_name, path) => {
      const inside = path.reduce<unknown>((tree, key) => (tree as Tree)[key], full) as Tree
      for (const key of Object.keys(inside)) {
        const slip = `${key}s`
        const at = [...path, slip].join(".")
        const [line, ...more] = problems(put(full, [...path, slip], 1))
        assert.deepStrictEqual([line, more], [`${at}: unknown key (expected ${key})`, []])
      }
    },
  )

  it.each([
    [{ bulkhead: { queue: 3 } }, "bulkhead.permits: expected an integer >= 1, got nothing"],
    [
      { breaker: { window: { calls: "ten" } } },
      'breaker.window.calls: expected an integer from 1 to 1000000, got "ten"',
    ],
    [{ breaker: { window: {} } }, "breaker.window.calls: expected an integer from 1 to 1000000, got nothing"],
    [
      { breaker: { window: { calls: 5, duration: "1 second" } } },
      'breaker.window.duration: expected absent with calls, got "1 second"',
    ],
    [{ budget: { kind: "bucket" } }, 'budget.kind: expected "tokenBucket" or "ratio" or "unlimited", got "bucket"'],
    [
      { budget: { kind: "ratio", capacity: 5 } },
      "budget.capacity: unknown key (expected kind, name, percent, window, floor)",
    ],
    [
      { budget: { percent: 20 } },
      'budget.percent: expected this key only with kind "ratio", got a key of another kind',
    ],
    [
      { retry: { backoff: { base: "1 minute" } } },
      'retry.backoff.cap: expected a duration >= 60000 ms, got "32 seconds"',
    ],
    [{ retry: 5 }, "retry: expected an object, got 5"],
    [{ retry: null }, "retry: expected an object, got null"],
    [
      { timeout: "soon" },
      'timeout: expected a duration > 0 ms, such as "15 seconds" or "500 millis", or a number of milliseconds, got "soon"',
    ],
    [[], "expected an object, got a list"],
    ["retry", 'expected an object, got "retry"'],
    [JSON.parse('{"__proto__": 1}'), /^__proto__: unknown key \(expected deadline, retry, /],
  ])("reports the problem in %j", (input: unknown, expected: string | RegExp) => {
    const lines = problems(input)
    if (typeof expected === "string") assert.deepStrictEqual(lines, [expected])
    else assert.match(lines.join("\n"), expected)
  })

  it("reports all problems of every policy at once", () => {
    assert.deepStrictEqual(
      problems({ retry: { attempts: 0, attemps: 3 }, bulkhead: { permits: "4", queu: 1 }, timeout: -1 }).map(
        (line) => line.split(":")[0],
      ),
      ["retry.attemps", "retry.attempts", "bulkhead.queu", "bulkhead.permits", "timeout"],
    )
  })

  it("truncates a long value in the error message", () => {
    assert.isBelow((problems({ timeout: "x".repeat(100_000) })[0] ?? "").length, 250)
  })
})

/** The leaves of a schema, and objects that also allow a plain value. */
const known = (ast: SchemaAST.AST, path: Path = []): ReadonlyArray<string> => {
  const inside = (ast: SchemaAST.AST): ReadonlyArray<SchemaAST.Objects> =>
    ast._tag === "Union" ? ast.types.flatMap(inside) : ast._tag === "Objects" ? [ast] : []
  const properties = inside(ast).flatMap(({ propertySignatures }) => propertySignatures)
  const all = properties.flatMap(({ name, type }) => known(type, [...path, String(name)]))
  return properties.length === 0 ? [path.join(".")] : [...new Set(all)].toSorted()
}
