/**
 * The retry stage, which resends a call if the verdicts of its errors, the backoff, the budget and the deadline allow another
 * attempt.
 */
import * as Cause from "effect/Cause"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Exit from "effect/Exit"
import * as Random from "effect/Random"
import * as Schedule from "effect/Schedule"
import * as Verdict from "../../errors/Verdict.ts"
import type { Call, Step } from "../../pipeline/engine/call.ts"
import type { Around } from "../../pipeline/engine/direct.ts"
import { History } from "../../pipeline/engine/history.ts"
import { classifiedOf } from "../../pipeline/engine/outcome.ts"
import { InvalidPolicy } from "../../pipeline/InvalidPolicy.ts"
import * as Timeline from "../../telemetry/Timeline.ts"
import { pause } from "../../time/pause.ts"
import type { RetryBudget } from "../budget/budget.ts"
import * as Obeying from "./obeyed.ts"
import * as Retry from "./Retry.ts"

/** The policy of the retry stage. The policy is read after every failure, so that a reload takes effect. */
export interface Policy {
  readonly rules: Retry.Rules
  /** The hint options that are given together with a schedule. */
  readonly said: Partial<Retry.Hints>
  /** A schedule for waits that cannot be computed arithmetically. The schedule can end the retries itself. */
  readonly schedule: Schedule.Schedule<unknown, Verdict.Classified> | undefined
  readonly budget: RetryBudget | undefined
  readonly defects: "once" | "never"
}

type Obeyed = { hints: Retry.Hints | undefined }
type Effected = Effect.Effect<unknown, unknown, unknown>
type Wait = { readonly ms: number; readonly by: "backoff" | "server" }

/** Wraps the inner stages with retries. A call that succeeds immediately does not allocate any state for failures. */
export const retried = (policy: () => Policy, inner: Step): Step => {
  const { resume } = retriedDirectly(policy, inner)
  return (call) => resume(call, inner(call))
}

/** Retries calls whose first attempt may have run without a fiber. */
export const retriedDirectly = (policy: () => Policy, inner: Step): Around => ({
  resume: (call, first) => {
    const { budget } = policy()
    if (budget === undefined) {
      return Effect.catchCause(first, (cause) => new Retrying(policy, inner, call).failed(cause))
    }
    // The first attempt is reported to the budget when it has ended, because the time of its sending is known by then.
    return Effect.matchCauseEffect(first, {
      onFailure: (cause) => {
        budget.begin(call.sentAt < 0 ? call.now() : call.sentAt)
        return new Retrying(policy, inner, call).failed(cause)
      },
      onSuccess: (value) => {
        succeeded(call, budget)
        return Effect.succeed(value)
      },
    })
  },
  succeeded: (call) => {
    const { budget } = policy()
    if (budget !== undefined) succeeded(call, budget)
  },
})

const succeeded = ({ sentAt }: Call, budget: RetryBudget): void => {
  budget.begin(sentAt)
  budget.success(sentAt, 0)
}

/** A call that has failed at least once. */
class Retrying {
  readonly policy: () => Policy
  readonly inner: Step
  readonly call: Call
  readonly history: History
  spent: Retry.Spent = Retry.fresh
  previousWait: number | undefined = undefined
  /** The wait before the current attempt, in milliseconds. */
  waited = 0
  step: Effect.Success<ReturnType<typeof Schedule.toStep<unknown, Verdict.Classified, never, never>>> | undefined =
    undefined
  startedAt: number
  constructor(policy: () => Policy, inner: Step, call: Call) {
    this.policy = policy
    this.inner = inner
    this.call = call
    this.startedAt = call.sentAt
    this.history = call.history = new History(call.ambient.clock.currentTimeMillisUnsafe() - call.now())
  }

  failed(cause: Cause.Cause<unknown>): Effected {
    if (Cause.hasInterrupts(cause)) return Effect.failCause(cause)
    const { gates } = this.call
    const failure = classifiedOf(cause)
    const closing = failure && gates?.close(this.call, failure)
    return closing === undefined
      ? this.decide(cause, failure)
      : Effect.flatMap(closing, () => this.decide(cause, failure))
  }

  decide(cause: Cause.Cause<unknown>, failure: Verdict.Classified | undefined): Effected {
    const { call } = this
    const policy = this.policy()
    const error = failure ?? (policy.defects === "once" && call.options.repeatable !== false ? defect : undefined)
    if (error === undefined) return Effect.failCause(cause)
    const now = call.now()
    const { attempts } = policy.rules
    const { retry } = error.verdict
    const forbidden = call.options.mayResend?.(error) === false
    const spent = forbidden ? undefined : Retry.spend(this.spent, error.verdict, attempts)
    if (spent === undefined) {
      const decidedBy =
        forbidden || retry === "never" ? "verdict" : this.spent.attempts >= attempts ? "attempts" : "once"
      return this.end(cause, error, now, decidedBy)
    }
    this.spent = spent
    const obeyed: Obeyed = { hints: undefined }
    return Effect.flatMap(this.backoff(policy, error, now, obeyed), (backoff) => {
      const hints = { ...policy.rules, ...obeyed.hints, ...policy.said }
      // A response that closes the connectivity gate was delivered by the network, so the probe decides when the server has
      // recovered.
      const isForGate = error.verdict.closes === "connectivity" && call.gates?.connectivity === true
      const hint = isForGate ? 0 : Retry.hintOf(error)
      const beyond = Retry.beyond(hints, hint)
      if (backoff === undefined) return this.end(cause, error, now, beyond ? "hint" : "schedule")
      if (backoff === Infinity) return this.outlast(cause, error, now)
      const ms = beyond ? Math.max(backoff, hint) : Retry.hinted(backoff, hint, hints.hintCap)
      if (now + ms >= call.deadline) {
        call.expire(error)
        return this.end(cause, error, now, "deadline")
      }
      if (beyond) return this.end(cause, error, now, "hint")
      return this.again(cause, error, now, { ms, by: ms > backoff ? "server" : "backoff" })
    })
  }

