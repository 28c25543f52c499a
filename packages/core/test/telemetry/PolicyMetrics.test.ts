import { assert, describe, it } from "@effect/vitest"
import * as PolicyMetrics from "@holdfast/core/PolicyMetrics"

describe("PolicyMetrics", () => {
  it("converts a metric name to the name that Prometheus uses after OTLP ingestion", () => {
    assert.deepStrictEqual(
      [
        "holdfast.call.duration",
        "holdfast.call.attempts",
        "holdfast.retry.scheduled",
        "holdfast.deadline.spent",
        "holdfast.circuit.state",
        "holdfast.throttle.rejection",
      ].map(PolicyMetrics.prometheusName),
      [
        "holdfast_call_duration_seconds",
        "holdfast_call_attempts",
        "holdfast_retry_scheduled_total",
        "holdfast_deadline_spent_seconds_total",
        "holdfast_circuit_state",
        "holdfast_throttle_rejection_ratio",
      ],
    )
  })

  it("does not change the names of metrics from other sources", () => {
    assert.deepStrictEqual(["child_fibers_active", "toString"].map(PolicyMetrics.prometheusName), [
      "child_fibers_active",
      "toString",
    ])
  })

  it("defines increasing bucket boundaries for histograms only", () => {
    for (const name of PolicyMetrics.names) {
      const { boundaries, type } = PolicyMetrics.definition(name)
      assert.strictEqual(boundaries !== undefined, type === "histogram", name)
      assert.deepStrictEqual(
        boundaries?.toSorted((a, b) => a - b),
        boundaries && [...new Set(boundaries)],
        name,
      )
    }
  })
})
