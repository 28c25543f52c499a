import { assert, describe, it } from "@effect/vitest"
import { Pipeline, Verdict, type Backoff, type Classified, type Retry } from "@holdfast/core"
import type * as AdaptiveLimit from "@holdfast/core/AdaptiveLimit"
import type * as Bulkhead from "@holdfast/core/Bulkhead"
import type * as CircuitBreaker from "@holdfast/core/CircuitBreaker"
import type * as Hedge from "@holdfast/core/Hedge"
import * as PipelineConfig from "@holdfast/core/PipelineConfig"
import type { PipelineConfigError } from "@holdfast/core/PipelineConfigError"
import type * as RetryBudget from "@holdfast/core/RetryBudget"
import type * as Throttle from "@holdfast/core/Throttle"
import { Cause, ConfigProvider, Duration, Effect, Exit, Fiber, type SchemaAST } from "effect"
import { TestClock } from "effect/testing"
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"

const failure: Classified = { _tag: "Failure", verdict: Verdict.always() }

/** Every key of every policy, in values that differ from the defaults. */
const full = {
  deadline: "3 minutes",
  retry: {
    attempts: 4,
    backoff: { base: "250 millis", factor: 3, cap: "10 seconds", jitter: "full" },
    hintCap: "20 seconds",
  },
  budget: { kind: "tokenBucket", name: "vendor", capacity: 100, cost: 10, throttledCost: 4, reward: 2 },
  hedge: {
    delay: { percentile: 0.9, min: "10 millis", max: "2 seconds", initial: "1 second", window: "30 seconds" },
    max: 2,
    afterFailure: true,
  },
  throttle: { name: "polite", window: "1 minute", k: 1.5, minimum: 20, maxRejection: 0.8 },
  adaptiveLimit: {
    name: "limit",
    algorithm: "aimd",
    min: 2,
    max: 50,
    initial: 10,
    maxHealthy: "1 second",
    maxDrift: 2,
    queue: 5,
    maxWait: "3 seconds",
  },
  bulkhead: { name: "uploads", permits: 4, queue: 100, maxWait: "10 seconds" },
  breaker: {
    name: "vendor",
    consecutive: 3,
    window: { calls: 20, failureRate: 0.4, minimumCalls: 10, slowCall: { over: "2 seconds", rate: 0.9 } },
    open: { base: "5 seconds", factor: 3, cap: "1 minute" },
    maxOpen: "2 minutes",
    probes: 2,
    successThreshold: 2,
    probeLease: "1 minute",
    ramp: { over: "20 seconds", from: 0.1 },
    dryRun: true,
  },
  timeout: "15 seconds",
} as const

/** What may stand in a place that `full` fills in another way. */
const others = [
  { budget: { kind: "ratio", name: "vendor", percent: 10, window: "20 seconds", floor: 1 } },
  { budget: { kind: "unlimited" } },
  { breaker: { window: { duration: "30 seconds" }, open: "1 second" } },
  { hedge: { delay: "500 millis" } },
] as const

type Tree = { readonly [key: string]: unknown }
type Path = ReadonlyArray<string>

const isTree = (u: unknown): u is Tree => typeof u === "object" && u !== null

