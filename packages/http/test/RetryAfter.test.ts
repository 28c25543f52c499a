import { assert, describe, it } from "@effect/vitest"
import { Duration, Effect, Schema } from "effect"
import { RetryAfter } from "@holdfast/http"

const seconds = (hint: Duration.Duration | undefined) => (hint === undefined ? undefined : Duration.toSeconds(hint))

const date = "Sun, 29 Nov 2026 10:05:00 GMT"
const epoch = Date.parse(date) / 1000

describe("RetryAfter.parse", () => {
  it("reads seconds, including decimals", () => {
    assert.strictEqual(seconds(RetryAfter.parse("120", 0)), 120)
    assert.strictEqual(seconds(RetryAfter.parse(" 2.5 ", 0)), 2.5)
    assert.strictEqual(seconds(RetryAfter.parse("299.997", 0)), 299.997)
    assert.strictEqual(seconds(RetryAfter.parse("0.0001", 0)), 0.001)
  })

  it("reads the three forms of an HTTP date relative to the current time", () => {
    const now = Date.parse("1994-11-06T08:49:07Z")
    assert.strictEqual(seconds(RetryAfter.parse("Sun, 06 Nov 1994 08:49:37 GMT", now)), 30)
    assert.strictEqual(seconds(RetryAfter.parse("Sunday, 06-Nov-94 08:49:37 GMT", now)), 30)
    assert.strictEqual(seconds(RetryAfter.parse("Sun Nov  6 08:49:37 1994", now)), 30)
  })

  it("ignores zero, negative values and past dates", () => {
    for (const value of ["0", "0.0", " 0 ", "-1", "-2.5", "Sun, 06 Nov 1994 08:49:37 GMT", date]) {
      assert.isUndefined(RetryAfter.parse(value, Date.parse(date)), value)
    }
  })

  it("returns no hint if the value is neither seconds nor a date", () => {
    for (const value of ["", "soon", "1e3", "NaN", "Infinity", "2030-01-01", "10 s", ".", "0x10", "1,", "1;2"]) {
      assert.isUndefined(RetryAfter.parse(value, 0), value)
    }
  })

  it("accepts a hint of any length, and leaves the cap to the policy", () => {
    assert.strictEqual(seconds(RetryAfter.parse("86401", 0)), 86_401)
    assert.strictEqual(seconds(RetryAfter.parse("31536000", 0)), 31_536_000)
    assert.strictEqual(seconds(RetryAfter.parse("99999999999", 0)), 99_999_999_999)
    assert.strictEqual(seconds(RetryAfter.parse("Sun, 29 Nov 2026 10:05:00 GMT", 0)), epoch)
    const absurd = seconds(RetryAfter.parse("9".repeat(400), 0))
    assert.isTrue(absurd !== undefined && absurd > 1e12 && Number.isFinite(absurd))
  })

  it("uses the longest of several values that proxies have appended", () => {
    assert.strictEqual(seconds(RetryAfter.parse("1, 30", 0)), 30)
    assert.strictEqual(seconds(RetryAfter.parse("30,2.5", 0)), 30)
  })

  it.effect.prop(
    "returns a positive duration or no hint, regardless of the header's content",
    { value: Schema.String, now: Schema.Int },
    ({ now, value }) =>
      Effect.sync(() => {
        const hint = seconds(RetryAfter.parse(value, now))
        assert.isTrue(hint === undefined || hint > 0)
      }),
    { arbitrary: { runs: 500, seed: 1 } },
  )
})

