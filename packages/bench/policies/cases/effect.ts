/** Effect's own policies: retry, timeout, semaphore, and the circuit breaker with its memory store. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as CircuitBreaker from "effect/persistence/CircuitBreaker"
import * as Schedule from "effect/Schedule"
import * as Scope from "effect/Scope"
import * as Semaphore from "effect/Semaphore"
import { answered, answeredLater, failingInFiber, inFiber, limit, permits, refusing, type Case } from "../Case.ts"

// Built once; options (`{ times }`) would be built in every call. This is the cheapest form that limits the attempts.
const schedule = Schedule.exponential("500 millis").pipe(Schedule.upTo({ times: 7 }))

// The behavior of our default policy: 8 attempts, delays that grow to 32 s, jitter.
const policy = Schedule.min([Schedule.exponential("500 millis"), Schedule.spaced("32 seconds")]).pipe(
  Schedule.jittered,
  Schedule.upTo({ times: 7 }),
)

const outage = { _tag: "Outage" }

const key = "bench"

const breaker = (failures: number) =>
  Effect.gen(function* () {
    const scope = Scope.makeUnsafe()
    const store = yield* Layer.buildWithScope(CircuitBreaker.layerStoreMemory(), scope)
    return yield* CircuitBreaker.make({
      tripPolicy: CircuitBreaker.consecutive(failures),
      openDuration: "1 hour",
    }).pipe(Effect.provideContext(store), Effect.provideService(Scope.Scope, scope))
  })

const retry = Effect.succeed((body: Effect.Effect<number>) => Effect.retry(body, policy))

const retryPlain = Effect.succeed((body: Effect.Effect<number>) => Effect.retry(body, schedule))

const timeout = Effect.succeed((body: Effect.Effect<number>) => Effect.timeout(body, limit))

const semaphore = Effect.map(
  Semaphore.make(permits),
  (held) => (body: Effect.Effect<number>) => Semaphore.withPermit(held, body),
)

const guarded = Effect.map(breaker(5), (circuit) => (body: Effect.Effect<number>) => circuit.execute(body, { key }))

const all = Effect.gen(function* () {
  const circuit = yield* breaker(5)
  const held = yield* Semaphore.make(permits)
  return (body: Effect.Effect<number>) =>
    Effect.retry(circuit.execute(Effect.timeout(Semaphore.withPermit(held, body), limit), { key }), schedule)
})

export const cases: Readonly<Record<string, Case>> = {
  retry: inFiber(retry),
  "retry-plain": inFiber(retryPlain),
  failing: failingInFiber(retry, () => Effect.fail(outage) as never),
  timeout: inFiber(timeout),
  "timeout-async": inFiber(timeout, answeredLater),
  semaphore: inFiber(semaphore),
  breaker: inFiber(guarded),
  all: inFiber(all),
  "all-async": inFiber(all, answeredLater),
  rejection: {
    time: () =>
      Effect.runPromise(
        Effect.gen(function* () {
          const circuit = yield* breaker(1)
          yield* Effect.exit(circuit.execute(Effect.fail("refused"), { key }))
          return refusing(() => circuit.execute(answered, { key }))
        }),
      ),
  },
}