const leaves = (tree: Tree, path: Path = []): ReadonlyArray<Path> =>
  Object.entries(tree).flatMap(([key, value]) => (isTree(value) ? leaves(value, [...path, key]) : [[...path, key]]))

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
    "takes what is right as it is, and back: %j",
    (input) => {
      const decoded = Effect.runSync(PipelineConfig.decode(input))
      assert.deepStrictEqual<unknown>(decoded, input)
      const written = JSON.parse(JSON.stringify(Effect.runSync(PipelineConfig.encode(decoded))))
      assert.deepStrictEqual(Effect.runSync(PipelineConfig.decode(written)), decoded)
    },
  )

  it("knows every option of every policy, apart from functions", () => {
    // A new option does not compile until it stands here.
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
    "names %s where its type is wrong, what it was, and what is allowed",
    (name, path) => {
      const [line = "", ...more] = problems(put(full, path, ["a list"]))
      assert.deepStrictEqual(more, [])
      const [, allowed = ""] = line.split(`${name}: was a list, allowed is `)
      assert.match(
        allowed,
        /^(?:a (?:whole )?number|a duration .*"15 seconds".*milliseconds|true or false|a text|"\w+" or )/,
      )
    },
  )

  it.each(
    leaves(full)
      .filter(([, ...path]) => path.at(-1) !== "name" && path.at(-1) !== "dryRun")
      .map((path) => [path.join("."), path] as const),
  )("says what the policy allows for %s, be it of the wrong type or out of range", (name, path) => {
    const isText = typeof path.reduce<unknown>((tree, key) => (tree as Tree)[key], full) === "string"
    const wrong = isText && /kind|algorithm|jitter/.test(name) ? "none of them" : -1
    const refused = problems(put(full, path, wrong)).map((line) => line.replace(/, such as .*/, ""))
    const typed = problems(put(full, path, ["a list"])).map((line) => line.replace(/, such as .*/, ""))
    const allowed = (lines: ReadonlyArray<string>) => lines.map((line) => line.replace(/was .*?, allowed/, "allowed"))
    assert.deepStrictEqual(allowed(refused), allowed(typed))
    assert.isTrue(refused[0]?.startsWith(`${name}: was `), refused[0])
  })

  it.each(objects(full).map((path) => [path.join(".") || "the top", path] as const))(
    "refuses a key in %s that it does not know, and names the nearest",
    (_name, path) => {
      const inside = path.reduce<unknown>((tree, key) => (tree as Tree)[key], full) as Tree
      for (const key of Object.keys(inside)) {
        const slip = `${key}s`
        const at = [...path, slip].join(".")
        const [line, ...more] = problems(put(full, [...path, slip], 1))
        assert.deepStrictEqual([line, more], [`${at}: was an unknown key, allowed is ${key}`, []])
      }
    },
  )

  it.each([
    [{ bulkhead: { queue: 3 } }, "bulkhead.permits: was absent, allowed is a whole number from 1"],
    [
      { breaker: { window: { calls: "ten" } } },
      'breaker.window.calls: was "ten", allowed is a whole number from 1 to 1000000',
    ],
    [{ breaker: { window: {} } }, "breaker.window.calls: was absent, allowed is a whole number from 1 to 1000000"],
    [
      { breaker: { window: { calls: 5, duration: "1 second" } } },
      'breaker.window.duration: was "1 second", allowed is nothing beside calls',
    ],
    [{ budget: { kind: "bucket" } }, 'budget.kind: was "bucket", allowed is "tokenBucket" or "ratio" or "unlimited"'],
    [
      { budget: { kind: "ratio", capacity: 5 } },
      "budget.capacity: was an unknown key, allowed is kind, name, percent, window, floor",
    ],
    [{ budget: { percent: 20 } }, 'budget.percent: was a key of another kind, allowed is percent beside kind "ratio"'],
    [
      { retry: { backoff: { base: "1 minute" } } },
      'retry.backoff.cap: was "32 seconds", allowed is a duration from 60000 ms',
    ],
    [{ retry: 5 }, "retry: was 5, allowed is an object"],
    [{ retry: null }, "retry: was null, allowed is an object"],
    [
      { timeout: "soon" },
      'timeout: was "soon", allowed is a duration above 0 ms, such as "15 seconds" or "500 millis", or a number of milliseconds',
    ],
    [[], "was a list, allowed is an object"],
    ["retry", 'was "retry", allowed is an object'],
    [JSON.parse('{"__proto__": 1}'), /^__proto__: was an unknown key, allowed is deadline, retry, /],
  ])("says of %j what is wrong", (input: unknown, expected: string | RegExp) => {
    const lines = problems(input)
    if (typeof expected === "string") assert.deepStrictEqual(lines, [expected])
    else assert.match(lines.join("\n"), expected)
  })

  it("names all that is wrong at once, in every policy", () => {
    assert.deepStrictEqual(
      problems({ retry: { attempts: 0, attemps: 3 }, bulkhead: { permits: "4", queu: 1 }, timeout: -1 }).map(
        (line) => line.split(":")[0],
      ),
      ["retry.attemps", "retry.attempts", "bulkhead.queu", "bulkhead.permits", "timeout"],
    )
  })

  it("shows little of a long text", () => {
    assert.isBelow((problems({ timeout: "x".repeat(100_000) })[0] ?? "").length, 250)
  })
})

