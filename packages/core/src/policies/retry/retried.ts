/**
 * The retry stage, which resends a call if the verdicts of its errors, the backoff, the budget and the deadline allow another
 * attempt.
 */
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
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
    if (budget === undefined) return Effect.catchCause(first, (cause) => failedFirst(policy, inner, call, cause))
    // The first attempt is reported to the budget when it has ended, because the time of its sending is known by then.
    return Effect.matchCauseEffect(first, {
      onFailure: (cause) => {
        budget.begin(call.sentAt < 0 ? call.now() : call.sentAt)
        return failedFirst(policy, inner, call, cause)
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

const failedFirst = (policy: () => Policy, inner: Step, call: Call, cause: Cause.Cause<unknown>): Effected => {
  const now = call.now()
  return new Retrying(policy, inner, call, now).failed(cause, now)
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
  /** The schedule's own state, if the policy has a schedule. */
  begun: Effect.Success<ReturnType<typeof Schedule.toStep<unknown, Verdict.Classified, never, never>>> | undefined =
    undefined
  startedAt: number
  constructor(policy: () => Policy, inner: Step, call: Call, now: number) {
    this.policy = policy
    this.inner = inner
    this.call = call
    this.startedAt = call.sentAt
    this.history = call.history = new History(call.ambient.clock.currentTimeMillisUnsafe() - now)
  }

  failed(cause: Cause.Cause<unknown>, now: number): Effected {
    if (Cause.hasInterrupts(cause)) return Effect.failCause(cause)
    const { call } = this
    const failure = classifiedOf(cause)
    const closing = failure && call.gates?.close(call, failure)
    return closing === undefined
      ? this.decide(cause, failure, now)
      : Effect.flatMap(closing, () => this.decide(cause, failure, call.now()))
  }

  decide(cause: Cause.Cause<unknown>, failure: Verdict.Classified | undefined, now: number): Effected {
    const { call } = this
    const policy = this.policy()
    const error = failure ?? (policy.defects === "once" && call.options.repeatable !== false ? defect : undefined)
    if (error === undefined) return Effect.failCause(cause)
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
    const { schedule } = policy
    // The rules of a policy without a schedule contain its hint options.
    if (schedule === undefined) return this.wait(cause, error, now, this.backoff(policy.rules.waits), policy.rules)
    const obeyed: Obeyed = { hints: undefined }
    return Effect.flatMap(this.step(schedule, error, now, obeyed), (backoff) =>
      this.wait(cause, error, now, backoff, { ...policy.rules, ...obeyed.hints, ...policy.said }),
    )
  }

  /** Waits for the backoff or for the server's hint, unless one of them ends the call. */
  wait(
    cause: Cause.Cause<unknown>,
    error: Verdict.Classified,
    now: number,
    backoff: number | undefined,
    hints: Retry.Hints,
  ): Effected {
    const { call } = this
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
  }

  /** The wait before the next attempt, in milliseconds. */
  backoff({ base, wait }: Retry.Rules["waits"]): number {
    const random = this.call.fiber.getRef(Random.Random).nextDoubleUnsafe()
    return (this.previousWait = wait(this.history.length, this.previousWait ?? base, random))
  }

  /** The wait that a schedule determines, in milliseconds, or `undefined` if the schedule has ended. */
  step(
    schedule: Schedule.Schedule<unknown, Verdict.Classified>,
    error: Verdict.Classified,
    now: number,
    obeyed: Obeyed,
  ): Effect.Effect<number | undefined> {
    const begun = this.begun === undefined ? Schedule.toStep(schedule) : Effect.succeed(this.begun)
    return Effect.flatMap(begun, (next) => {
      this.begun = next
      // Calendar schedules read the time as a date.
      const delay = Effect.updateContext(next(this.history.epoch + now, error), (context: Context.Context<never>) =>
        Context.add(context, Obeying.Obeyed, obeyed),
      )
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
    const { budget } = this.policy()
    return budget === undefined
      ? Effect.catchCause(
          Effect.suspend(() => this.send(error, now, wait)),
          (next) => this.failed(next, this.call.now()),
        )
      : this.charged(budget, cause, error, now, wait)
  }

  /** Sends the call again at the expense of a budget. */
  charged(
    budget: RetryBudget,
    cause: Cause.Cause<unknown>,
    error: Verdict.Classified,
    now: number,
    wait: Wait,
  ): Effected {
    const { call } = this
    const sends = call.number
    let charged: number | undefined = undefined
    const attempt = Effect.onExitPrimitive(
      Effect.suspend(() => {
        // The finalizer must already be installed: an interruption in between would keep the charge.
        charged = budget.charge(now, error.verdict)
        return charged === undefined ? this.end(cause, error, now, "budget") : this.send(error, now, wait)
      }),
      // Only requests that reach the server are charged: an interrupted wait and a rejection by a limit or a breaker are
      // refunded.
      (exit: Exit.Exit<unknown, unknown>) => {
        if (charged !== undefined) {
          if (call.number === sends) budget.refund(call.now(), charged)
          else if (exit._tag === "Success") budget.success(call.now(), charged)
        }
        return undefined
      },
    )
    return Effect.catchCause(attempt, (next) =>
      charged === undefined ? Effect.failCause(next) : this.failed(next, call.now()),
    )
  }

  /** Waits and then sends the next attempt. */
  send(error: Verdict.Classified, now: number, { by, ms }: Wait): Effected {
    const { call } = this
    this.record(error, now, by)
    call.options.released?.(error, false)
    const told = call.observer && call.publish({ _tag: "RetryScheduled", error, waitMs: ms, by })
    call.begin("waits")
    const slept = pause(ms, now, call.ambient.clock)
    return Effect.flatMap(told === undefined ? slept : Effect.andThen(told, slept), (startedAt) => {
      call.begin("attempts")
      this.waited = ms
      this.startedAt = startedAt
      return this.inner(call)
    })
  }

  end(cause: Cause.Cause<unknown>, error: Verdict.Classified, now: number, decidedBy: Timeline.Decision): Effected {
    this.record(error, now, decidedBy)
    if (error !== defect) Timeline.attach(error, this.history.entries, this.history.epoch)
    const { call } = this
    const told = call.observer && call.publish({ _tag: "RetryRefused", error, by: decidedBy })
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
