import { assert, describe, it } from "@effect/vitest"
import { explainBytes } from "../support/explained.ts"

const said = (text: string) => explainBytes(new TextEncoder().encode(text))

/** Texts of programs that kept something other than the answer. */
const texts: ReadonlyArray<readonly [text: string, code: string, word: string]> = [
  [`rpc error: code = Unimplemented desc = unknown service clips.v1.Clips`, "HF-HTTP-GRPC-001", "UNIMPLEMENTED"],
  [`grpc._channel._InactiveRpcError: <_InactiveRpcError of RPC that terminated with:\n\tstatus = StatusCode.RESOURCE_EXHAUSTED\n\tdetails = "Received message larger than max (5242880 vs. 4194304)"`, "HF-HTTP-GRPC-001", "4 MB"],
  [`Error: 16 UNAUTHENTICATED: Request had no credentials`, "HF-HTTP-GRPC-001", "UNAUTHENTICATED"],
  [`io.grpc.StatusRuntimeException: DEADLINE_EXCEEDED: deadline exceeded after 4.9s`, "HF-HTTP-GRPC-001", "deadline"],
  [`WebSocket connection to 'wss://app.example.com/ws' failed: Error during WebSocket handshake: Unexpected response code: 404`, "HF-HTTP-UPGRADE-001", "Nothing takes WebSockets"],
  [`SyntaxError: Unexpected token '<', "<!DOCTYPE "... is not valid JSON`, "HF-HTTP-ANSWER-002", "<"],
  [`(AuthorizationFailed) The client 'a' does not have authorization to perform action 'b'.\nCode: AuthorizationFailed`, "HF-HTTP-API-003", "permit"],
  [`error parsing HTTP 403 response body: invalid character '<' looking for beginning of value: "<html><body><h1>403 Forbidden</h1>\\nRequest forbidden by administrative rules.\\n</body></html>"`, "HF-HTTP-BOX-006", "HAProxy"],
  [`2026-11-13T22:27:00Z proxy[328744dbee4e85] sjc [error] [PR03] could not find a good candidate within 90 attempts at load balancing`, "HF-HTTP-BOX-011", "no machine"],
  [`App\\Exception: Unsupported Content-Type header, use application/json`, "HF-HTTP-STATUS-005", "Content-Type"],
] // prettier-ignore

describe("a text of a program", () => {
  for (const [text, code, word] of texts)
    it(`is ${code}: ${text.slice(0, 60)}`, () => {
      const explanation = said(text)
      assert.strictEqual(explanation?.code, code)
      assert.include(explanation?.detail ?? "", word)
    })
})
