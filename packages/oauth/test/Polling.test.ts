import { assert, describe, it } from "@effect/vitest"
import { Duration } from "effect"
import { Verdict } from "@holdfast/core"
import { Polling } from "@holdfast/oauth"

const pending: Polling.PollFailure = { _tag: "AuthorizationPending", verdict: Verdict.always() }
const slowDown: Polling.PollFailure = { _tag: "SlowDown", verdict: Verdict.always({ pace: "throttled" }) }
const offline: Polling.PollFailure = { _tag: "ConnectionReset", verdict: Verdict.always() }
const odd: Polling.PollFailure = { _tag: "UnknownOAuthError", verdict: Verdict.once() }
const denied: Polling.PollFailure = { _tag: "AccessDenied", verdict: Verdict.never() }

/** The waits before each poll, and `end` when the loop ends. */
const waits = (interval: number, ...answers: ReadonlyArray<Polling.PollFailure>): ReadonlyArray<number | "end"> => {
  let state: Polling.State | undefined = Polling.start(interval)
  const found: Array<number | "end"> = [state.wait]
  for (const answer of answers) {
    state = state && Polling.after(state, answer)
    found.push(state?.wait ?? "end")
  }
  return found
}

describe("Polling", () => {
  it("keeps the polling interval until the user approves", () => {
    assert.deepStrictEqual(waits(5, pending, pending), [5, 5, 5])
  })

  it("permanently lengthens the interval by 5 s after every slow_down", () => {
    assert.deepStrictEqual(waits(5, slowDown, pending, slowDown, pending, pending), [5, 10, 10, 15, 15, 15])
  })

  it("uses the interval in a slow_down if that interval is longer", () => {
    assert.deepStrictEqual(waits(5, { ...slowDown, interval: 30 }, pending), [5, 30, 30])
    assert.deepStrictEqual(waits(5, { ...slowDown, interval: 1 }, pending), [5, 10, 10])
  })

  it("doubles the wait after each consecutive failure up to 32 s, and returns to the interval after a success", () => {
    assert.deepStrictEqual(waits(5, offline, offline, offline, offline, pending, offline), [5, 10, 20, 32, 32, 5, 10])
  })

  it("never waits less than the interval, even if the interval is very long", () => {
    assert.deepStrictEqual(waits(60, offline, offline), [60, 60, 60])
  })

  it("polls at most once a second, regardless of the interval that the server sends", () => {
    for (const interval of [0.0001, 0, -5, Number.NaN]) {
      assert.deepStrictEqual(waits(interval, pending, pending, offline, offline), [1, 1, 1, 2, 4])
    }
  })

  it("polls again after the first unexpected response, and stops after the second", () => {
    assert.deepStrictEqual(waits(5, odd, pending, odd), [5, 10, 5, "end"])
  })

  it("stops polling after a response that must not be retried", () => {
    assert.deepStrictEqual(waits(5, denied), [5, "end"])
  })

  it("waits for the time in the server's Retry-After", () => {
    const hint = (seconds: number) => ({ retryAfter: Duration.seconds(seconds) })
    assert.deepStrictEqual(
      waits(5, { ...slowDown, verdict: Verdict.always(hint(20)) }, { ...pending, verdict: Verdict.always(hint(3600)) }),
      [5, 20, 3600],
    )
  })
})
