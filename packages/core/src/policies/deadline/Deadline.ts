/**
 * The moment after which a response is useless, as a value in the context that every policy reads.
 */
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { Stackless } from "../../errors/stackless.ts"
import * as Verdict from "../../errors/Verdict.ts"
import * as Monotonic from "../../time/Monotonic.ts"
import { time } from "../../time/units.ts"

/**
 * A deadline: the moment `at`, in monotonic milliseconds, and the total time `limit`, in milliseconds.
 *
 * **Gotchas**
 *
 * `at` is not a date and means nothing to another process. To pass a deadline on, send the remaining time in a header and call
 * {@link after} in the receiver.
 */
export interface Deadline {
  readonly at: number
  readonly limit: number
}

/** The deadline in force; `undefined` if there is none. */
export const Current = Context.Reference<Deadline | undefined>("@holdfast/core/Deadline", {
  defaultValue: () => undefined,
})

/** A deadline `limit` milliseconds from now, for a limit that arrived in a request. */
export const after = (limit: number): Effect.Effect<Deadline> =>
  Effect.map(Monotonic.millis, (now) => ({ at: now + limit, limit }))

/** How a call spent its time, in milliseconds. */
export interface Spent {
  /** In attempts, from sending to the response. */
  readonly attempts: number
  /** In waits between attempts. */
  readonly waits: number
  /** At closed gates. */
  readonly gates: number
  /** In the queues of limits. */
  readonly queue: number
}

/** The gate at which the time of a call ran out, and why it was closed. */
export interface WaitedGate {
  readonly name: string
  readonly reason: string
}

/**
 * The deadline has passed, or the next step of the call would not end before it.
 *
 * **Details**
 *
 * `limit` is the total time of the call, and `left` the time that remained when the call gave up, both in milliseconds. `left`
 * is 0 if the deadline has passed. `last` is the error of the last failed attempt, if there is one; its timeline is also on
 * this error (`Timeline.of`).
 *
 * `inFlight` is true if an attempt had been sent and had no response. Then the outcome of the verdict is `failure`, because the
 * service did not respond in time. If the time ran out at a gate, in a queue or in a wait, the outcome is `ignored`. `gate` names
 * the gate at which it ran out.
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
      /** Whether the server may have carried out an attempt. Default: `maybe`. */
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

/** The remaining time; infinite without a deadline, and zero after it has passed. */
export const remaining: Effect.Effect<Duration.Duration> = Effect.flatMap(Current, (deadline) =>
  deadline === undefined
    ? Effect.succeed(Duration.infinity)
    : Effect.map(Monotonic.millis, (now) => Duration.millis(Math.max(deadline.at - now, 0))),
)
