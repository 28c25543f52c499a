/**
 * A deadline is the moment after which a response is useless. Every policy reads the deadline from the context.
 */
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { Stackless } from "../../errors/stackless.ts"
import * as Verdict from "../../errors/Verdict.ts"
import * as Monotonic from "../../time/Monotonic.ts"
import { time } from "../../time/units.ts"

/**
 * A deadline consists of the moment `at`, in monotonic milliseconds, and the total time `limit`, in milliseconds.
 *
 * **Gotchas**
 *
 * The value of `at` is not a date and is meaningless in another process. To pass a deadline to another process, send the
 * remaining time in a header and call {@link after} in the receiving process.
 */
export interface Deadline {
  readonly at: number
  readonly limit: number
}

/** The deadline that is currently in force, or `undefined` if there is none. */
export const Current = Context.Reference<Deadline | undefined>("@holdfast/core/Deadline", {
  defaultValue: () => undefined,
})

/** Creates a deadline `limit` milliseconds from now, for a limit that was received in a request. */
export const after = (limit: number): Effect.Effect<Deadline> =>
  Effect.map(Monotonic.millis, (now) => ({ at: now + limit, limit }))

/** The time that a call spent in each of its phases, in milliseconds. */
export interface Spent {
  /** The time spent in attempts, where each attempt is measured from request to response. */
  readonly attempts: number
  /** The time spent waiting between attempts. */
  readonly waits: number
  /** At closed gates. */
  readonly gates: number
  /** The time spent in the queues of limits. */
  readonly queue: number
}

/** The gate at which a call ran out of time, and the reason why the call could not pass the gate. */
export interface WaitedGate {
  readonly name: string
  readonly reason: string
}

/**
 * The deadline has passed, or the next step of the call would not end before the deadline.
 *
 * **Details**
 *
 * `limit` is the total time allowed for the call, and `left` is the time that remained when the call gave up. Both `limit`
 * and `left` are in milliseconds. `left` is 0 if the deadline has passed. `last` is the error from the last failed attempt,
 * if there is one. The timeline of the call is also attached to the `DeadlineExceeded` error (`Timeline.of`).
 *
 * `inFlight` is true if an attempt had been sent but had not received a response by the deadline. If `inFlight` is true, the
 * outcome of the verdict is `failure`, because the service did not respond in time. If the call ran out of time at a gate, in
 * a queue or between attempts, the outcome is `ignored`. `gate` identifies the gate at which the call ran out of time.
 */
export class DeadlineExceeded extends /* @__PURE__ */ Stackless("DeadlineExceeded") {
  readonly limit: number
  readonly left: number
  readonly spent: Spent
  readonly last: Verdict.Classified | undefined
  readonly inFlight: boolean
  readonly gate: WaitedGate | undefined
  readonly verdict: Verdict.Verdict

  constructor(
    fields: Pick<DeadlineExceeded, "limit" | "left" | "spent" | "last"> & {
      readonly inFlight?: boolean
      readonly gate?: WaitedGate | undefined
      /** Whether the server may have acted on an attempt. Default: `maybe`. */
      readonly applied?: Verdict.Applied
    },
  ) {
    super()
    this.limit = fields.limit
    this.left = fields.left
    this.spent = fields.spent
    this.last = fields.last
    this.inFlight = fields.inFlight ?? false
    this.gate = fields.gate
    const applied = fields.applied ?? "maybe"
    this.verdict = this.inFlight
      ? Verdict.never({ outcome: "failure", applied, overdue: true })
      : Verdict.never({ outcome: "ignored", applied })
  }

  override get message(): string {
    const { attempts, gates, queue, waits } = this.spent
    const where = `${time(attempts)} in attempts, ${time(waits)} in waits, ${time(gates)} at gates, ${time(queue)} in queues`
    const how =
      this.left > 0
        ? `not enough time left (${time(this.left)} of ${time(this.limit)})`
        : `no response within ${time(this.limit)}`
    const gate = this.gate === undefined ? "" : `; waited at the gate ${this.gate.name}: ${this.gate.reason}`
    return `${how}: ${where}${gate}${this.last === undefined ? "" : `; last: ${this.last._tag}`}`
  }
}

/**
 * The time that remains until the deadline. The remaining time is infinite if there is no deadline, and zero after the
 * deadline has passed.
 */
export const remaining: Effect.Effect<Duration.Duration> = /* @__PURE__ */ Effect.flatMap(Current, (deadline) =>
  deadline === undefined
    ? Effect.succeed(Duration.infinity)
    : Effect.map(Monotonic.millis, (now) => Duration.millis(Math.max(deadline.at - now, 0))),
)
