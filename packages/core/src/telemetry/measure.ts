/**
 * Maps each event to metrics.
 */
import type { Classified } from "../errors/Verdict.ts"
import { DeadlineExceeded } from "../policies/deadline/Deadline.ts"
import { errorType } from "./errorType.ts"
import type { About, Event, Outcome } from "./Observer.ts"
import type { Name } from "./PolicyMetrics.ts"
import type { Series, Values } from "./series.ts"

/** Updates the metrics for an event. */
export const measure = (series: Series) => {
  // A call that ran out of time is counted once, even if outer calls fail with its error.
  const late = new WeakSet<DeadlineExceeded>()
  return (event: Event, { fiber, pipeline }: About): void => {
    const record = (name: Name, value: number, values: Values): void => {
      series.record(name, value, { "pipeline.name": pipeline, ...values }, fiber.context)
    }
    const ended = (outcome: Outcome, error: Classified | undefined): Values => ({
      outcome,
      "error.type": errorType(outcome, error),
    })
    switch (event._tag) {
      case "AttemptStarted":
        return
      case "AttemptEnded":
        return record("holdfast.attempt.duration", event.durationMs / 1000, ended(event.outcome, event.error))
      case "RetryScheduled": {
        const decided = { "retry.decided_by": event.by }
        record("holdfast.retry.scheduled", 1, { ...decided, "error.type": event.error._tag })
        return record("holdfast.retry.wait", event.waitMs / 1000, decided)
      }
      case "RetryRefused":
        return record("holdfast.retry.refused", 1, { "retry.decided_by": event.by, "error.type": event.error._tag })
      case "GateWaited":
        return record("holdfast.gate.wait", event.waitMs / 1000, {})
      case "Queued":
        return record("holdfast.queue.wait", event.waitMs / 1000, { "policy.name": event.policy })
      case "Rejected":
        return record("holdfast.policy.rejected", 1, {
          "policy.name": event.policy,
          "error.type": event.error._tag,
          dry_run: event.dryRun && "true",
        })
      case "CircuitChanged": {
        const state = (name: string): Values => ({ "circuitbreaker.name": event.breaker, "circuitbreaker.state": name })
        record("holdfast.circuit.changed", 1, state(event.to))
        record("holdfast.circuit.state", 0, state(event.from))
        return record("holdfast.circuit.state", 1, state(event.to))
      }
      case "HedgeStarted":
        return record("holdfast.hedge.started", 1, {})
      case "HedgeWon":
        return record("holdfast.hedge.won", 1, {})
      case "FallbackUsed":
        record("holdfast.fallback.used", 1, { "error.type": event.error._tag })
        return outOfTime(event.error)
      case "CallEnded": {
        record("holdfast.call.duration", event.durationMs / 1000, ended(event.outcome, event.error))
        record("holdfast.call.attempts", event.attempts, { outcome: event.outcome })
        return outOfTime(event.error)
      }
    }

    function outOfTime(error: Classified | undefined): void {
      if (!(error instanceof DeadlineExceeded) || late.has(error)) return
      late.add(error)
      record("holdfast.deadline.exceeded", 1, {})
      for (const [phase, ms] of Object.entries(error.spent)) record("holdfast.deadline.spent", ms / 1000, { phase })
    }
  }
}
