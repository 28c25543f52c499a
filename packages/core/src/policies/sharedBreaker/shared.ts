/**
 * A breaker whose state is in a store. Each call requests admission from the store and reports its outcome to the store.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Scope from "effect/Scope"
import type { Classified } from "../../errors/Verdict.ts"
import type { Call } from "../../pipeline/engine/call.ts"
import { guardedBy, type Guard, type Refuses } from "../../pipeline/engine/guard.ts"
import type { GuardData } from "../../pipeline/engine/guardData.ts"
import type { Reloadable } from "../../pipeline/engine/reload.ts"
import { sending } from "../../pipeline/engine/send.ts"
import * as InvalidPolicy from "../../pipeline/InvalidPolicy.ts"
import type { Outcome } from "../../telemetry/Observer.ts"
import { CircuitOpen } from "../breaker/circuitOpen.ts"
import { openFor } from "../breaker/options.ts"
import { checked, type Options, type Checked } from "./options.ts"
import type { CircuitAdmission, CircuitStore, CircuitTransition } from "./store.ts"
import { CircuitStoreFailed } from "./storeFailed.ts"

/** A call that the breaker admitted. If the call has no admission, the store has no record of the call. */
export interface Admitted {
  readonly admission: CircuitAdmission | undefined
  /** The scope that owns the lease of a probe. */
  readonly scope: Scope.Closeable
}

type Rejection = CircuitOpen | CircuitStoreFailed

/** The time that a rejected caller waits before it retries; a constant, because the duration of a probe is unknown. */
const askAgain = /* @__PURE__ */ Duration.seconds(1)

/** A breaker for one circuit whose state is in a store. */
export class Shared implements Guard<Admitted, CircuitOpen | CircuitStoreFailed>, Reloadable<Options> {
  declare readonly [Refuses]?: CircuitOpen | CircuitStoreFailed
  readonly kind = "breaker"
  readonly name: string
  /** @internal */
  readonly step = guardedBy([this], sending, false)
  private readonly key: string
  private readonly store: CircuitStore
  private settings: Checked
  private classify: Options["classify"]

  constructor(store: CircuitStore, options: Options) {
    this.store = store
    this.name = options.name ?? "breaker"
    this.key = options.key ?? this.name
    this.settings = checked(options)
    this.classify = options.classify
  }

  /** @internal */
  enter(): undefined {
    return undefined
  }

  /**
   * Requests admission from the store. The request continues even if its caller is interrupted or times out. A late response
   * may grant the probe's lease, which must then be released.
   *
   * @internal
   */
  wait(call: Call, _now: number, hold: (ticket: Admitted) => void): Effect.Effect<void, Rejection> {
    const scope = Scope.makeUnsafe()
    let gone = false
    let answer: CircuitAdmission | undefined
    const asked = this.store.admit(this.key).pipe(
      Scope.provide(scope),
      Effect.flatMap((admission) => {
        if (gone) return this.record({ admission, scope }, "Ignored", 0)
        answer = admission
        hold({ admission, scope })
        return Effect.void
      }),
      Effect.onError(() => Scope.close(scope, Exit.void)),
    )
    return Effect.forkDetach(asked, { startImmediately: true, uninterruptible: true }).pipe(
      Effect.flatMap((fiber) =>
        Effect.timeoutOrElse(Fiber.join(fiber), {
          duration: this.settings.storeTimeout,
          orElse: () =>
            Effect.suspend(() => {
              if (answer !== undefined) return Effect.void
              gone = true
              return this.unanswered(hold, undefined)
            }),
        }),
      ),
      // Observers are not subject to the timeout, which is for the store.
      Effect.andThen(Effect.suspend(() => this.changed(call, answer?.transition))),
      Effect.catchTag("CircuitBreakerError", ({ reason }): Effect.Effect<void, Rejection> => {
        switch (reason._tag) {
          case "CircuitBreakerStoreError":
            return this.unanswered(hold, reason)
          case "CircuitOpen":
            return this.rejected("too many calls failed", reason.retryAfter)
          case "CircuitHalfOpen":
            return this.rejected("a probe is in flight", askAgain)
        }
      }),
      Effect.onInterrupt(() => Effect.sync(() => void (gone = true))),
    )
  }

