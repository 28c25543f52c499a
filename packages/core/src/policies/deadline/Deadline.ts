/**
 * The moment after which the answer is of no use: a value of the context that every policy looks at.
 */
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { Stackless } from "../../errors/stackless.ts"
import * as Verdict from "../../errors/Verdict.ts"
import * as Monotonic from "../../time/Monotonic.ts"
import { time } from "../../time/units.ts"

/**
 * The moment `at`, in monotonic milliseconds, and the `limit`: the total time, in milliseconds.
 *
 * **Gotchas**
 *
 * `at` is not a date and means nothing to another process. To pass a deadline on, send the time that is left in a header, and use
 * {@link after} there.
 */
export interface Deadline {
  readonly at: number
  readonly limit: number
}

/** The deadline of whatever runs here; `undefined` where there is none. */
export const Current = Context.Reference<Deadline | undefined>("@holdfast/core/Deadline", {
  defaultValue: () => undefined,
})

/** A deadline that many milliseconds from now, for a deadline that came in a request. */
export const after = (limit: number): Effect.Effect<Deadline> =>
  Effect.map(Monotonic.millis, (now) => ({ at: now + limit, limit }))

/** Where the time of a call went, in milliseconds. */
export interface Spent {
  /** In attempts: from sending to the answer. */
  readonly attempts: number
  /** In waits between attempts. */
  readonly waits: number
  /** At closed gates. */
  readonly gates: number
  /** In the queues of limits. */
  readonly queue: number
}

/**
 * The deadline has passed, or what the call needs next would not end before it.
 *
 * **Details**
 *
 * `limit` is the time that the call had, and `left` what was left of it when the call gave up, both in milliseconds;
 * `left` is 0 when the deadline has passed. `last` is the error of the last attempt, if one had failed; its timeline is
 * on this error too (`Timeline.of`).
 *
 * `inFlight` tells whether an attempt had been sent and not answered. Then the outcome of the verdict is `failure`, because
 * the service did not answer in time. It is `ignored` if the time ended at a gate, in a queue or in a wait.
 */
export class DeadlineExceeded extends /* @__PURE__ */ Stackless("DeadlineExceeded") {
  readonly limit: number
  readonly left: number
  readonly spent: Spent
  readonly last: Verdict.Classified | undefined
  readonly inFlight: boolean
  readonly verdict: Verdict.Verdict

  constructor(
    fields: Pick<DeadlineExceeded, "limit" | "left" | "spent" | "last"> & {
      readonly inFlight?: boolean
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
        : `no answer within ${time(this.limit)}`
    return `${how}: ${where}${this.last === undefined ? "" : `; last: ${this.last._tag}`}`
  }
}

/** The time that is left here; infinite where there is no deadline, and zero when it has passed. */
export const remaining: Effect.Effect<Duration.Duration> = Effect.flatMap(Current, (deadline) =>
  deadline === undefined
    ? Effect.succeed(Duration.infinity)
    : Effect.map(Monotonic.millis, (now) => Duration.millis(Math.max(deadline.at - now, 0))),
)
