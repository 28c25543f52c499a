import * as Util from "node:util"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { HttpClientError, HttpClientRequest, HttpClientResponse } from "effect/http"
import { Verdict } from "@holdfast/core"
import { ConnectionRefused, TransportCause, TransportError, TransportTable } from "@holdfast/http"
import { nodeError, transportError } from "./support/clients.ts"

const request = HttpClientRequest.get("https://user:secret@api.test/v2/me?signature=hidden#part")

const seen = (cause: unknown): ReadonlyArray<string | undefined> => {
  const { _tag, reached, verdict } = TransportCause.fromHttpClientError(transportError(request, cause))
  return [_tag, reached, verdict.retry, verdict.closes]
}

describe("TransportCause", () => {
  it.effect("treats an unknown failure as a transport error unless the request cannot be sent", () =>
    Effect.gen(function* () {
      const get = HttpClientRequest.get("https://a.test/")
      for (const cause of [new TypeError("Network request failed"), new Error("odd"), "odd", undefined, {}]) {
        const { reached, verdict } = TransportCause.fromCause(get, cause)
        assert.deepStrictEqual([verdict.retry, verdict.closes, reached], ["always", "connectivity", "maybe"])
      }
      const wrong = [
        HttpClientRequest.setHeader(get, "authorization", "secret\n1"),
        HttpClientRequest.setHeader(get, "x", "\u{1f600}"),
        HttpClientRequest.bodyText(get, "secret"),
      ]
      for (const request of wrong) {
        const error = TransportCause.fromCause(request, new TypeError("the words of an engine: secret"))
        assert.deepStrictEqual([error.verdict.retry, error.reached], ["never", "nothing"])
        assert.notInclude(Util.inspect(error, { depth: 9 }), "secret")
      }
      for (const code of [
        "ERR_INVALID_CHAR",
        "ERR_INVALID_URL",
        "ERR_INVALID_HTTP_TOKEN",
        "ERR_UNESCAPED_CHARACTERS",
      ]) {
        assert.strictEqual(TransportCause.fromCause(get, nodeError(code)).verdict.retry, "never", code)
      }
      // Others send a GET with a body.
      assert.strictEqual(
        TransportCause.fromCause(HttpClientRequest.bodyText(get, "x"), nodeError("ODD")).verdict.retry,
        "always",
      )
    }),
  )

  it("uses the error codes of Node, OpenSSL and undici to determine the fault and whether anything may have reached the server", () => {
    const offline = ["always", "connectivity"]
    assert.deepStrictEqual(seen(nodeError("ECONNREFUSED")), ["ConnectionRefused", "nothing", ...offline])
    assert.deepStrictEqual(seen(nodeError("ECONNRESET", { syscall: "read" })), ["ConnectionReset", "maybe", ...offline])
    assert.deepStrictEqual(seen(nodeError("EPIPE", { syscall: "write" })), ["ConnectionReset", "maybe", ...offline])
    assert.deepStrictEqual(seen(nodeError("ENOTFOUND")), ["DnsFailure", "nothing", ...offline])
    assert.deepStrictEqual(seen(nodeError("EAI_AGAIN")), ["DnsFailure", "nothing", ...offline])
    assert.deepStrictEqual(seen(nodeError("ERR_SSL_WRONG_VERSION_NUMBER")), ["TlsFailure", "nothing", ...offline])
    assert.deepStrictEqual(seen(nodeError("ERR_SSL_BAD_RECORD_MAC")), ["TlsFailure", "maybe", ...offline])
    assert.deepStrictEqual(seen(nodeError("UND_ERR_CONNECT_TIMEOUT")), ["RequestTimedOut", "nothing", ...offline])
    assert.deepStrictEqual(seen(nodeError("UND_ERR_HEADERS_TIMEOUT")), ["RequestTimedOut", "maybe", ...offline])
    assert.deepStrictEqual(seen(nodeError("EWHATEVER")), ["TransportFailure", "maybe", ...offline])
    assert.deepStrictEqual(seen(undefined), ["TransportFailure", "maybe", ...offline])
    assert.deepStrictEqual(seen("a string"), ["TransportFailure", "maybe", ...offline])
  })

  it("reports a proxy that requires credentials, although fetch reports only a network error", () => {
    const cause = Object.assign(new TypeError("fetch failed"), { cause: new Error("proxy authentication required") })
    assert.deepStrictEqual(seen(cause), ["TransportFailure", "nothing", "always", "connectivity"])
    assert.strictEqual(
      TransportCause.fromCause(HttpClientRequest.get("https://api.example"), cause).detail,
      "PROXY_REFUSED_407",
    )
  })

  it("detects that nothing was sent if no connection was established", () => {
    for (const [code, tag] of [
      ["ECONNRESET", "ConnectionReset"],
      ["ETIMEDOUT", "RequestTimedOut"],
      ["ECONNREFUSED", "ConnectionRefused"],
      ["ENETUNREACH", "TransportFailure"],
      ["EHOSTUNREACH", "TransportFailure"],
      ["EMFILE", "TransportFailure"],
    ] as const) {
      assert.deepStrictEqual(seen(nodeError(code, { syscall: "connect" })).slice(0, 2), [tag, "nothing"], code)
    }
    assert.deepStrictEqual(seen(nodeError("UND_ERR_SOCKET", { socket: { bytesWritten: 0 } })).slice(0, 2), [
      "ConnectionReset",
      "nothing",
    ])
    assert.deepStrictEqual(seen(nodeError("UND_ERR_SOCKET", { socket: { bytesWritten: 9 } })).slice(0, 2), [
      "ConnectionReset",
      "maybe",
    ])
  })

  it("finds the error inside wrappers and in the list of errors for all attempted addresses", () => {
    assert.strictEqual(seen(new TypeError("fetch failed", { cause: nodeError("ENOTFOUND") }))[0], "DnsFailure")
    assert.strictEqual(seen(new AggregateError([nodeError("EODD"), nodeError("ECONNREFUSED")]))[0], "ConnectionRefused")
    const circular = new Error("round")
    circular.cause = circular
    assert.strictEqual(seen(circular)[0], "TransportFailure")
  })

  it("recommends checking the clock if a certificate has expired, and recommends human action if the certificate belongs to another host", () => {
    const change = (code: string) =>
      TransportCause.fromHttpClientError(transportError(request, nodeError(code))).verdict.change
    assert.strictEqual(change("CERT_NOT_YET_VALID"), "clock")
    assert.strictEqual(change("CERT_HAS_EXPIRED"), "clock")
    assert.strictEqual(change("ERR_TLS_CERT_ALTNAME_INVALID"), "human")
    assert.strictEqual(change("SELF_SIGNED_CERT_IN_CHAIN"), "human")
    assert.strictEqual(change("UNABLE_TO_VERIFY_LEAF_SIGNATURE"), "human")
  })

  it("does not retry an invalid request", () => {
    for (const reason of [
      new HttpClientError.EncodeError({ request }),
      new HttpClientError.InvalidUrlError({ request }),
      new HttpClientError.TransportError({ request, cause: nodeError("UND_ERR_INVALID_ARG") }),
    ]) {
      const error = TransportCause.fromHttpClientError(new HttpClientError.HttpClientError({ reason }))
      assert.strictEqual(error._tag, "TransportFailure")
      assert.strictEqual(error.verdict.retry, "never")
      assert.strictEqual(error.verdict.closes, undefined)
      assert.strictEqual(error.reached, "nothing")
    }
  })

  it("keeps the verdict of an error raised by the source of the request body", () => {
    const local = Object.assign(new Error("gone"), { _tag: "FileMissing", verdict: Verdict.never({ change: "human" }) })
    const error = TransportCause.fromHttpClientError(transportError(request, new Error("stream", { cause: local })))
    assert.strictEqual(error._tag, "TransportFailure")
    assert.strictEqual(error.detail, "FileMissing")
    // The source is not the service, and part of the body may have been sent.
    assert.deepStrictEqual(error.verdict, { ...local.verdict, outcome: "ignored", applied: "maybe" })
  })

  it("reports a truncated body if the connection ends within a response, and a timeout only if the server stops responding", () => {
    const response = HttpClientResponse.fromWeb(request, new Response("x", { status: 200 }))
    const inBody = (cause: unknown) => {
      const { _tag, reached, status } = TransportCause.fromHttpClientError(
        new HttpClientError.HttpClientError({ reason: new HttpClientError.DecodeError({ request, response, cause }) }),
      )
      return [_tag, reached, status]
    }
    assert.deepStrictEqual(inBody(nodeError("ECONNRESET")), ["TruncatedBody", "maybe", 200])
    assert.deepStrictEqual(inBody(nodeError("UND_ERR_SOCKET")), ["TruncatedBody", "maybe", 200])
    assert.deepStrictEqual(inBody(nodeError("UND_ERR_BODY_TIMEOUT")), ["RequestTimedOut", "maybe", 200])
    assert.deepStrictEqual(inBody(new SyntaxError("JSON")), ["DecodeFailure", "maybe", 200])
  })

  it("identifies the request by method, origin and path only", () => {
    const error = TransportCause.fromHttpClientError(transportError(request, nodeError("ECONNREFUSED")))
    assert.strictEqual(error.url, "https://api.test/v2/me")
    assert.strictEqual(error.message, "Connection refused: GET https://api.test/v2/me: ECONNREFUSED")
    const broken = HttpClientRequest.get("//user:secret@nowhere/path?signature=hidden")
    assert.strictEqual(TransportCause.make("InvalidUrlError", broken).url, "//nowhere/path")
  })

  it("omits headers and queries from logs", () => {
    const secret = HttpClientRequest.bearerToken(request, "hidden-token")
    for (const reason of [
      new HttpClientError.TransportError({ request: secret, cause: nodeError("ECONNRESET") }),
      new HttpClientError.InvalidUrlError({ request: secret, cause: new TypeError(secret.url) }),
    ]) {
      const error = TransportCause.fromHttpClientError(new HttpClientError.HttpClientError({ reason }))
      assert.notMatch(JSON.stringify(error) + String(error) + error.stack, /hidden|secret/)
    }
  })

  it.effect("preserves every error class in a round trip through JSON", () =>
    Effect.gen(function* () {
      const codec = Schema.toCodecJson(TransportError)
      for (const row of TransportTable.rows) {
        const error = TransportTable.decode({
          key: row.key,
          status: 0,
          fields: {
            method: "GET",
            url: "https://api.test/",
            reached: "maybe",
            status: 200,
            detail: "d",
            cause: new Error("c"),
          },
        })
        assert.strictEqual(error._tag, row.class)
        const json = JSON.parse(JSON.stringify(yield* Schema.encodeEffect(codec)(error)))
        const back = yield* Schema.decodeUnknownEffect(codec)(json)
        assert.strictEqual(back._tag, row.class)
        assert.strictEqual(back.verdict.applied, row.form === "nothing" ? "no" : "maybe")
        assert.deepStrictEqual(back.verdict, TransportTable.find({ key: row.key ?? "", status: 0 }).verdict)
        assert.strictEqual(back.message, error.message)
        assert.instanceOf(back.cause, Error)
      }
    }),
  )

  it("states for every row whether a request may have reached the server", () => {
    for (const row of TransportTable.rows) assert.include(["nothing", "maybe"], row.form, row.key)
  })

  it("supports exhaustive matching of transport errors", () => {
    const refused = TransportCause.make("ECONNREFUSED", request)
    assert.isTrue(TransportError.guards.ConnectionRefused(refused))
    assert.instanceOf(refused, ConnectionRefused)
    assert.isTrue(TransportError.isAnyOf(["ConnectionRefused", "DnsFailure"])(refused))
  })
})