describe("RetryAfter.fromAnswer", () => {
  const hint = (headers: Record<string, string>, status = 429, receivedAt?: number) =>
    seconds(RetryAfter.fromAnswer({ status, headers, receivedAt }))

  it("calculates the wait until a date from the response's own Date header instead of the local clock", () => {
    const headers = { date, "retry-after": "Sun, 29 Nov 2026 10:05:30 GMT" }
    assert.strictEqual(hint(headers), 30)
    assert.strictEqual(hint(headers, 503, 0), 30)
    assert.strictEqual(seconds(RetryAfter.fromHeaders(headers)), 30)
  })

  it("subtracts the age of a cached response from the hint", () => {
    const kept = { Date: date, Age: "20", "Retry-After": "Sun, 29 Nov 2026 10:05:30 GMT" }
    assert.strictEqual(hint(kept, 503), 10)
    assert.isUndefined(hint({ ...kept, Age: "30" }, 503))
    assert.strictEqual(hint({ ...kept, Age: "-5" }, 503), 30)
    assert.strictEqual(hint({ ...kept, Age: "soon" }, 503), 30)
    // Seconds count from the receipt of the response (RFC 9110, section 10.2.3).
    assert.strictEqual(hint({ ...kept, "Retry-After": "30" }, 503), 30)
  })

  it("calculates the wait until a date from the time of receipt if the response has no Date header, and ignores the date if that time is unknown", () => {
    const headers = { "retry-after": "Sun, 29 Nov 2026 10:05:30 GMT" }
    assert.strictEqual(hint(headers, 503, Date.parse(date) + 10_500), 19.5)
    assert.isUndefined(hint(headers, 503))
  })

  it("reads milliseconds, and prefers them to seconds", () => {
    for (const name of ["retry-after-ms", "x-ms-retry-after-ms", "x-amz-retry-after", "Retry-After-Ms"]) {
      assert.strictEqual(hint({ [name]: "1340", "retry-after": "9" }), 1.34, name)
      assert.strictEqual(hint({ [name]: "1340.5" }), 1.341, name)
      for (const none of ["0", "-1", "soon", ""]) assert.strictEqual(hint({ [name]: none, "retry-after": "9" }), 9)
    }
  })

  it("reads the reset of an exhausted limit as seconds, a duration, an epoch time or a date", () => {
    for (const name of ["x-ratelimit-reset", "ratelimit-reset", "x-rate-limit-reset", "X-RateLimit-Reset"]) {
      assert.strictEqual(hint({ [name]: "12" }), 12, name)
      assert.strictEqual(hint({ [name]: "1.5" }), 1.5, name)
      assert.strictEqual(hint({ [name]: "6m0s" }), 360, name)
      assert.strictEqual(hint({ [name]: "12ms" }), 0.012, name)
      assert.strictEqual(hint({ [name]: "1h2m3.5s" }), 3723.5, name)
      assert.strictEqual(hint({ [name]: `${epoch + 40}`, date }), 40, name)
      assert.strictEqual(hint({ [name]: `${(epoch + 40) * 1000}`, date }), 40, name)
      assert.strictEqual(hint({ [name]: `${epoch + 40}` }, 429, (epoch + 10) * 1000), 30, name)
      assert.strictEqual(hint({ [name]: "2026-11-29T10:05:40Z", date }), 40, name)
      for (const none of ["0", "-1", "", "later", "5x", `${epoch - 1}`]) {
        assert.isUndefined(hint({ [name]: none, date }), `${name}: ${none}`)
      }
    }
  })

  it("uses the longest reset time of all exhausted limits", () => {
    assert.strictEqual(
      hint({
        "x-ratelimit-remaining-requests": "9",
        "x-ratelimit-reset-requests": "6m0s",
        "x-ratelimit-remaining-tokens": "0",
        "x-ratelimit-reset-tokens": "41.724s",
      }),
      41.724,
    )
    assert.strictEqual(
      hint({
        date,
        "anthropic-ratelimit-requests-remaining": "0",
        "anthropic-ratelimit-requests-reset": "2026-11-29T10:05:08Z",
        "anthropic-ratelimit-tokens-remaining": "0",
        "anthropic-ratelimit-tokens-reset": "2026-11-29T10:06:00Z",
      }),
      60,
    )
    assert.strictEqual(
      hint({ date, "x-ratelimit-remaining": "0", "x-ratelimit-reset-after": "0.65", "x-ratelimit-reset": "0" }),
      0.65,
    )
    assert.isUndefined(hint({ "x-ratelimit-remaining": "4800", "x-ratelimit-reset": "12" }, 403))
    assert.strictEqual(hint({ "x-ratelimit-remaining": "0", "x-ratelimit-reset": "12" }, 500), 12)
    // Many servers send these headers with every response.
    assert.isUndefined(hint({ "x-ratelimit-reset": "12" }, 500))
  })

  it("reads the RateLimit header in the formats of both drafts", () => {
    assert.strictEqual(hint({ ratelimit: '"default";r=0;t=30' }), 30)
    assert.strictEqual(hint({ RateLimit: '"burst";r=3;t=90, "daily";r=0;t=45, "hour";r=0;t=20' }), 45)
    assert.strictEqual(hint({ ratelimit: "limit=100, remaining=0, reset=50" }), 50)
    for (const none of ['"default";r=50;t=30', '"default";r=0', "limit=100, remaining=1, reset=50", '"a";t=9', ""]) {
      assert.isUndefined(hint({ ratelimit: none }), none)
    }
  })

  it("prefers Retry-After to a reset, and uses the reset if Retry-After is invalid", () => {
    assert.strictEqual(hint({ "retry-after": "3", "x-ratelimit-reset": "12", ratelimit: '"a";r=0;t=30' }), 3)
    assert.strictEqual(hint({ "retry-after": "soon", "x-ratelimit-reset": "12" }), 12)
    assert.isUndefined(hint({}))
  })

  it("parses a header in time proportional to its length", () => {
    for (const value of ["1".repeat(65_536), "1,".repeat(32_768), "1m".repeat(32_768), '"a";r=0,'.repeat(8192)]) {
      assert.isNotNaN(hint({ "retry-after": value, "x-ratelimit-reset": value, ratelimit: value }) ?? 0)
    }
  })
})
