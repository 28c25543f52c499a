/**
 * The gate of one origin on a runner, which opens and closes with the gate of the cluster.
 */
import * as Connectivity from "@holdfast/core/Connectivity"
import * as Gate from "@holdfast/core/Gate"
import * as Monotonic from "@holdfast/core/Monotonic"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import * as SubscriptionRef from "effect/SubscriptionRef"
import { keyOf, type GateState } from "./entity.ts"
import { beat } from "./keeper.ts"

/** The time that a message to the keeper may take beyond the 5 s for which the keeper may hold it. */
const travel = Duration.seconds(3)

/** The wait after a message that failed. */
const askEvery = Duration.seconds(1)

/** The time without news after which a runner whose gate is closed probes by itself, in milliseconds. */
export const patience = 10_000

/** What a runner needs for its gate. */
export interface Options {
  readonly origin: string
  readonly follow: (known: string) => Effect.Effect<GateState, unknown>
  readonly report: (reason: string, retryAfterMs: number | undefined) => Effect.Effect<GateState, unknown>
  /** The probe of this runner, which is used only while the keeper does not answer. */
  readonly check: Effect.Effect<void, unknown>
  readonly probe: Connectivity.Options
}

/** Makes the gate of a runner. Its fibers belong to the scope. */
export const make = ({
  check,
  follow,
  origin,
  probe,
  report,
}: Options): Effect.Effect<Connectivity.Connectivity["Service"], never, Scope.Scope> =>
  Effect.gen(function* () {
    const scope = yield* Effect.scope
    const gate = yield* Gate.make("connectivity", {
      initial: { _tag: "Closed", reason: "connecting", since: yield* Clock.currentTimeMillis },
    })
    const nextProbeAt = yield* SubscriptionRef.make<number | undefined>(undefined)
    const failure = yield* SubscriptionRef.make<unknown>(undefined)
    /** The last time that the keeper answered or this gate closed. */
    let quietSince = yield* Monotonic.millis
    let reporting = 0
    /** The state of the keeper after this runner's last report. An older state must not open the gate. */
    let floor: Pick<GateState, "activation" | "closings"> | undefined
    /** A state that arrived during a report. */
    let held: GateState | undefined
    let own: Fiber.Fiber<void> | undefined
    /** Whether the keeper has not answered since this runner began to probe by itself. */
    let alone = false

    const isOld = ({ activation, closings }: GateState): boolean =>
      floor !== undefined && floor.activation === activation && closings < floor.closings

    const apply = (now: GateState): Effect.Effect<void> =>
      Effect.gen(function* () {
        if (now.state !== "open") {
          if (now.state === "closed") yield* gate.close(now.reason)
          return yield* SubscriptionRef.set(nextProbeAt, now.nextProbeAt)
        }
        if (isOld(now)) return
        if (reporting > 0) {
          held = now
          return
        }
        yield* SubscriptionRef.set(nextProbeAt, undefined)
        yield* gate.open
      })

    const news = (now: GateState): Effect.Effect<void> =>
      Effect.gen(function* () {
        quietSince = yield* Monotonic.millis
        alone = false
        if (own !== undefined) yield* Fiber.interrupt(own)
        yield* apply(now)
      })

    /** Opens the gate by this runner's own probes. */
    const probeAlone: Effect.Effect<void> = Effect.scoped(
      Effect.gen(function* () {
        const mine = yield* Connectivity.make(check, probe)
        yield* Effect.forkScoped(
          Stream.runForEach(SubscriptionRef.changes(mine.nextProbeAt), (at) => SubscriptionRef.set(nextProbeAt, at)),
        )
        yield* mine.gate.awaitOpen
        yield* SubscriptionRef.set(nextProbeAt, undefined)
        yield* gate.open
      }),
    ).pipe(
      Effect.ensuring(
        Effect.sync(() => {
          own = undefined
        }),
      ),
    )
    const startAlone = Effect.suspend(() =>
      own === undefined && !gate.isOpen()
        ? Effect.map(Effect.forkIn(probeAlone, scope), (fiber) => {
            own = fiber
          })
        : Effect.void,
    )

    const silence: Effect.Effect<void> = Effect.gen(function* () {
      if (gate.isOpen() || (!alone && (yield* Monotonic.millis) - quietSince < patience)) return
      if (!alone) {
        alone = true
        yield* Effect.logWarning(`the shared gate of ${origin} does not answer, so this runner probes by itself`)
      }
      yield* startAlone
    })

    let known = ""
    yield* Effect.suspend(() => Effect.exit(Effect.timeout(follow(known), Duration.sum(beat, travel)))).pipe(
      Effect.flatMap((exit) => {
        if (Exit.isFailure(exit)) return Effect.andThen(silence, Effect.sleep(askEvery))
        known = keyOf(exit.value)
        return news(exit.value)
      }),
      Effect.forever,
      Effect.forkIn(scope),
    )

    /** Tells the keeper, until it has answered or the gate is open again. */
    const tell = (reason: string, retryAfterMs: number | undefined): Effect.Effect<void> =>
      Effect.gen(function* () {
        while (!gate.isOpen()) {
          const exit = yield* Effect.exit(Effect.timeout(report(reason, retryAfterMs), travel))
          if (Exit.isSuccess(exit)) {
            floor = exit.value
            const now = held === undefined || isOld(held) ? exit.value : held
            reporting--
            return yield* news(now)
          }
          yield* silence
          yield* Effect.sleep(askEvery)
        }
        reporting--
      }).pipe(
        Effect.ensuring(
          Effect.sync(() => {
            held = undefined
          }),
        ),
      )

    return {
      gate,
      nextProbeAt,
      failure,
      origin,
      // Uninterruptible: if the gate closed without a report, it might stay closed.
      report: (reason, retryAfter) =>
        Effect.gen(function* () {
          if (!gate.isOpen()) return
          yield* gate.close(reason)
          quietSince = yield* Monotonic.millis
          reporting++
          if (alone) yield* startAlone
          const hint = retryAfter === undefined ? undefined : Duration.toMillis(retryAfter)
          yield* Effect.forkIn(Effect.interruptible(tell(reason, hint)), scope)
        }).pipe(Effect.uninterruptible),
    }
  })
