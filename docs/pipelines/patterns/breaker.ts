import { NodeRuntime } from "@effect/platform-node"
import { CircuitBreaker, Pipeline, Verdict } from "@holdfast/core"
import { Console, Data, Effect, Random } from "effect"

class Unavailable extends Data.TaggedError("Unavailable") {
  readonly verdict = Verdict.always()
}

let sent = 0

/** Host a is down, and host b works. */
const send = (host: string) =>
  Effect.suspend(() => {
    sent++
    return host === "a" ? Effect.fail(new Unavailable()) : Effect.succeed("b answers")
  })

/** How many of ten calls to a are sent, and the result of the next call, to b. */
const lastOfEleven = <E>(call: (host: string) => Effect.Effect<string, E>) =>
  Effect.gen(function* () {
    sent = 0
    for (let n = 0; n < 10; n++) yield* Effect.ignore(call("a"))
    const before = sent
    const last = yield* Effect.match(call("b"), { onFailure: () => "b is rejected", onSuccess: (text) => text })
    return `${before} of 10 calls to a are sent, ${last}`
  })

export const main = Effect.gen(function* () {
  const keyed = yield* CircuitBreaker.keyed({ consecutive: 5 })
  const one = yield* CircuitBreaker.make({ consecutive: 5 })
  // #region keyed
  // Do: one circuit for each host.
  const byHost = (host: string) =>
    Effect.flatMap(CircuitBreaker.at(keyed, host), (breaker) => CircuitBreaker.protect(send(host), breaker))
  // Don't: the failures of one host reject the calls to all others.
  const shared = (host: string) => CircuitBreaker.protect(send(host), one)
  // #endregion
  yield* Console.log(`a circuit a host: ${yield* lastOfEleven(byHost)}`)
  yield* Console.log(`one circuit: ${yield* lastOfEleven(shared)}`)

  // #region once
  const make = () => Pipeline.makeUnsafe(Pipeline.breaker(CircuitBreaker.makeUnsafe({ consecutive: 5 })))
  const pipeline = make()
  // Do: make the pipeline once; the circuit lives in it.
  const remembers = (host: string) => Pipeline.run(pipeline, send(host))
  // Don't: a circuit that is made for each call never opens.
  const forgets = (host: string) => Pipeline.run(make(), send(host))
  // #endregion
  yield* Console.log(`made once: ${yield* lastOfEleven(remembers)}`)
  yield* Console.log(`made for each call: ${yield* lastOfEleven(forgets)}`)

  const phaseAfterOneCall = (breaker: CircuitBreaker.CircuitBreaker) =>
    Effect.gen(function* () {
      yield* Effect.ignore(
        Pipeline.run(Pipeline.makeUnsafe(Pipeline.retry({ attempts: 4 }), Pipeline.breaker(breaker)), send("a")),
      )
      return (yield* CircuitBreaker.state(breaker))._tag
    })
  // #region threshold
  // Do: let a share of many calls decide, or more failures than one call has attempts.
  const byShare = CircuitBreaker.makeUnsafe({ window: { duration: "30 seconds", failureRate: 0.5, minimumCalls: 20 } })
  // Don't: the attempts of one call open the circuit for all others.
  const byOne = CircuitBreaker.makeUnsafe({ consecutive: 3 })
  // #endregion
  yield* Console.log(`a share of 20 calls, after one call with 4 attempts: ${yield* phaseAfterOneCall(byShare)}`)
  yield* Console.log(`3 in a row: ${yield* phaseAfterOneCall(byOne)}`)
}).pipe(Random.withSeed("breaker"))

if (import.meta.main) NodeRuntime.runMain(main)
