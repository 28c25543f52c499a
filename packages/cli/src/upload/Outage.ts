/**
 * Reports during a run that the network is unreachable, and limits the wait for the API's first response.
 */
import { Connectivity } from "@holdfast/core/Connectivity"
import { Origins } from "@holdfast/core/Origins"
import type { Waiting } from "@holdfast/core/Origins"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import * as SubscriptionRef from "effect/SubscriptionRef"
import * as Reach from "../network/Reach.ts"
import { ApiUnreachable } from "../process/PersonError.ts"
import * as Format from "../terminal/Format.ts"
import { Output } from "../terminal/Output.ts"
import type { UploadState } from "./State.ts"

/** The options for reporting an outage. */
export interface Options {
  readonly api: string
  readonly quiet: boolean
  readonly json: boolean
  /** The time limit for the API's first response; `undefined` means no limit. */
  readonly firstContact: Duration.Duration | undefined
}

/** Shorter outages are not logged, because an unstable network would otherwise fill the log. */
const short = "5 seconds"

const failures = ({ failure }: Connectivity["Service"]): Stream.Stream<unknown> =>
  failure === undefined ? Stream.concat(Stream.make(undefined), Stream.never) : SubscriptionRef.changes(failure)

/** Shows why the API cannot be reached, and emits an `unreachable` event. */
export const follow = (run: UploadState): Effect.Effect<void, never, Connectivity> =>
  Effect.flatMap(Connectivity, (connectivity) => {
    let told: string | undefined
    return Stream.runForEach(failures(connectivity), (failure) => {
      run.gates({ failure })
      const cause = Reach.cause(failure)
      const problem = cause === undefined ? undefined : Reach.sentence(cause)
      if (problem === told) return Effect.void
      told = problem
      return problem === undefined ? Effect.void : run.emit({ type: "unreachable", problem })
    })
  })

/** The storage services that chunks are waiting for, starting with the one that has been unavailable the longest. */
const storages: Stream.Stream<ReadonlyArray<Waiting>> = Stream.unwrap(
  Effect.map(Effect.serviceOption(Origins), (origins) =>
    Option.isNone(origins) ? Stream.empty : SubscriptionRef.changes(origins.value.waiting),
  ),
)

/**
 * Shows that a storage service cannot be reached or is unavailable, and emits an event. After 5 s, a log line explains why
 * the run is waiting. A later log line reports that all storage services are available again.
 */
export const followStorages = (run: UploadState, options: Options): Effect.Effect<void, never, Output> =>
  Effect.gen(function* () {
    const output = yield* Output
    let told = ""
    let said = ""
    const back = Effect.suspend(() => {
      if (said === "") return Effect.void
      said = ""
      return output.message("holdfast: the storage is available again")
    })
    const say = (problem: string) => {
      if (problem === "") return back
      if (problem === said || options.quiet || showsBlock(output, options)) return Effect.void
      const line = Effect.suspend(() => {
        said = problem
        return output.message(`holdfast: ${problem}; waiting for it`)
      })
      return Effect.andThen(Effect.sleep(short), line)
    }
    yield* storages.pipe(
      Stream.mapEffect(([storage]) => {
        run.gates({ storage })
        const problem =
          storage === undefined ? "" : `the storage ${storage.origin} ${stateOf(storage)} (${storage.reason})`
        const isNew = problem !== told && problem !== ""
        told = problem
        return Effect.as(isNew ? run.emit({ type: "unreachable", problem }) : Effect.void, problem)
      }),
      Stream.switchMap((problem) => Stream.fromEffect(say(problem))),
      Stream.runDrain,
    )
  })

const stateOf = ({ reason }: Waiting): string => (Reach.isUnanswered(reason) ? "cannot be reached" : "is unavailable")

/** Whether the progress block on the terminal already shows the outage. */
const showsBlock = (output: Output["Service"], { json }: Options): boolean =>
  output.stderr.canRedraw && !(json && output.stdout.isTerminal)

