import { NodeRuntime } from "@effect/platform-node"
import { Connectivity, Health, Pipeline, Verdict } from "@holdfast/core"
import { Clock, Console, Data, Effect, Layer, Random, Stream } from "effect"

class Offline extends Data.TaggedError("Offline") {
  readonly verdict = Verdict.always({ closes: "connectivity" })
}

export const main = Effect.gen(function* () {
  const start = yield* Clock.currentTimeMillis
  const elapsed = Effect.map(Clock.currentTimeMillis, (now) => (now - start) / 1000)
  const log = (text: string) =>
    Effect.flatMap(elapsed, (seconds) => Console.log(`${seconds.toFixed(1).padStart(4)} s  ${text}`))

  // The network comes after 2.5 s, goes at 3.5 s, and comes back for good at 10 s.
  const online = Effect.map(elapsed, (seconds) => (seconds >= 2.5 && seconds < 3.5) || seconds >= 10)

  // The probe waits at no gate: it succeeds, or it fails.
  const HealthLive = Layer.succeed(Health, {
    check: Effect.flatMap(online, (yes) => (yes ? Effect.void : Effect.fail(new Offline()))),
  })

  // A call that takes a second, and fails if the network is gone by then.
  const send = (name: string, attempt: number) =>
    Effect.gen(function* () {
      yield* log(`${name}, attempt ${attempt}`)
      yield* Effect.sleep("1 second")
      if (!(yield* online)) return yield* new Offline()
      yield* log(`${name} is through`)
    })

  const calls = Effect.gen(function* () {
    const connectivity = yield* Connectivity
    yield* connectivity.gate.changes.pipe(
      Stream.runForEach((state) => log(state._tag === "Open" ? "gate open" : `gate closed: ${state.reason}`)),
      Effect.forkScoped({ startImmediately: true }),
    )
    const pipeline = Pipeline.makeUnsafe(Pipeline.retry(), Pipeline.gates({ connectivity }))
    const call = (name: string) => Pipeline.run(pipeline, ({ number }) => send(name, number))
    yield* Effect.all([call("A"), call("B"), call("C")], { concurrency: "unbounded" })
  })

  yield* calls.pipe(Effect.scoped, Effect.provide(Connectivity.layer.pipe(Layer.provide(HealthLive))))
}).pipe(Random.withSeed("docs"))

if (import.meta.main) NodeRuntime.runMain(main)
