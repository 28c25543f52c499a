/** Calls through a breaker, for its tests. */
import * as CircuitBreaker from "@holdfast/core/CircuitBreaker"
import * as Verdict from "@holdfast/core/Verdict"
import { Data, Duration, Effect, type Fiber } from "effect"

/** The error of a service that is down. */
export class Down extends Data.TaggedError("Down")<{ readonly verdict: Verdict.Verdict }> {}

export const down = (options: Verdict.Options = {}): Down => new Down({ verdict: Verdict.always(options) })

/** The error of an invalid request, which says nothing about the service. */
export class Wrong extends Data.TaggedError("Wrong")<{ readonly verdict: Verdict.Verdict }> {}

export const wrong = (): Wrong => new Wrong({ verdict: Verdict.never() })

/** The result of a call: the tag of its error, or `ok`. */
export const outcome = <E extends Verdict.Classified>(effect: Effect.Effect<unknown, E>): Effect.Effect<string> =>
  Effect.match(effect, { onSuccess: () => "ok", onFailure: (error) => error._tag })

/** Sends calls one after another, `f` for a failure and `s` for a success, and returns their results. */
export const send = (breaker: CircuitBreaker.CircuitBreaker, calls: string): Effect.Effect<ReadonlyArray<string>> =>
  Effect.forEach(calls, (call) =>
    outcome(CircuitBreaker.protect(call === "f" ? Effect.fail(down()) : Effect.succeed("ok"), breaker)),
  )

/** The rejection of a call that must not be sent. */
export const rejection = (breaker: CircuitBreaker.CircuitBreaker): Effect.Effect<CircuitBreaker.CircuitOpen> =>
  Effect.die("it was sent").pipe(CircuitBreaker.protect(breaker), Effect.flip)

/** The `retryAfter` of a call that is rejected now, in milliseconds. */
export const retryAfter = (breaker: CircuitBreaker.CircuitBreaker): Effect.Effect<number> =>
  Effect.map(rejection(breaker), (rejected) => Duration.toMillis(rejected.retryAfter))

/** The tag of the circuit's state. */
export const tag = (breaker: CircuitBreaker.CircuitBreaker): Effect.Effect<CircuitBreaker.State["_tag"]> =>
  Effect.map(CircuitBreaker.state(breaker), ({ _tag }) => _tag)

export const counts = (breaker: CircuitBreaker.CircuitBreaker): Effect.Effect<CircuitBreaker.Counts> =>
  Effect.map(CircuitBreaker.state(breaker), ({ counts }) => counts)

/** Starts a call that fails with `error` after `ms`, or succeeds without one. */
export const start = (
  breaker: CircuitBreaker.CircuitBreaker,
  ms: number,
  error?: Down | Wrong,
): Effect.Effect<Fiber.Fiber<string>> =>
  Effect.sleep(ms).pipe(
    Effect.andThen(error === undefined ? Effect.succeed("ok") : Effect.fail(error)),
    CircuitBreaker.protect(breaker),
    outcome,
    Effect.forkChild({ startImmediately: true }),
  )

/** Starts a call that never ends. */
export const hang = (breaker: CircuitBreaker.CircuitBreaker): Effect.Effect<Fiber.Fiber<string>> =>
  Effect.never.pipe(CircuitBreaker.protect(breaker), outcome, Effect.forkChild({ startImmediately: true }))