/** The leaves of a schema, from the outside: where one value may stand beside an object, the object's. */
const known = (ast: SchemaAST.AST, path: Path = []): ReadonlyArray<string> => {
  const inside = (ast: SchemaAST.AST): ReadonlyArray<SchemaAST.Objects> =>
    ast._tag === "Union" ? ast.types.flatMap(inside) : ast._tag === "Objects" ? [ast] : []
  const properties = inside(ast).flatMap(({ propertySignatures }) => propertySignatures)
  const all = properties.flatMap(({ name, type }) => known(type, [...path, String(name)]))
  return properties.length === 0 ? [path.join(".")] : [...new Set(all)].toSorted()
}

describe("PipelineConfig.encode", () => {
  it.effect("writes durations of any kind so that JSON holds them", () =>
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

  it.effect("refuses functions, which no file holds", () =>
    Effect.gen(function* () {
      const settings: Pipeline.Settings = { breaker: { classify: () => "failure", open: () => "1 second" } }
      const { message } = yield* Effect.flip(PipelineConfig.encode(settings))
      assert.match(message, /breaker\.open: was a function/)
      assert.match(message, /breaker\.classify: was an unknown key/)
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
  ])("says where %j stops being JSON", (json, line, column, found) => {
    const { message } = Effect.runSync(Effect.flip(PipelineConfig.parse(json, "p.json")))
    assert.strictEqual(message, `p.json:${line}:${column}: was ${found}, allowed is JSON`)
  })

  it.effect("takes a text that begins with a byte order mark", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* PipelineConfig.parse('\ufeff{"timeout": 5}'), { timeout: 5 })
    }),
  )

  it.effect("names the source before every problem", () =>
    Effect.gen(function* () {
      const { message } = yield* Effect.flip(PipelineConfig.parse('{"a": 1, "b": 2}', "p.json"))
      assert.deepStrictEqual(
        message.split("\n").map((line) => line.split(" was")[0]),
        ["p.json: a:", "p.json: b:"],
      )
    }),
  )
})

const fromEnv = (env: Record<string, string>, prefix?: string) =>
  PipelineConfig.config(prefix).parse(ConfigProvider.fromEnv({ env }))

/** The issues of a failed config, by the name of the variable. */
const refused = (env: Record<string, string>) =>
  Effect.map(Effect.flip(fromEnv(env)), ({ cause }) =>
    String(cause)
      .replace(/^SchemaError\(|\)$/g, "")
      .split(/(?<=\])\n/)
      .map((text) => {
        const [, message, name] = /^(.*)\n\s+at \["(.*)"\]$/.exec(text) ?? []
        return `${name}: ${message}`
      }),
  )

