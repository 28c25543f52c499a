/** Our pipelines, each with the stages that its row names. */
import * as Authorization from "@holdfast/core/Authorization"
import * as Bulkhead from "@holdfast/core/Bulkhead"
import * as CircuitBreaker from "@holdfast/core/CircuitBreaker"
import * as Connectivity from "@holdfast/core/Connectivity"
import * as Pipeline from "@holdfast/core/Pipeline"
import * as RetryBudget from "@holdfast/core/RetryBudget"
import * as Verdict from "@holdfast/core/Verdict"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Scope from "effect/Scope"
import {
  answered,
  answeredLater,
  failingInFiber,
  inFiber,
  limit,
  making,
  permits,
  refusing,
  type Case,
  type Loop,
} from "../Case.ts"

type Body = Effect.Effect<number>

const health = (check: Effect.Effect<void>) => Layer.succeed(Connectivity.Health, { check })

const tokens = Layer.succeed(Authorization.Tokens, {
  current: Effect.succeed(Redacted.make("bench")),
  refresh: Effect.succeed,
  signedIn: Effect.never,
})

/** The two gates as in a program: open once the health service has answered, closed otherwise. */
const gates = (check: Effect.Effect<void>) =>
  Effect.gen(function* () {
    const layer = Layer.mergeAll(
      Layer.provide(Connectivity.Connectivity.layer, health(check)),
      Layer.provide(Authorization.Authorization.layer, tokens),
    )
    const context = yield* Layer.buildWithScope(layer, Scope.makeUnsafe())
    return {
      connectivity: Context.get(context, Connectivity.Connectivity),
      authorization: Context.get(context, Authorization.Authorization),
    }
  })

const openGates = Effect.tap(gates(Effect.void), ({ authorization, connectivity }) =>
  Effect.andThen(connectivity.gate.awaitOpen, authorization.gate.awaitOpen),
)

const retry = Effect.map(
  Pipeline.make(Pipeline.retry({ attempts: 8 })),
  (pipeline) => (body: Body) => Pipeline.run(pipeline, body),
)

const breaker = Effect.gen(function* () {
  const pipeline = yield* Pipeline.make(Pipeline.breaker(yield* CircuitBreaker.make({ consecutive: 5 })))
  return (body: Body) => Pipeline.run(pipeline, body)
})

const bulkhead = Effect.gen(function* () {
  const pipeline = yield* Pipeline.make(Pipeline.limits(yield* Bulkhead.make({ permits })))
  return (body: Body) => Pipeline.run(pipeline, body)
})

const timeout = Effect.map(
  Pipeline.make(Pipeline.timeout(limit)),
  (pipeline) => (body: Body) => Pipeline.run(pipeline, body),
)

const parts = Effect.gen(function* () {
  const budget = yield* RetryBudget.tokenBucket()
  return {
    retry: Pipeline.retry({ attempts: 8, budget }),
    limits: Pipeline.limits(yield* Bulkhead.make({ permits })),
    breaker: Pipeline.breaker(yield* CircuitBreaker.make({ consecutive: 5 })),
  }
})

const all = Effect.gen(function* () {
  const { retry, limits, breaker } = yield* parts
  const pipeline = yield* Pipeline.make(retry, Pipeline.gates(yield* openGates), limits, breaker)
  return (body: Body) => Pipeline.run(pipeline, body)
})

const allInTime = Effect.gen(function* () {
  const { retry, limits, breaker } = yield* parts
  const open = Pipeline.gates(yield* openGates)
  const pipeline = yield* Pipeline.make(retry, open, limits, breaker, Pipeline.timeout(limit))
  return (body: Body) => Pipeline.run(pipeline, body)
})

const closed = Effect.gen(function* () {
  const { retry, limits, breaker } = yield* parts
  const pipeline = yield* Pipeline.make(retry, Pipeline.gates(yield* gates(Effect.never)), limits, breaker)
  return (body: Body) => Pipeline.run(pipeline, body)
})

const budgeted = Effect.gen(function* () {
  const { retry, limits, breaker } = yield* parts
  const pipeline = yield* Pipeline.make(retry, limits, breaker)
  return (body: Body) => Pipeline.run(pipeline, body)
})

const one = (): unknown =>
  Pipeline.makeUnsafe(
    Pipeline.retry({ attempts: 8 }),
    Pipeline.limits(Bulkhead.makeUnsafe({ permits })),
    Pipeline.breaker(CircuitBreaker.makeUnsafe({ consecutive: 5 })),
  )

const keys = 50_000

/** Each call uses a new key, whose breaker opens, while all other circuits are open. */
const outageByKey = async (): Promise<Loop> => {
  const keyed = Effect.runSync(CircuitBreaker.keyed({ capacity: keys, consecutive: 1 }))
  let next = 0
  const calls = (count: number) =>
    Effect.gen(function* () {
      for (let n = 0; n < count; n++) {
        const breaker = yield* CircuitBreaker.at(keyed, `key ${next++}`)
        yield* Effect.exit(CircuitBreaker.protect(Effect.fail(outage), breaker))
      }
    })
  // Evictions begin after the first `keys`, and are compiled while the others are added.
  await Effect.runPromise(calls(4 * keys))
  return (count) => Effect.runPromise(calls(count))
}

const outage = { _tag: "Outage", verdict: Verdict.always() }

export const cases: Readonly<Record<string, Case>> = {
  retry: inFiber(Effect.orDie(retry)),
  breaker: inFiber(Effect.orDie(breaker)),
  bulkhead: inFiber(Effect.orDie(bulkhead)),
  timeout: inFiber(Effect.orDie(timeout)),
  "timeout-async": inFiber(Effect.orDie(timeout), answeredLater),
  all: inFiber(Effect.orDie(all)),
  "all-timeout": inFiber(Effect.orDie(allInTime), answeredLater),
  "all-budget": inFiber(Effect.orDie(budgeted)),
  gate: inFiber(Effect.orDie(closed)),
  failing: failingInFiber(Effect.orDie(retry), () => Effect.fail(outage) as never),
  made: making(one),
  keyed: { time: outageByKey },
  rejection: {
    time: () =>
      Effect.runPromise(
        Effect.gen(function* () {
          const circuit = yield* CircuitBreaker.make({ consecutive: 1, open: "1 hour", maxOpen: "1 hour" })
          const pipeline = yield* Pipeline.make(Pipeline.breaker(circuit))
          yield* Effect.exit(Pipeline.run(pipeline, Effect.fail(outage)))
          return refusing(() => Pipeline.run(pipeline, answered))
        }),
      ),
  },
}