/**
 * Reports when the connection is lost and when it is restored.
 *
 * **Details**
 *
 * A cause that requires user action is reported immediately, even with `--quiet` and even if the progress block already shows
 * a short form of the cause. Any other cause is reported after 5 s, and only if no progress block is shown and `--quiet` is
 * not set. The same cause is not reported twice in a row.
 */
export const notices = (options: Options): Effect.Effect<void, never, Connectivity | Output> =>
  Effect.gen(function* () {
    const connectivity = yield* Connectivity
    const output = yield* Output
    const onlyForPerson = options.quiet || showsBlock(output, options)
    let told = ""
    let answers = false
    const say = (failure: unknown): Effect.Effect<void> => {
      const cause = Reach.cause(failure)
      if (onlyForPerson && cause?.remedy === undefined) return Effect.void
      const isUnavailable = Reach.unavailable(failure) !== undefined
      const isRefused = Reach.refused(failure) !== undefined
      const about = cause === undefined ? "" : Reach.sentence(cause)
      const text = isUnavailable
        ? `${options.api} is unavailable (${about})`
        : isRefused
          ? `${options.api} rejects the health check (${about}); check --api`
          : `cannot reach ${options.api}${about === "" ? "" : `: ${about}`}`
      if (text === told) return Effect.void
      told = text
      answers = isUnavailable || isRefused
      return output.message(`holdfast: ${text}; ${cause?.remedy === undefined ? "waiting for it" : "this run waits"}`)
    }
    const needsPerson = failures(connectivity).pipe(
      Stream.filter((failure) => Reach.cause(failure)?.remedy !== undefined),
      Stream.take(1),
      Stream.runDrain,
      Effect.andThen(Effect.void),
    )
    const follow = Effect.raceFirst(Effect.sleep(short), needsPerson).pipe(
      Effect.andThen(Stream.runForEach(failures(connectivity), say)),
    )
    const back = Effect.suspend(() => {
      if (told === "") return Effect.void
      told = ""
      return output.message(`holdfast: ${options.api} ${answers ? "is available" : "can be reached"} again`)
    })
    yield* connectivity.gate.changes.pipe(
      Stream.switchMap((state) => Stream.fromEffect(state._tag === "Open" ? back : follow)),
      Stream.runDrain,
    )
  })

/** Fails if a remote API has not responded within `firstContact`. */
export const firstAnswer = (options: Options): Effect.Effect<never, ApiUnreachable, Connectivity> =>
  Effect.gen(function* () {
    const { failure, gate } = yield* Connectivity
    if (options.firstContact === undefined) return yield* Effect.never
    const span = Format.span(Duration.toMillis(options.firstContact))
    yield* gate.changes.pipe(
      Stream.filter((state) => state._tag === "Open"),
      Stream.take(1),
      Stream.runDrain,
      Effect.timeoutOrElse({
        duration: options.firstContact,
        orElse: () =>
          Effect.gen(function* () {
            const last = failure === undefined ? undefined : yield* SubscriptionRef.get(failure)
            const cause = Reach.cause(last)
            const status = Reach.unavailable(last)
            const about = cause === undefined ? "" : ` (${cause.text})`
            if (Reach.refused(last) !== undefined) {
              return yield* new ApiUnreachable({
                problem: `${options.api} rejected every health check within ${span}${about}`,
                remedy: "check --api and whether a proxy changes responses, then run the command again",
              })
            }
            return yield* status === undefined
              ? new ApiUnreachable({
                  problem: `no response from ${options.api} within ${span}${about}`,
                  remedy: cause?.remedy ?? "check the network and --api, then run the command again",
                })
              : new ApiUnreachable({
                  problem: `${options.api} was not available within ${span} (HTTP ${status})`,
                  remedy: "the server is currently not available; run the command again later",
                })
          }),
      }),
    )
    return yield* Effect.never
  })
