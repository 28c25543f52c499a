import { assert, describe, it } from "@effect/vitest"
import { Bulkhead, CircuitBreaker, Hedge, Pipeline, RetryBudget } from "@holdfast/core"
import { Effect } from "effect"

const how = "yield its Effect first, or use the variant whose name ends in Unsafe"

/** Arguments that an untyped program may pass by mistake, and the messages that explain the fix. */
const mistakes: ReadonlyArray<readonly [what: string, make: () => unknown, message: string]> = [
  [
    "the Effect of a breaker",
    () => Pipeline.breaker(CircuitBreaker.make() as never),
    `Pipeline: breaker must be the result of CircuitBreaker.make: ${how} (got an Effect)`,
  ],
  [
    "the options of a breaker",
    () => Pipeline.breaker({ consecutive: 3 } as never),
    `Pipeline: breaker must be the result of CircuitBreaker.make: ${how} (got a plain object)`,
  ],
  [
    "the Effect of a bulkhead",
    () => Pipeline.limits(Bulkhead.makeUnsafe({ permits: 1 }), Bulkhead.make({ permits: 1 }) as never),
    `Pipeline: limits[1] must be the result of a limit's make: ${how} (got an Effect)`,
  ],
  [
    "the options of a hedge",
    () => Pipeline.hedge({ delay: 5 } as never),
    `Pipeline: hedge must be the result of Hedge.make: ${how} (got a plain object)`,
  ],
  [
    "the Effect of a budget",
    () => Pipeline.retry({ budget: RetryBudget.make() as never }),
    `Retry: budget must be the result of RetryBudget.make: ${how} (got an Effect)`,
  ],
  ["a number of attempts", () => Pipeline.retry(3 as never), "Retry: options must be a plain object (got 3)"],
  [
    "a Map of options",
    () => Pipeline.retry(new Map() as never),
    "Retry: options must be a plain object (got an instance of Map)",
  ],
  [
    "a Promise of options",
    () => Pipeline.retry(Promise.resolve({}) as never),
    "Retry: options must be a plain object (got an instance of Promise)",
  ],
  [
    "a Map of verdicts",
    () => Pipeline.classify(new Map() as never),
    "Classify: verdicts must be a plain object (got an instance of Map)",
  ],
  [
    "a list of stages",
    () => [Pipeline.retry()],
    "Pipeline: stages[0] must be a stage, such as Pipeline.retry(): Pipeline.make accepts each stage as a separate argument (got a list)",
  ],
]

describe("a mistake in an untyped program", () => {
  it.each(mistakes)(
    "rejects the mistake when the pipeline is created, with a message that explains the fix: %s",
    (_, make, message) => {
      assert.throws(() => Pipeline.makeUnsafe(make() as Pipeline.Stage), message)
    },
  )

  it("rejects a policy or an `Effect` passed instead of options", () => {
    const messages = [CircuitBreaker.makeUnsafe(), CircuitBreaker.make(), []].map((given) =>
      Effect.runSync(Effect.flip(CircuitBreaker.make(given as never))).message.replace(/^.* \(got /, "("),
    )
    assert.deepStrictEqual(messages, ["(an instance of Breaker)", "(an Effect)", "(a list)"])
    assert.throws(() => Hedge.makeUnsafe({ delay: 1, budget: {} as never }), "Hedge: budget must be the result of")
  })

  it("`Pipeline.run` rejects a missing call, or an `Effect` passed instead of a pipeline", () => {
    const pipeline = Pipeline.makeUnsafe(Pipeline.retry())
    assert.throws(
      () => Pipeline.run(pipeline, undefined as never),
      "Pipeline.run(pipeline, call) needs the call as its second argument; in a pipe, use Pipeline.wrap(pipeline)",
    )
    assert.throws(
      () => Pipeline.run(Pipeline.make(Pipeline.retry()) as never, Effect.void),
      "Pipeline.run needs a pipeline: first yield the Effect that Pipeline.make returns, or use Pipeline.makeUnsafe",
    )
  })

  it("rejects a promise passed to `Pipeline.run`, and suggests `Pipeline.promise`", async () => {
    const pipeline = Pipeline.makeUnsafe(Pipeline.retry())
    const message =
      "the call of Pipeline.run must be an Effect (got an instance of Promise); use Pipeline.promise for promises"
    assert.throws(() => Pipeline.run(pipeline, Promise.resolve(1) as never), message)
    const started = Effect.runPromise(Pipeline.run(pipeline, (async () => 1) as never))
    assert.strictEqual(((await started.catch((error: unknown) => error)) as Error).message, message)
    const number = Effect.runPromise(Pipeline.run(pipeline, (() => 1) as never))
    assert.match(((await number.catch((error: unknown) => error)) as Error).message, /must be an Effect \(got 1\)/)
  })

  const pipeline = Pipeline.makeUnsafe(Pipeline.retry(), Pipeline.timeout("1 second"))
  const promise = Pipeline.promise as (...args: ReadonlyArray<unknown>) => Promise<unknown>
  const ok = () => Promise.resolve(1)
  const needs = "Pipeline.promise needs a pipeline and a function that starts the promise"
  it.each<[name: string, args: ReadonlyArray<unknown>, message: string]>([
    ["swapped arguments", [ok, pipeline], `${needs} (got a function and a plain object)`],
    ["a started promise", [pipeline, ok()], `${needs} (got a plain object and an instance of Promise)`],
    ["no pipeline", [ok], `${needs} (got a function and undefined)`],
    ["the Effect of a pipeline", [Pipeline.make(), ok], `${needs} (got an Effect and a function)`],
    ["an unknown option", [pipeline, ok, { signl: 1 }], "Pipeline.promise: unknown option signl (expected signal)"],
  ])("makes `Pipeline.promise` reject the call and report the expected arguments: %s", async (_, args, message) => {
    const error = await promise(...args).catch((error: unknown) => error)
    assert.strictEqual((error as Error).message, message)
  })

  it("rejects a reload that names a stage missing from the pipeline", () => {
    const messageOf = (settings: object) => Effect.runSync(Effect.flip(Pipeline.reload(pipeline, settings))).message
    assert.strictEqual(
      messageOf({ deadline: "5 seconds" }),
      'Pipeline: deadline must be absent: this pipeline has no deadline, only retry, timeout (got "5 seconds")',
    )
    assert.strictEqual(messageOf({ timout: 5 }), "Pipeline: unknown option timout (expected timeout)")
  })

  it("rejects an object passed instead of a number or a duration, and describes the object", () => {
    assert.throws(
      () => Pipeline.makeUnsafe(Pipeline.deadline({ limit: 5 } as never)),
      "Deadline: limit must be a duration > 0 ms (got a plain object)",
    )
    assert.throws(
      () => Bulkhead.makeUnsafe({ permits: [1] as never }),
      "Bulkhead: permits must be an integer >= 1 (got a list)",
    )
  })
})
