/** Scripted services and their errors, for the tests of hedges. */
import { type Classified, Pipeline, Verdict } from "@holdfast/core"
import type * as Bulkhead from "@holdfast/core/Bulkhead"
import * as Hedge from "@holdfast/core/Hedge"
import { Clock, Data, Effect, Exit, Fiber } from "effect"
import { TestClock } from "effect/testing"

export class Busy extends Data.TaggedError("Busy") {
  readonly verdict = Verdict.always()
}

export class SlowDown extends Data.TaggedError("SlowDown") {
  readonly verdict = Verdict.always({ pace: "throttled" })
}

export class Refused extends Data.TaggedError("Refused") {
  readonly verdict = Verdict.once({ closes: "authorization" })
}

export class Overloaded extends Data.TaggedError("Overloaded") {
  readonly verdict = Verdict.always({ outcome: "overload" })
}

export class Wrong extends Data.TaggedError("Wrong") {
  readonly verdict = Verdict.never()
}

export type Failure = Busy | SlowDown | Refused | Overloaded | Wrong

export const busy = new Busy()

/** A service that answers its requests one after the other as listed, and a log of what happened to each. */
export const service = (answers: ReadonlyArray<readonly [ms: number, answer: string | Failure]>) => {
  const log: Array<string> = []
  let sends = 0
  const say = (what: string, number: number) =>
    Effect.map(Clock.currentTimeMillis, (now) => void log.push(`${now} ${what} ${number}`))
  const send: Effect.Effect<string, Failure> = Effect.suspend(() => {
    const number = ++sends
    const [ms, answer] = answers[number - 1]!
    return say("sent", number).pipe(
      Effect.andThen(Effect.sleep(ms)),
      Effect.andThen(typeof answer === "string" ? Effect.succeed(answer) : Effect.fail(answer)),
      Effect.onExit((exit) =>
        say(Exit.isSuccess(exit) ? "answered" : Exit.hasInterrupts(exit) ? "interrupted" : "failed", number),
      ),
    )
  })
  return { log, send }
}

export const fixed = (delay: number, options: Partial<Hedge.Options> = {}) => Hedge.makeUnsafe({ delay, ...options })

export const start = <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.forkChild(effect, { startImmediately: true })

/** The value of an effect, and the milliseconds of virtual time that it took. */
export const timed = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const began = yield* Clock.currentTimeMillis
    const fiber = yield* start(
      Effect.flatMap(effect, (value) => Effect.map(Clock.currentTimeMillis, (now) => [value, now - began] as const)),
    )
    yield* TestClock.adjust("1 minute")
    return yield* Fiber.join(fiber)
  })

export const first = <A, B, E, R>(effect: Effect.Effect<readonly [A, B], E, R>) =>
  Effect.map(effect, ([value]) => value)

/** Runs a repeatable call through a pipeline of a hedge and a bulkhead inside of it. */
export const hedgedAround =
  (hedge: Hedge.Hedge, bulkhead: Bulkhead.Bulkhead) =>
  <A, E extends Classified>(send: Effect.Effect<A, E> | ((attempt: Pipeline.Attempt) => Effect.Effect<A, E>)) =>
    Effect.flatMap(Pipeline.make(Pipeline.hedge(hedge), Pipeline.limits(bulkhead)), (pipeline) =>
      Pipeline.run(pipeline, send, { repeatable: true }),
    )
