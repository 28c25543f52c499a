import { assert, describe, it } from "@effect/vitest"
import * as Diagnosis from "@holdfast/http/Diagnosis"
import * as TransportCause from "@holdfast/http/TransportCause"
import { TransportTable } from "@holdfast/http/TransportTable"
import { HttpClientRequest } from "effect/http"

const request = HttpClientRequest.get("https://api.example.com/v1/items")

/** Codes of Node, OpenSSL and undici: one for each row whose key is a code or a family of codes. */
const codes = TransportTable.rows.flatMap(({ key = "" }) =>
  /^[A-Z][A-Z0-9_]+\*?$/.test(key) && !key.startsWith("PROXY_") ? [key.replace("*", "ZZZ")] : [],
)

describe("the engine and an explanation", () => {
  it("uses the same row for a code in the engine and in an explanation", () => {
    assert.isAbove(codes.length, 30)
    for (const code of codes) {
      const error = TransportCause.fromCause(request, Object.assign(new Error("it failed"), { code }))
      const verdict = Diagnosis.verdictWithoutAnswer({ failure: `Error: it failed (${code})` })
      assert.deepStrictEqual([error.verdict, error.detail], [verdict, code])
    }
  })

  it("uses the same row for the name of an error if the error has no code", () => {
    for (const name of ["AbortError", "TimeoutError"]) {
      const error = TransportCause.fromCause(request, Object.assign(new Error("it ended"), { name }))
      assert.deepStrictEqual(error.verdict, Diagnosis.verdictWithoutAnswer({ failure: `${name}: it ended` }), name)
    }
  })

  it("distinguishes a reset during the handshake from a reset of an open connection", () => {
    const message = "Client network socket disconnected before secure TLS connection was established"
    for (const [text, tag] of [
      [message, "TlsFailure"],
      ["read ECONNRESET", "ConnectionReset"],
    ] as const) {
      const error = TransportCause.fromCause(request, Object.assign(new Error(text), { code: "ECONNRESET" }))
      assert.strictEqual(error._tag, tag)
      assert.deepStrictEqual(error.verdict, Diagnosis.verdictWithoutAnswer({ failure: `ECONNRESET: ${text}` }), text)
    }
  })
})