describe("PipelineConfig.config", () => {
  const constant = (path: Path) => path.map((key) => key.replace(/[A-Z]/g, "_$&").toUpperCase()).join("_")

  it.effect("reads every option from a variable of its name", () =>
    Effect.gen(function* () {
      for (const settings of [full, ...others]) {
        const at = (path: Path) => path.reduce<unknown>((tree, key) => (tree as Tree)[key], settings)
        const env = Object.fromEntries(leaves(settings).map((path) => [`HOLDFAST_${constant(path)}`, String(at(path))]))
        assert.deepStrictEqual<unknown>(yield* fromEnv(env), settings)
      }
    }),
  )

  it.effect("is empty without any variable, and not concerned by those that are no policies", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* fromEnv({ HOLDFAST_HOME: "/x", HOLDFAST_CLIENT_ID: "y", PATH: "z" }), {})
    }),
  )

  it.effect("switches whole policies on and off", () =>
    Effect.gen(function* () {
      const env = { HOLDFAST_BREAKER: "on", HOLDFAST_RETRY: "off", HOLDFAST_RETRY_ATTEMPTS: "4" }
      assert.deepStrictEqual(yield* fromEnv(env), { breaker: {} })
    }),
  )

  it.effect("reads a duration with its unit, and rejects a number without one", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* fromEnv({ HOLDFAST_TIMEOUT: "1500 millis" }), { timeout: "1500 millis" })
      for (const bare of ["15", "1500", " 15 ", "0", "1.5", "1e3", "-1", "Infinity"]) {
        const allowed = 'allowed is a duration, such as "15 seconds" or "500 millis"'
        assert.deepStrictEqual(yield* refused({ HOLDFAST_TIMEOUT: bare, HOLDFAST_RETRY_HINT_CAP: bare }), [
          `HOLDFAST_RETRY_HINT_CAP: was ${JSON.stringify(bare)}, which has no unit, ${allowed}`,
          `HOLDFAST_TIMEOUT: was ${JSON.stringify(bare)}, which has no unit, ${allowed}`,
        ])
      }
      assert.deepStrictEqual(yield* refused({ HOLDFAST_TIMEOUT: "soon" }), [
        'HOLDFAST_TIMEOUT: was "soon", allowed is a duration above 0 ms, such as "15 seconds" or "500 millis"',
      ])
    }),
  )

  it.effect("takes another prefix, or none", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* fromEnv({ MY_APP_TIMEOUT: "5 seconds" }, "MY_APP"), { timeout: "5 seconds" })
      assert.deepStrictEqual(yield* fromEnv({ TIMEOUT: "5 seconds" }, ""), { timeout: "5 seconds" })
    }),
  )

  it.effect("names a variable that is spelled almost like a setting, and leaves those of other programs alone", () =>
    Effect.gen(function* () {
      assert.sameMembers(
        yield* refused({ HOLDFAST_TIMOUT: "5 s", HOLDFAST_BULKHED_PERMITS: "3", HOLDFAST_HOME: "/" }),
        [
          "HOLDFAST_TIMOUT: was an unknown variable, allowed is HOLDFAST_TIMEOUT",
          "HOLDFAST_BULKHED_PERMITS: was an unknown variable, allowed is HOLDFAST_BULKHEAD_PERMITS",
        ],
      )
      const others = { HOLDFAST_HOME: "/", HOLDFAST_CLIENT_ID: "a", HOLDFAST_CLIENT_SECRET: "b", HOLDFAST_DEBUG: "1" }
      assert.deepStrictEqual(yield* fromEnv({ ...others, HOLDFASTER_TIMOUT: "1" }), {})
    }),
  )

  it.effect("names the variables that are wrong, unknown, or in the way of each other", () =>
    Effect.gen(function* () {
      const issues = yield* refused({
        HOLDFAST_RETRY_ATTEMPTS: "ten",
        HOLDFAST_RETRY_ATEMPTS: "3",
        HOLDFAST_BREAKER_DRY_RUN: "maybe",
        HOLDFAST_BREAKER_OPEN: "1 second",
        HOLDFAST_BREAKER_OPEN_FACTOR: "2",
        HOLDFAST_BULKHEAD_QUEUE: "5",
        HOLDFAST_THROTTLE: "perhaps",
        HOLDFAST_TIMEOUT_MS: "5",
      })
      assert.sameMembers(issues, [
        "HOLDFAST_RETRY_ATEMPTS: was an unknown variable, allowed is HOLDFAST_RETRY_ATTEMPTS",
        "HOLDFAST_TIMEOUT_MS: was an unknown variable, allowed is HOLDFAST_TIMEOUT",
        "HOLDFAST_BREAKER_OPEN_FACTOR: was set, allowed is nothing where breaker.open has a value",
        'HOLDFAST_THROTTLE: was "perhaps", allowed is "on" or "off"',
        'HOLDFAST_RETRY_ATTEMPTS: was "ten", allowed is a whole number from 1',
        "HOLDFAST_BULKHEAD_PERMITS: was absent, allowed is a whole number from 1",
        'HOLDFAST_BREAKER_DRY_RUN: was "maybe", allowed is true or false',
      ])
    }),
  )
})

