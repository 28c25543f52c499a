import { assert, beforeAll, describe, it } from "@effect/vitest"
import { soak, type Sum } from "../../support/soak.ts"

/** `npm run test:soak` runs a whole day and measures the memory. This test runs one hour with a fifth of the calls. */
describe("an hour of outages, slow answers and rejections", () => {
  const callsPerHour = 20_000
  let hour: ReturnType<typeof soak>
  beforeAll(() => {
    hour = soak({ hours: 1, callsPerHour, seed: 1 })
  }, 60_000)
  const share = (part: number, { calls }: Sum) => part / calls

  it("does not leave any calls, timers, permits or probes behind", () => {
    const { calls, inFlight, queued, timers } = hour.left
    assert.deepStrictEqual({ calls, inFlight, queued, timers }, { calls: 0, inFlight: 0, queued: 0, timers: 0 })
  })

  it("ends every call", () => {
    const { sums } = hour
    const ended = Object.values(sums).map(({ answered, failed, interrupted }) => answered + failed + interrupted)
    assert.deepStrictEqual(
      ended,
      Object.values(sums).map(({ calls }) => calls),
    )
    assert.strictEqual(
      ended.reduce((sum, calls) => sum + calls, 0),
      callsPerHour,
    )
  })

  it("limits the load to 1.2 requests per call in every phase", () => {
    const { sums } = hour
    for (const sum of Object.values(sums)) assert.isAtMost(share(sum.requests, sum), 1.2)
    // In an outage the throttle and the breaker send almost nothing to the service.
    assert.isAtMost(share(sums.outage.requests, sums.outage), 0.2)
    assert.isAbove(sums.outage.requests, 0)
  })

  it("completes nearly all calls while the service is healthy, and some calls while the service throttles requests", () => {
    const { sums } = hour
    assert.isAbove(share(sums.well.answered, sums.well), 0.9)
    assert.isAbove(share(sums["429"].answered, sums["429"]), 0.1)
  })

  it("never has more unfinished calls than arrive in 30 seconds", () => {
    const { counts, most } = hour
    assert.isAtMost(most.calls, (callsPerHour / 3600) * 30)
    assert.isAtMost(most.timers, 4 * most.calls + 10)
    assert.isAtMost(most.queued, 300)
    assert.isAtMost(most.limit, 500)
    assert.isAbove(counts.rejected, 0)
  })
})
