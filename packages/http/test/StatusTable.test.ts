import { assert, describe, it } from "@effect/vitest"
import { StatusTable } from "@holdfast/http"

const from = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, n) => first + n)

describe("StatusTable", () => {
  it("never retries a client error other than 408, 425 and 429, and always retries those three", () => {
    const retried = from(400, 499).filter((status) => StatusTable.find(status).verdict.retry === "always")
    const once = from(400, 499).filter((status) => StatusTable.find(status).verdict.retry === "once")
    assert.deepStrictEqual([retried, once], [[408, 425, 429], []])
  })

  it("always retries a server error, and treats a status above 599 as a server error (RFC 9110, section 15)", () => {
    for (const status of [...from(500, 599), 600, 999]) {
      assert.strictEqual(StatusTable.find(status).verdict.retry, "always", `${status}`)
    }
  })

  it("states for each status whether the service is unhealthy and whether the server may have executed the request", () => {
    const stated = (status: number) => {
      const { applied, outcome } = StatusTable.find(status).verdict
      return [outcome, applied]
    }
    for (const status of from(400, 499)) {
      assert.deepStrictEqual(stated(status), [[408, 425, 429].includes(status) ? "overload" : "ignored", "no"])
    }
    for (const status of [500, 502, 504, 506, 508, 520, 524, 599]) {
      assert.deepStrictEqual(stated(status), ["failure", "maybe"], `${status}`)
    }
    for (const status of [501, 505, 507, 511]) assert.deepStrictEqual(stated(status), ["failure", "no"], `${status}`)
    assert.deepStrictEqual(stated(503), ["overload", "no"])
  })

  it("closes the connectivity gate for a gateway or a portal, but does not close the authorization gate because of a status", () => {
    const closing = from(400, 599).filter((status) => StatusTable.find(status).verdict.closes === "connectivity")
    assert.deepStrictEqual(closing, [502, 504, 511])
    assert.deepStrictEqual(StatusTable.find(401).verdict.closes, undefined)
  })
})