describe("PipelineConfig.load and reload", () => {
  it.effect("make a pipeline, and name what the pipeline as a whole refuses", () =>
    Effect.gen(function* () {
      const pipeline = yield* PipelineConfig.load(full, { name: "vendor" })
      assert.strictEqual(pipeline.name, "vendor")
      assert.include(Pipeline.describe(pipeline), "bulkhead 4")
      const { message } = yield* Effect.flip(PipelineConfig.load({ budget: {} }, { source: "p.json" }))
      assert.match(message, /^p\.json: budget: was .*, allowed is a budget beside/)
    }),
  )

  it.effect("keep the breaker's window", () =>
    Effect.gen(function* () {
      const pipeline = yield* PipelineConfig.load({ breaker: { consecutive: 3 } })
      const call = Effect.flip(Pipeline.run(pipeline, Effect.fail(failure)))
      yield* Effect.andThen(call, call)
      yield* PipelineConfig.reload(pipeline, { breaker: { consecutive: 3, open: "1 minute" } })
      assert.strictEqual((yield* call)._tag, "Failure")
      // Three in a row: two of them before the reload.
      const open = yield* call
      assert.strictEqual(open._tag, "CircuitOpen")
      assert.strictEqual(open.verdict.retryAfter && Duration.toMillis(open.verdict.retryAfter), 60_000)
    }),
  )

  it.effect("keep what the budget has spent", () =>
    Effect.gen(function* () {
      const pipeline = yield* PipelineConfig.load({
        retry: { attempts: 3, backoff: { jitter: "none" } },
        budget: { capacity: 2, cost: 1, throttledCost: 1, reward: 0 },
      })
      let sent = 0
      const call = Effect.gen(function* () {
        sent = 0
        const fail = Effect.suspend(() => {
          sent++
          return Effect.fail(failure)
        })
        const fiber = yield* Effect.forkChild(Effect.flip(Pipeline.run(pipeline, fail)))
        yield* TestClock.adjust("1 minute")
        yield* Fiber.join(fiber)
        return sent
      })
      assert.strictEqual(yield* call, 3)
      yield* PipelineConfig.reload(pipeline, { budget: { capacity: 100, cost: 1, throttledCost: 1, reward: 0 } })
      assert.strictEqual(yield* call, 1)
    }),
  )

  it.effect("keep the bulkhead's queue, and let those in that find a place now", () =>
    Effect.gen(function* () {
      const pipeline = yield* PipelineConfig.load({ bulkhead: { permits: 1, queue: 3 } })
      const done: Array<number> = []
      const calls = yield* Effect.forEach([1, 2, 3], (n) =>
        Effect.forkChild(
          Pipeline.run(
            pipeline,
            Effect.andThen(
              Effect.sleep("1 second"),
              Effect.sync(() => done.push(n)),
            ),
          ),
        ),
      )
      yield* TestClock.adjust("500 millis")
      yield* PipelineConfig.reload(pipeline, { bulkhead: { permits: 2, queue: 3 } })
      yield* TestClock.adjust("500 millis")
      assert.deepStrictEqual(done, [1])
      yield* TestClock.adjust("500 millis")
      assert.deepStrictEqual(done, [1, 2])
      yield* TestClock.adjust("500 millis")
      assert.deepStrictEqual(done, [1, 2, 3])
      yield* Effect.forEach(calls, Fiber.join)
    }),
  )

  it.effect("change nothing where anything is wrong", () =>
    Effect.gen(function* () {
      const pipeline = yield* PipelineConfig.load({ retry: { attempts: 2 }, timeout: "5 seconds" })
      const before = Pipeline.describe(pipeline)
      for (const [change, path] of [
        [{ timeout: "9 seconds", retry: { attempts: 0 } }, "retry.attempts"],
        [{ timeout: "9 seconds", retry: { attempts: "3" } }, "retry.attempts"],
        [{ timeout: "9 seconds", breaker: {} }, "breaker"],
      ] as const) {
        const { problems } = yield* Effect.flip(PipelineConfig.reload(pipeline, change))
        assert.deepStrictEqual(
          problems.map(({ path }) => path),
          [path],
        )
        assert.strictEqual(Pipeline.describe(pipeline), before)
      }
    }),
  )
})

describe("Schema", () => {
  it("comes with no policy and no stage of a pipeline", () => {
    const source = join(import.meta.dirname, "../../src")
    const files = readdirSync(source, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"))
    const importing = files.filter((file) => /from "effect\/Schema"/.test(readFileSync(join(source, file), "utf8")))
    assert.deepStrictEqual(importing.toSorted(), [
      "ErrorTable.ts",
      "PipelineConfig.ts",
      "VerdictSchema.ts",
      "internal/config/examine.ts",
      "internal/config/schema.ts",
    ])
    const users = files
      .filter((file) => file !== "index.ts")
      .filter((file) =>
        /from "(?:\.{1,2}\/)+(?:PipelineConfig|(?:internal\/config\/)?(?:examine|schema))\.ts"/.test(
          readFileSync(join(source, file), "utf8"),
        ),
      )
    assert.deepStrictEqual(users.toSorted(), ["PipelineConfig.ts", "internal/config/examine.ts"])
  })
})