  /** The wait before the next attempt, in milliseconds, or `undefined` if the schedule has ended. */
  backoff(policy: Policy, error: Verdict.Classified, now: number, obeyed: Obeyed): Effect.Effect<number | undefined> {
    const { schedule } = policy
    if (schedule === undefined) {
      const { base, wait } = policy.rules.waits
      const random = this.call.fiber.getRef(Random.Random).nextDoubleUnsafe()
      this.previousWait = wait(this.history.length, this.previousWait ?? base, random)
      return Effect.succeed(this.previousWait)
    }
    const step = this.step === undefined ? Schedule.toStep(schedule) : Effect.succeed(this.step)
    return Effect.flatMap(step, (next) => {
      this.step = next
      // Calendar schedules read the time as a date.
      const delay = Effect.provideService(next(this.history.epoch + now, error), Obeying.Obeyed, obeyed)
      return Effect.matchCauseEffect(delay, {
        onSuccess: ([, duration]) => Effect.succeed(Duration.toMillis(duration)),
        onFailure: (cause) =>
          Cause.isDone(Cause.squash(cause)) ? Effect.succeed(undefined) : Effect.failCause(cause as Cause.Cause<never>),
      })
    })
  }

  /**
   * Waits until the deadline, because the next attempt would never be sent. Without a deadline, the wait would never end.
   */
  outlast(cause: Cause.Cause<unknown>, error: Verdict.Classified, now: number): Effected {
    const { call } = this
    if (call.deadline === Infinity) {
      const allowed = "finite if the call has no deadline"
      return Effect.die(new InvalidPolicy({ policy: "Retry", option: "schedule", value: "an infinite delay", allowed }))
    }
    call.expire(error)
    const ended = this.end(cause, error, now, "deadline")
    call.begin("waits")
    // A pipeline's deadline interrupts the wait. Other deadlines are enforced only here.
    return Effect.andThen(Effect.sleep(call.deadline - now), ended)
  }

  again(cause: Cause.Cause<unknown>, error: Verdict.Classified, now: number, wait: Wait): Effected {
    const { call, inner } = this
    const { budget } = this.policy()
    const sends = call.number
    let charged: number | undefined = undefined
    const attempt = Effect.onExitPrimitive(
      Effect.suspend(() => {
        // The finalizer must already be installed: an interruption in between would keep the charge.
        charged = budget === undefined ? 0 : budget.charge(now, error.verdict)
        if (charged === undefined) return this.end(cause, error, now, "budget")
        this.record(error, now, wait.by)
        call.options.released?.(error, false)
        const told = call.publish({ _tag: "RetryScheduled", error, waitMs: wait.ms, by: wait.by })
        call.begin("waits")
        const slept = pause(wait.ms, call.ambient.clock)
        return Effect.andThen(
          told === undefined ? slept : Effect.andThen(told, slept),
          Effect.suspend(() => {
            call.begin("attempts")
            this.waited = wait.ms
            this.startedAt = call.now()
            return inner(call)
          }),
        )
      }),
      // Only requests that reach the server are charged: an interrupted wait and a rejection by a limit or a breaker are
      // refunded.
      (exit: Exit.Exit<unknown, unknown>) => {
        if (budget !== undefined && charged !== undefined) {
          if (call.number === sends) budget.refund(call.now(), charged)
          else if (exit._tag === "Success") budget.success(call.now(), charged)
        }
        return undefined
      },
    )
    return Effect.catchCause(attempt, (next) => (charged === undefined ? Effect.failCause(next) : this.failed(next)))
  }

  end(cause: Cause.Cause<unknown>, error: Verdict.Classified, now: number, decidedBy: Timeline.Decision): Effected {
    this.record(error, now, decidedBy)
    if (error !== defect) Timeline.attach(error, this.history.entries, this.history.epoch)
    const told = this.call.publish({ _tag: "RetryRefused", error, by: decidedBy })
    return told === undefined ? Effect.failCause(cause) : Effect.andThen(told, Effect.failCause(cause))
  }

  record(error: Verdict.Classified, now: number, decidedBy: Timeline.Decision): void {
    const { call } = this
    const sent = call.sentAt >= this.startedAt && call.sentAt >= 0
    const startedAt = sent ? call.sentAt : this.startedAt < 0 ? now : this.startedAt
    this.history.add({
      error,
      sent,
      startedAt: this.history.epoch + startedAt,
      duration: now - startedAt,
      wait: this.waited,
      decidedBy,
    })
    call.sentAt = -1
  }
}

/** Represents a defect as an error, for the timeline and the retry rules. The cause contains the defect itself. */
const defect: Verdict.Classified = { _tag: "Defect", verdict: /* @__PURE__ */ Verdict.once() }
