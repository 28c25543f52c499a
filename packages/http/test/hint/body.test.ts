import { assert, describe, it } from "@effect/vitest"
import * as RetryHint from "@holdfast/http/RetryHint"

const hint = (body: unknown, status = 429, headers: Readonly<Record<string, string>> = {}) =>
  RetryHint.fromAnswer({ status, headers, body: typeof body === "string" ? body : JSON.stringify(body) })

describe("the hint in a body", () => {
  it("reads decimal seconds from Discord, Slack and Cloudflare, and prefers them to the headers", () => {
    assert.strictEqual(hint({ retry_after: 0.65, global: false }), 650)
    assert.strictEqual(hint({ retry_after: 0.65 }, 429, { "retry-after": "1" }), 650)
    assert.strictEqual(hint({ error: { retry_after: 30 } }), 30_000)
  })

  it("reads a duration from a Google response", () => {
    assert.strictEqual(hint({ error: { details: [{ retryDelay: "53.5s" }] } }), 53_500)
  })

  it("divides the missing points by their restore rate in a Shopify response with status 200", () => {
    const cost = (requested: number, currentlyAvailable: number, restoreRate: number) => ({
      extensions: { cost: { requestedQueryCost: requested, throttleStatus: { currentlyAvailable, restoreRate } } },
    })
    assert.strictEqual(hint(cost(752, 318, 100), 200), 4340)
    assert.isUndefined(hint(cost(10, 318, 100), 200))
    assert.isUndefined(hint(cost(752, 318, 0), 200))
  })

  it("reads a sentence that states a duration or a date if the response has no other hint", () => {
    const said = (message: string) => ({ error: { message } })
    assert.strictEqual(hint(said("Please try again in 41.724s.")), 41_724)
    assert.strictEqual(hint(said("Please retry in 10h17m5.7s")), 37_025_700)
    assert.strictEqual(hint(said("Please retry after 37 seconds.")), 37_000)
    assert.strictEqual(hint(said("Please retry after 37 seconds."), 429, { "retry-after": "2" }), 2000)
    assert.isUndefined(hint(said("try again in 3 attempts")))
    const date = { date: "Wed, 10 Jan 2024 23:54:00 GMT" }
    assert.strictEqual(hint(said("Retry after 2024-01-10T23:55:00.500Z"), 429, date), 60_500)
  })

  it("ignores a hint if the status does not indicate a limit, the body is not JSON, or the value is zero or negative", () => {
    assert.isUndefined(hint({ retry_after: 5 }, 404))
    assert.isUndefined(hint("retry_after: 5"))
    assert.isUndefined(hint({ retry_after: 0 }))
    assert.isUndefined(hint({ retry_after: -5 }))
    assert.isUndefined(hint('["retry_after"]'))
  })
})
