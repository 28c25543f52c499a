import { assert, describe, it } from "@effect/vitest"
import { HttpClientRequest } from "effect/http"
import { Idempotency, TransportCause } from "@holdfast/http"

const url = "https://api.test/v2/assets"
const verdict = (key: string, request: HttpClientRequest.HttpClientRequest) =>
  Idempotency.forbidRetry(TransportCause.make(key, request)).verdict

describe("Idempotency", () => {
  it("does not change errors from repeatable requests", () => {
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

  it("forbids retrying a POST or PATCH that may have reached the server", () => {
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

  it("allows a retry if nothing can have reached the server", () => {
    for (const key of ["ECONNREFUSED", "ENOTFOUND", "connect ETIMEDOUT", "CERT_HAS_EXPIRED", "CaptivePortal"]) {
      assert.strictEqual(verdict(key, HttpClientRequest.post(url)).retry, "always", key)
    }
  })

  it("keeps all fields of the error except the verdict", () => {
    const cause = new Error("c")
    const error = TransportCause.make("TruncatedBody", HttpClientRequest.post(url), { status: 201, detail: "d", cause })
    const forbidden = Idempotency.forbidRetry(error)
    assert.deepStrictEqual({ ...forbidden, verdict: null }, { ...error, verdict: null })
    assert.strictEqual(forbidden._tag, "TruncatedBody")
    assert.strictEqual(forbidden.message, error.message)
  })
})
