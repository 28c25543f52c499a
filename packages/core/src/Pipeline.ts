/**
 * One call with everything around it, in the one order: retry( gates( timeout( decode( send )))).
 */
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import * as Schedule from "effect/Schedule"
import type { Authorization } from "./Authorization.ts"
import type { Connectivity } from "./Connectivity.ts"
import * as Gate from "./Gate.ts"
import * as Verdict from "./Verdict.ts"

/** What surrounds the attempts of a call. `TimedOut` is the error of an attempt that took too long. */
export interface Pipeline<TimedOut extends Verdict.Classified = never> {
  /** Which errors are sent again, and after which wait: see `Retry.policy`. */
  readonly retry: Schedule.Schedule<unknown, Verdict.Classified>
  /** Attempts wait here while the vendor cannot be reached. */
  readonly connectivity?: Connectivity["Service"] | undefined
  /** Attempts wait here while there is no token that works; an attempt gets the token from here. */
  readonly authorization?: Authorization["Service"] | undefined
  /** The time one attempt may take; waiting at gates is not part of it. */
  readonly timeout?: { readonly after: Duration.Input; readonly error: () => TimedOut }
  /** Whether a defect is retried one time, as Frame.io's guide advises ("even DivideByZero"). Default: never. */
  readonly defects?: "once" | "never" | undefined
}

/** Which attempt this is, from 1, and the token to send with it, when the pipeline has an authorization gate. */
export interface Attempt {
  readonly number: number
  readonly token: Redacted.Redacted<string> | undefined
}

/** Makes a pipeline. */
export const make = <TimedOut extends Verdict.Classified = never>(options: Pipeline<TimedOut>): Pipeline<TimedOut> =>
  options

/**
 * Sees every attempt of every pipeline below it: for progress, metrics and summaries.
 *
 * **Gotchas**
 *
 * Runs inside the call, so it must be quick; it cannot change what happens.
 */
export const Observer = Context.Reference<{
  /** An attempt is about to be sent. */
  readonly attempt: (number: number) => Effect.Effect<void>
  /** An attempt failed; whether it is sent again is not known yet. */
  readonly failure: (error: Verdict.Classified, attempt: number) => Effect.Effect<void>
  /** The call waits and then sends again. */
  readonly retry: (error: Verdict.Classified, wait: Duration.Duration) => Effect.Effect<void>
}>("@holdfast/core/Pipeline/Observer", {
  defaultValue: () => ({
    attempt: () => Effect.void,
    failure: () => Effect.void,
    retry: () => Effect.void,
  }),
})

/** Carries a defect through the retry policy, which looks at typed errors only; it never leaves `run`. */
class Defect extends Data.TaggedError("Defect")<{ readonly defect: unknown }> {
  readonly verdict = Verdict.once()
}

/**
 * Runs a call: every attempt waits for the gates, is sent, and may fail; a failure closes the gate that its verdict
 * names and asks the policy for a wait.
 *
 * **Details**
 *
 * Fails with the error of the last attempt. Interruption ends the call wherever it is, and is never retried.
 */
export const run = <A, E extends Verdict.Classified, R, TimedOut extends Verdict.Classified = never>(
  pipeline: Pipeline<TimedOut>,
  send: (attempt: Attempt) => Effect.Effect<A, E, R>,
): Effect.Effect<A, E | TimedOut, R> =>
  Effect.flatMap(Observer, (observer) => {
    const { authorization, connectivity, timeout } = pipeline
    const gates = [connectivity?.gate, authorization?.gate].filter((gate) => gate !== undefined)
    let number = 0
    let token: Redacted.Redacted<string> | undefined
    let refused = false

    const opened = Gate.awaitAll(gates)
    const admit: Effect.Effect<void> =
      authorization === undefined
        ? opened
        : opened.pipe(
            Effect.andThen(authorization.token),
            Effect.map((current) => void (token = current)),
          )

    const attempt: Effect.Effect<A, E | TimedOut, R> = Effect.suspend(() => {
      number++
      const sent = send({ number, token })
      return Effect.andThen(
        observer.attempt(number),
        timeout === undefined
          ? sent
          : Effect.timeoutOrElse(sent, {
              duration: timeout.after,
              orElse: () => Effect.fail(timeout.error()),
            }),
      )
    })

    const closeGate = ({ _tag, verdict }: Verdict.Classified): Effect.Effect<void> => {
      const again = refused
      refused = verdict.closes === "authorization"
      if (verdict.closes === "connectivity" && connectivity !== undefined) return connectivity.report(_tag)
      // A token that is refused right after the one before it was is not too old: another refresh would not help, and
      // every refresh puts the sign-in at risk.
      if (refused && !again && authorization !== undefined && token !== undefined) {
        return authorization.reject(token)
      }
      return Effect.void
    }

    const guarded = Effect.andThen(admit, attempt).pipe(
      Effect.tapError((error) => Effect.andThen(closeGate(error), observer.failure(error, number))),
    )
    const policy = pipeline.retry.pipe(
      Schedule.setInputType<Verdict.Classified>(),
      Schedule.tap(({ input, duration }) => observer.retry(input, duration)),
    )
    if (pipeline.defects !== "once") return Effect.retry(guarded, policy)
    return guarded.pipe(
      Effect.catchDefect((defect): Effect.Effect<never, Defect> => Effect.fail(new Defect({ defect }))),
      Effect.retry(policy),
      Effect.catchIf(
        (error): error is Defect => error instanceof Defect,
        (error) => Effect.failCause(Cause.die(error.defect)),
      ),
    ) as Effect.Effect<A, E | TimedOut, R>
  })
