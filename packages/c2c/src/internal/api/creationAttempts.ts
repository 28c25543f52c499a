/**
 * Records each attempt to create an asset, because a lost attempt must not be repeated without asking.
 */
import type { Classified } from "@holdfast/core/Verdict"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as Schedule from "effect/Schedule"
import type { CreationRecord, StepNotRecorded } from "../../UploadSession.ts"

type Retries = Schedule.Schedule<unknown, Classified>

/** One creation whose attempts are recorded. */
export interface Recorded {
  readonly client: (api: HttpClient.HttpClient) => HttpClient.HttpClient
  readonly retry: (schedule: Retries) => Retries
  /** Runs the creation. `isInDoubt` returns whether the asset may exist despite the error. */
  readonly run: <A, E, R>(
    creation: Effect.Effect<A, E, R>,
    isInDoubt: (error: E) => boolean,
  ) => Effect.Effect<A, E | StepNotRecorded, R>
}

/**
 * Connects a record of attempts to one creation.
 *
 * **Details**
 *
 * Between two attempts, no attempt can have created the asset: a creation is retried only if the server did not act on it. An
 * interruption during a wait is therefore reported as `notCreated`, but an interruption during an attempt is not.
 */
export const recordedBy = ({ before, notCreated, retrying = Effect.void }: CreationRecord): Effect.Effect<Recorded> =>
  Effect.map(Deferred.make<never, StepNotRecorded>(), (unrecorded) => {
    let isSent = false
    const setSent = (value: boolean) =>
      Effect.sync(() => {
        isSent = value
      })
    // The HTTP client's own error type has no place for this error, so the creation races against it.
    const mark = Effect.matchEffect(before, {
      onFailure: (error) => Effect.andThen(Deferred.fail(unrecorded, error), Effect.never),
      onSuccess: () => setSent(true),
    })
    const settled = Effect.suspend(() => (isSent ? Effect.void : notCreated))
    return {
      client: HttpClient.transform((exchange) => Effect.andThen(mark, exchange)),
      retry: Schedule.tap(() => Effect.andThen(setSent(false), retrying)),
      run: (creation, isInDoubt) =>
        creation.pipe(
          Effect.tapError((error) => (isInDoubt(error) ? Effect.void : Effect.andThen(setSent(false), settled))),
          Effect.raceFirst(Deferred.await(unrecorded)),
          Effect.onInterrupt(() => Effect.ignore(settled)),
        ),
    }
  })