  private rejected(reason: string, retryAfter: Duration.Duration): Effect.Effect<never, Rejection> {
    return Effect.fail(new CircuitOpen(this.name, reason, Duration.toMillis(retryAfter)))
  }

  private unanswered(hold: (ticket: Admitted) => void, cause: unknown): Effect.Effect<void, Rejection> {
    if (this.settings.onStoreError === "reject") {
      return Effect.fail(new CircuitStoreFailed({ breaker: this.name, cause }))
    }
    hold({ admission: undefined, scope: Scope.makeUnsafe() })
    return Effect.logWarning(`the state of circuit ${this.name} is unknown; the call is sent without a check`, cause)
  }

  /** @internal */
  exit(
    call: Call,
    ticket: Admitted,
    _enteredAt: number,
    _now: number,
    outcome: Outcome,
    error: Classified | undefined,
  ): Effect.Effect<void> | undefined {
    if (ticket.admission === undefined) return undefined
    const hint = error?.verdict.retryAfter
    const { problem, said } = this.judged(outcome, error)
    const recorded = Effect.andThen(
      this.record(ticket, named[said], hint === undefined ? 0 : Duration.toMillis(hint), call),
      problem === undefined ? Effect.void : Effect.die(problem.thrown),
    )
    // A store that hangs must not delay a response that has arrived.
    return Effect.timeoutOrElse(Effect.interruptible(recorded), {
      duration: this.settings.storeTimeout,
      orElse: () => Effect.logWarning(`an outcome of circuit ${this.name} was not stored: the store did not respond`),
    })
  }

  /** The outcome of a call. If `classify` throws, the outcome is ignored and the probe's lease is released. */
  private judged(
    outcome: Outcome,
    error: Classified | undefined,
  ): { readonly said: Outcome; readonly problem?: { readonly thrown: unknown } } {
    if (error === undefined || this.classify === undefined) return { said: outcome }
    try {
      return { said: this.classify(error) }
    } catch (thrown) {
      return { said: "ignored", problem: { thrown } }
    }
  }

  private record(
    { admission, scope }: Admitted,
    outcome: "Success" | "Failure" | "Ignored",
    hint: number,
    call?: Call,
  ): Effect.Effect<void> {
    if (admission === undefined) return Effect.void
    const { maxOpen, tripPolicy } = this.settings
    const asked = outcome === "Ignored" ? { ms: 0 } : openFor(this.settings, admission.consecutiveOpenings + 1)
    const { generation } = admission
    const open = Duration.millis(Math.min(Math.max(asked.ms, hint), maxOpen))
    return this.store.record({ key: this.key, generation, outcome, tripPolicy, openFor: open }).pipe(
      Effect.flatMap((transition) => (call === undefined ? Effect.void : this.changed(call, transition))),
      Effect.catchTag("CircuitBreakerError", (error) =>
        Effect.logWarning(`an outcome of circuit ${this.name} was not stored`, error.reason),
      ),
      Effect.ensuring(Scope.close(scope, Exit.void)),
      Effect.andThen(asked.problem === undefined ? Effect.void : Effect.die(asked.problem.thrown)),
    )
  }

  private changed(call: Call, transition: CircuitTransition | undefined): Effect.Effect<void> {
    if (transition === undefined) return Effect.void
    const { from, to } = transition
    return call.publish({ _tag: "CircuitChanged", breaker: this.name, from, to }) ?? Effect.void
  }

  /** @internal */
  data(): GuardData {
    return { kind: "sharedBreaker", data: this.settings.text }
  }

  /** @internal */
  longestWait(): number {
    return this.settings.storeTimeout
  }

  /** @internal */
  check(options: Options): InvalidPolicy.InvalidPolicy | undefined {
    return InvalidPolicy.problem(() => checked(options))
  }

  /** @internal */
  apply(options: Options): void {
    this.settings = checked(options)
    this.classify = options.classify ?? this.classify
  }
}

const named = { success: "Success", failure: "Failure", overload: "Failure", ignored: "Ignored" } as const
