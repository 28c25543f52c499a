import { assert, describe, it } from "@effect/vitest"
import { HttpClientRequest } from "effect/http"
import { Idempotency, TransportCause } from "@holdfast/http"

const url = "https://api.test/v2/assets"
const verdict = (key: string, request: HttpClientRequest.HttpClientRequest) =>
  Idempotency.forbidRetry(TransportCause.make(key, request)).verdict

describe("Idempotency", () => {
  it("does not change errors of repeatable requests", () => {
    for (const make of [
      HttpClientRequest.get,
      HttpClientRequest.head,
      HttpClientRequest.put,
      HttpClientRequest.delete,
      HttpClientRequest.options,
      HttpClientRequest.query,
    ]) {
      assert.strictEqual(verdict("ECONNRESET", make(url)).retry, "always")
    }
  })

  it("forbids the retry of a POST or PATCH that may have arrived", () => {
    for (const make of [HttpClientRequest.post, HttpClientRequest.patch]) {
      for (const key of [
        "ECONNRESET",
        "RequestTimedOut",
        "TruncatedBody",
        "UnexpectedStatus",
        "DecodeFailure",
        "EODD",
      ]) {
        const { change, retry } = verdict(key, make(url))
        assert.deepStrictEqual([retry, change], ["never", "human"], key)
      }
      assert.strictEqual(verdict("ECONNRESET", make(url)).closes, "connectivity")
    }
  })

  it("allows the retry if nothing can have arrived", () => {
    for (const key of ["ECONNREFUSED", "ENOTFOUND", "connect ETIMEDOUT", "CERT_HAS_EXPIRED", "CaptivePortal"]) {
      assert.strictEqual(verdict(key, HttpClientRequest.post(url)).retry, "always", key)
    }
  })

  it("keeps all other fields of the error", () => {
    const cause = new Error("c")
    const error = TransportCause.make("TruncatedBody", HttpClientRequest.post(url), { status: 201, detail: "d", cause })
    const forbidden = Idempotency.forbidRetry(error)
    assert.deepStrictEqual({ ...forbidden, verdict: null }, { ...error, verdict: null })
    assert.strictEqual(forbidden._tag, "TruncatedBody")
    assert.strictEqual(forbidden.message, error.message)
  })
})
