import { assert, describe, it } from "@effect/vitest"
import * as Diagnosis from "@holdfast/http/Diagnosis"

const handshake = (status: number, headers: Readonly<Record<string, string>>, body = "") =>
  Diagnosis.explain({
    request: {
      method: "GET",
      url: "https://app.example.com/socket",
      headers: { "sec-websocket-key": "dGVzdHRlc3R0ZXN0dGVzdA==", "sec-websocket-version": "13", ...headers },
    },
    response: { status, headers: {}, body },
  })

const whole = { upgrade: "websocket", connection: "Upgrade" }

describe("a WebSocket handshake", () => {
  it("attributes a missing Upgrade header in a WebSocket handshake to the proxy", () => {
    const explanation = handshake(400, { connection: "close" }, "Bad Request")
    assert.strictEqual(explanation.code, "HF-HTTP-UPGRADE-001")
    assert.include(explanation.detail, "lacks Upgrade")
  })

  for (const [status, word] of [
    [200, "plain request"],
    [403, "origin"],
    [404, "does not accept WebSocket connections"],
    [500, "failed"],
  ] as const)
    it(`explains a WebSocket handshake that receives the response ${status}`, () => {
      const explanation = handshake(status, whole, status === 200 ? "<html><body>Hello</body></html>" : "")
      assert.strictEqual(explanation.code, "HF-HTTP-UPGRADE-001")
      assert.include(explanation.detail, word)
    })

  it("reports a success if the WebSocket handshake succeeded", () => {
    assert.strictEqual(handshake(101, whole).outcome, "succeeded")
  })

  it("attributes a failed Socket.IO handshake to missing sticky sessions", () => {
    const explanation = Diagnosis.explain({
      request: { method: "GET", url: "https://app.example.com/socket.io/?EIO=4&transport=polling&sid=a", headers: {} },
      response: { status: 400, headers: {}, body: `{"code":1,"message":"Session ID unknown"}` },
    })
    assert.strictEqual(explanation.code, "HF-HTTP-UPGRADE-001")
    assert.include(explanation.detail, "sticky")
  })
})

it("reports that Envoy rejected a request to upgrade to TLS", () => {
  const explanation = Diagnosis.explain({
    request: { method: "GET", url: "http://app.example.com/a", headers: { upgrade: "TLS/1.2", connection: "Upgrade" } },
    response: { status: 403, headers: { server: "envoy" }, body: "" },
  })
  assert.strictEqual(explanation.code, "HF-HTTP-UPGRADE-002")
})

describe("a gRPC call", () => {
  const call = (status: string, message: string) =>
    Diagnosis.explain({
      response: {
        status: 200,
        headers: { "content-type": "application/grpc", "grpc-status": status, "grpc-message": message },
      },
    })

  for (const [status, message, word] of [
    ["12", "unknown service clips.v1.Clips", "UNIMPLEMENTED"],
    ["8", "Received message larger than max (5242880 vs. 4194304)", "4 MB"],
    ["16", "invalid%20token", "invalid token"],
    ["14", "failed to connect to all addresses", "could not connect"],
  ] as const)
    it(`includes ${word} in the explanation of a gRPC call with status ${status}`, () => {
      const explanation = call(status, message)
      assert.strictEqual(explanation.code, "HF-HTTP-GRPC-001")
      assert.include(explanation.detail, word)
    })

  it("treats a gRPC call with status 0 as a success", () => {
    assert.strictEqual(call("0", "").outcome, "succeeded")
  })
})
