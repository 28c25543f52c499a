/**
 * The gate for a single origin. The gate is opened either by a health service or by one of its waiting calls, which is sent
 * as a probe.
 */
import * as Clock from "effect/Clock"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import type * as Scope from "effect/Scope"
import { type Classified, probeAfterOf } from "../errors/Verdict.ts"
import type { Connectivity } from "./Connectivity.ts"
import * as Gate from "./Gate.ts"
import * as Probing from "./probing.ts"

/** Determines what a failure reveals about the service beyond its verdict. */
export interface Judge<in E> {
  /** Returns whether the service itself responded, which shows that the service is reachable. */
  readonly answered: (error: E) => boolean
  /**
   * Returns whether the request is certain not to have reached the service. If the verdict of an unsent request is `always`,
   * the call continues to wait until the gate opens. Failures with any other verdict are returned to the caller.
   */
  readonly unsent: (error: E) => boolean
}

/** The gate of one origin. */
export interface OriginGate {
  readonly origin: string
  readonly gate: Gate.Gate
  /** The health service that opens the gate, if there is one. */
  readonly connectivity: Connectivity["Service"] | undefined
  /**
   * Runs an attempt when the gate is open or when the attempt is selected as the next probe. The result of the attempt may
   * close or open the gate.
   */
  readonly pass: <A, E extends Classified, R>(
    attempt: Effect.Effect<A, E, R>,
    judge: Judge<E>,
  ) => Effect.Effect<A, E, R>
  /** Returns whether the gate is open and no call is waiting or running. */
  readonly isIdle: () => boolean
}

/** Builds a gate that is opened by a health service. */
export const checked = (origin: string, connectivity: Connectivity["Service"]): OriginGate => ({
  origin,
  gate: connectivity.gate,
  connectivity,
  pass: (attempt) =>
    Effect.andThen(
      connectivity.gate.awaitOpen,
      Effect.tapError(attempt, ({ _tag, verdict }) =>
        verdict.closes === "connectivity" ? connectivity.report(_tag, probeAfterOf(verdict)) : Effect.void,
      ),
    ),
  // Never idle: this gate lives as long as its service.
  isIdle: () => false,
})

/** A call that is waiting for the gate to open or for its turn as the probe. */
interface Waiter {
  readonly resume: (turn: Effect.Effect<"probe">) => void
}

/** The state of a closed gate. */
interface Closed {
  readonly reason: string
  readonly since: number
  readonly nextProbeAt: number | undefined
}

/** Builds a gate that sends one of its waiting calls as a probe after each wait of the backoff. */
export const parking = (
  origin: string,
  options: Probing.Probing,
  scope: Scope.Scope,
  tell: (now: Closed | undefined) => Effect.Effect<void>,
): Effect.Effect<OriginGate> =>
  Effect.map(Gate.make(origin), (gate) => {
    const waiters = new Set<Waiter>()
    /** Selects the next arriving waiter as the probe; set while a probe is due and no call is waiting. */
    let due: (() => void) | undefined
    /** The call that is running as the probe. */
    let probing: Waiter | undefined
    let ended: (() => void) | undefined
    let running = 0
    let poller: Fiber.Fiber<void> | undefined

    const take = (): void => {
      for (const waiter of waiters) {
        waiters.delete(waiter)
        probing = waiter
        due = undefined
        waiter.resume(Effect.succeed("probe"))
        return
      }
    }

    /** Runs one waiter as the probe and waits until the probe has finished. */
    const probe = Effect.callback<void>((resume) => {
      ended = () => resume(Effect.void)
      due = take
      take()
      return Effect.sync(() => {
        due = ended = undefined
      })
    })

    const release = (waiter: Waiter): void => {
      waiters.delete(waiter)
      if (probing !== waiter) return
      probing = undefined
      ended?.()
    }

    const poll = (reason: string, since: number, hint: number) =>
      Effect.gen(function* () {
        const wait = yield* Probing.outage(options)
        let least = hint
        while (!gate.isOpen()) {
          const now = yield* Clock.currentTimeMillis
          const ms = Math.max(yield* wait(now), least)
          least = 0
          yield* tell({ reason, since, nextProbeAt: now + ms })
          yield* Effect.sleep(ms)
          if (gate.isOpen()) return
          yield* tell({ reason, since, nextProbeAt: undefined })
          yield* probe
        }
      })

    // Uninterruptible: if the gate closed without its poller, it would stay closed forever.
    const close = (reason: string, hint: Duration.Duration | undefined) =>
      Effect.suspend(() =>
        gate.isOpen()
          ? Effect.flatMap(Clock.currentTimeMillis, (since) =>
              gate.close(reason).pipe(
                Effect.andThen(
                  Effect.forkIn(
                    Effect.interruptible(Effect.ensuring(poll(reason, since, Probing.paced(hint)), tell(undefined))),
                    scope,
                  ),
                ),
                Effect.map((fiber) => {
                  poller = fiber
                }),
              ),
            )
          : Effect.void,
      ).pipe(Effect.uninterruptible)

    // The poller ends before the gate opens. Otherwise it could overlap with the poller of the next outage.
    const open = Effect.suspend(() => {
      if (gate.isOpen()) return Effect.void
      return poller === undefined ? gate.open : Effect.andThen(Fiber.interrupt(poller), gate.open)
    })

    const turn = (own: { waiter: Waiter | undefined }) =>
      Effect.raceFirst(
        Effect.as(gate.awaitOpen, "open" as const),
        Effect.callback<"probe">((resume) => {
          const waiter: Waiter = { resume }
          own.waiter = waiter
          waiters.add(waiter)
          due?.()
          return Effect.sync(() => {
            waiters.delete(waiter)
          })
        }),
      )

    const pass: OriginGate["pass"] = (attempt, judge) => {
      const judged = Effect.onExit(attempt, (exit) => {
        running--
        if (Exit.isSuccess(exit)) return open
        const error = Exit.findErrorOption(exit)
        if (error._tag === "None") return Effect.void
        const { _tag, verdict } = error.value
        if (verdict.closes === "connectivity") return close(_tag, probeAfterOf(verdict))
        return judge.answered(error.value) ? open : Effect.void
      })
      const run = Effect.suspend(() => {
        running++
        return judged
      })
      const parked: typeof attempt = Effect.suspend(() => {
        const own: { waiter: Waiter | undefined } = { waiter: undefined }
        return Effect.flatMap(turn(own), (how) => {
          if (how === "open") {
            if (own.waiter !== undefined) release(own.waiter)
            return run
          }
          return run.pipe(
            Effect.catch((error) =>
              judge.unsent(error) && error.verdict.retry === "always" && !gate.isOpen()
                ? Effect.suspend(() => {
                    if (own.waiter !== undefined) release(own.waiter)
                    return parked
                  })
                : Effect.fail(error),
            ),
          )
        }).pipe(
          Effect.ensuring(
            Effect.sync(() => {
              if (own.waiter !== undefined) release(own.waiter)
            }),
          ),
        )
      })
      return Effect.suspend(() => (gate.isClear() ? run : parked))
    }

    return {
      origin,
      gate,
      connectivity: undefined,
      pass,
      isIdle: () => gate.isClear() && running === 0 && waiters.size === 0,
    }
  })
