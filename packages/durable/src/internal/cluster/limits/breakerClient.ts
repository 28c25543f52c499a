/**
 * An API client whose calls pass a circuit breaker that all runners share.
 */
import type { C2cClient } from "@holdfast/c2c/C2cClient"
import { CircuitOpen } from "@holdfast/core/CircuitBreaker"
import * as SharedCircuitBreaker from "@holdfast/core/SharedCircuitBreaker"
import * as Verdict from "@holdfast/core/Verdict"
import * as Data from "effect/Data"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import { CircuitBreakerStore } from "effect/persistence/CircuitBreaker"
import * as CallsOf from "./callsOf.ts"

/**
 * The number of calls in a row whose failure opens the circuit. Each of them has failed up to 8 times, so the number is lower
 * than the default of a breaker for single attempts.
 */
export const consecutive = 5

/**
 * The longest time for which a call counts as the probe of a half-open circuit. All attempts of a call take less. A call that
 * waits at a gate which has closed meanwhile, perhaps until its device is paired again, must not keep the other calls waiting.
 */
const longestProbe = Duration.minutes(5)

/** The call goes on, but the circuit no longer waits for it. */
class ProbeOvertime extends Data.TaggedError("ProbeOvertime")<{}> {
  readonly verdict = Verdict.never({ outcome: "ignored", applied: "maybe" })
}

/**
 * Returns a function that protects a client with the circuit of an API, over the store of the context. Without a store, the
 * client is not changed.
 *
 * **Details**
 *
 * A call waits while the circuit is open, as it does at a gate, so it spends no attempt. It asks for admission only when the
 * gates of the client are open: a probe that waits at a gate would keep the circuit half open for all runners. If the store
 * fails, the call is sent.
 */
export const make = (api: string) =>
  Effect.gen(function* () {
    const store = Option.getOrUndefined(yield* Effect.serviceOption(CircuitBreakerStore))
    if (store === undefined) return (client: C2cClient["Service"]) => client
    const breaker = yield* Effect.orDie(
      SharedCircuitBreaker.make(store, { name: "c2c", key: `c2c:${api}`, consecutive, classify }),
    )
    return (client: C2cClient["Service"]) => {
      const through = <A, E extends Verdict.Classified>(call: Effect.Effect<A, E>): Effect.Effect<A, E> =>
        Effect.flatMap(Effect.scope, (scope) => {
          let running: Effect.Effect<A, E> = call
          const probe = Effect.flatMap(Effect.forkIn(call, scope, { startImmediately: true }), (fiber) => {
            running = Fiber.join(fiber)
            return Effect.timeoutOrElse(running, {
              duration: longestProbe,
              orElse: () => Effect.fail(new ProbeOvertime()),
            })
          })
          const admitted: Effect.Effect<A, E> = Effect.andThen(
            client.ready,
            SharedCircuitBreaker.protect(probe, breaker),
          ).pipe(
            Effect.catch((error) => {
              if (error instanceof CircuitOpen) return Effect.andThen(waiting(error), admitted)
              if (error instanceof ProbeOvertime) return running
              // Not reached, because the breaker admits calls if its store fails.
              if (error instanceof SharedCircuitBreaker.CircuitStoreFailed) return call
              return Effect.fail(error)
            }),
          )
          return admitted
        }).pipe(Effect.scoped)
      return CallsOf.wrap(client, through)
    }
  })

/** A lost creation is as bad a sign as the failure that lost it, although it must not be repeated. */
const classify = (error: Verdict.Classified): Verdict.Outcome => {
  const cause = error._tag === "AssetCreationUncertain" && "cause" in error ? error.cause : error
  return Verdict.outcomeOf(Verdict.isClassified(cause) ? cause.verdict : error.verdict)
}

const waiting = (error: CircuitOpen) =>
  Effect.andThen(Effect.logInfo(`an API call waits: ${error.message}`), Effect.sleep(error.retryAfter))
