import { assert, describe, it } from "@effect/vitest"
import { Duration, Effect, Schema } from "effect"
import { TestClock } from "effect/testing"
import { RetryAfter } from "@holdfast/http"

const seconds = (hint: Duration.Duration | undefined) => (hint === undefined ? undefined : Duration.toSeconds(hint))

describe("RetryAfter", () => {
  it("reads whole seconds", () => {
    assert.strictEqual(seconds(RetryAfter.parse("120", 0)), 120)
    assert.strictEqual(seconds(RetryAfter.parse(" 0 ", 0)), 0)
  })

  it("reads the three forms of an HTTP date, counted from now", () => {
    const now = Date.parse("1994-11-06T08:49:07Z")
    assert.strictEqual(seconds(RetryAfter.parse("Sun, 06 Nov 1994 08:49:37 GMT", now)), 30)
    assert.strictEqual(seconds(RetryAfter.parse("Sunday, 06-Nov-94 08:49:37 GMT", now)), 30)
    assert.strictEqual(seconds(RetryAfter.parse("Sun Nov  6 08:49:37 1994", now)), 30)
  })

  it("takes a date in the past for now", () => {
    assert.strictEqual(
      seconds(RetryAfter.parse("Sun, 06 Nov 1994 08:49:37 GMT", Date.parse("2020-01-01T00:00:00Z"))),
      0,
    )
  })

  it("has no hint where the value is absurd", () => {
    for (const value of [
      "",
      "soon",
      "-1",
      "1.5",
      "1e3",
      "NaN",
      "86401",
      "99999999999",
      "2030-01-01",
      "Sun, 06 Nov 2094 08:49:37 GMT",
    ]) {
      assert.strictEqual(RetryAfter.parse(value, 0), undefined, value)
    }
    assert.strictEqual(seconds(RetryAfter.parse("86400", 0)), 86400)
  })

  it("gives a decoder the seconds of a normalized header, and never a date", () => {
    assert.strictEqual(seconds(RetryAfter.fromHeaders({ "retry-after": "7" })), 7)
    assert.strictEqual(RetryAfter.fromHeaders({}), undefined)
    assert.strictEqual(RetryAfter.fromHeaders({ "retry-after": "Sun, 06 Nov 1994 08:49:37 GMT" }), undefined)
  })

  it.effect("rewrites a date to seconds by the server's own clock", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(Date.parse("1970-01-02T00:00:00Z"))
      const headers = {
        date: "Sun, 06 Nov 2033 08:49:37 GMT",
        "retry-after": "Sun, 06 Nov 2033 08:50:07 GMT",
      }
      assert.deepStrictEqual(yield* RetryAfter.normalize(headers), { ...headers, "retry-after": "30" })
    }),
  )

  it.effect("rewrites a date by the local clock when the server gives none, rounded up", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(Date.parse("1994-11-06T08:49:36.500Z"))
      assert.deepStrictEqual(yield* RetryAfter.normalize({ "retry-after": "Sun, 06 Nov 1994 08:49:40 GMT" }), {
        "retry-after": "4",
      })
    }),
  )

  it.effect("removes an absurd hint and leaves the other headers alone", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* RetryAfter.normalize({ a: "1", "retry-after": "yesterday" }), { a: "1" })
      assert.deepStrictEqual(yield* RetryAfter.normalize({ a: "1" }), { a: "1" })
    }),
  )

  it.effect.prop(
    "is a length of time from nothing to a day, whatever the header says",
    { value: Schema.String, now: Schema.Int },
    ({ now, value }) =>
      Effect.sync(() => {
        const hint = seconds(RetryAfter.parse(value, now))
        assert.isTrue(hint === undefined || (hint >= 0 && hint <= 86400))
      }),
    { arbitrary: { runs: 500, seed: 1 } },
  )
})
