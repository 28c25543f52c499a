import { assert, describe, it } from "@effect/vitest"
import { explainBytes } from "../support/explained.ts"

const said = (text: string) => explainBytes(new TextEncoder().encode(text))

/** Errors of programs that kept something other than the response. */
const texts: ReadonlyArray<readonly [text: string, code: string, word: string]> = [
  [`rpc error: code = Unimplemented desc = unknown service clips.v1.Clips`, "HF-HTTP-GRPC-001", "UNIMPLEMENTED"],
  [`grpc._channel._InactiveRpcError: <_InactiveRpcError of RPC that terminated with:\n\tstatus = StatusCode.RESOURCE_EXHAUSTED\n\tdetails = "Received message larger than max (5242880 vs. 4194304)"`, "HF-HTTP-GRPC-001", "4 MB"],
  [`Error: 16 UNAUTHENTICATED: Request had no credentials`, "HF-HTTP-GRPC-001", "UNAUTHENTICATED"],
  [`io.grpc.StatusRuntimeException: DEADLINE_EXCEEDED: deadline exceeded after 4.9s`, "HF-HTTP-GRPC-001", "deadline"],
  [`WebSocket connection to 'wss://app.example.com/ws' failed: Error during WebSocket handshake: Unexpected response code: 404`, "HF-HTTP-UPGRADE-001", "does not accept WebSocket connections"],
  [`SyntaxError: Unexpected token '<', "<!DOCTYPE "... is not valid JSON`, "HF-HTTP-ANSWER-002", "<"],
  [`(AuthorizationFailed) The client 'a' does not have authorization to perform action 'b'.\nCode: AuthorizationFailed`, "HF-HTTP-API-003", "permit"],
  [`error parsing HTTP 403 response body: invalid character '<' looking for beginning of value: "<html><body><h1>403 Forbidden</h1>\\nRequest forbidden by administrative rules.\\n</body></html>"`, "HF-HTTP-BOX-006", "HAProxy"],
  [`2026-11-13T22:27:00Z proxy[328744dbee4e85] sjc [error] [PR03] could not find a good candidate within 90 attempts at load balancing`, "HF-HTTP-BOX-011", "did not find a running machine"],
  [`App\\Exception: Unsupported Content-Type header, use application/json`, "HF-HTTP-STATUS-005", "Content-Type"],
  [`npm ERR! 403 403 Forbidden - PUT https://registry.npmjs.org/a - You cannot publish over the previously published versions: 1.0.0.`, "HF-HTTP-STATUS-011", "already exists"],
  [`npm error 404 Not Found - GET https://registry.npmjs.org/@a%2fb - Not found`, "HF-HTTP-STATUS-003", "registry.npmjs.org"],
  [`django.core.exceptions.DisallowedHost: Invalid HTTP_HOST header: 'a.example'. You may need to add 'a.example' to ALLOWED_HOSTS.`, "HF-HTTP-BOX-010", "allowed hosts"],
  [`ActionController::InvalidAuthenticityToken (Can't verify CSRF token authenticity.)`, "HF-HTTP-API-014", "CSRF"],
  [`Error: connect EMFILE 203.0.113.10:443 - Local (undefined:undefined)`, "HF-HTTP-NET-006", "descriptors"],
  [`2026-11-20T02:10:47+00:00 heroku[router]: Error H12 (Request timeout) -> POST a.herokuapp.com/b dyno=web.1 service=30000ms status=503 bytes=0`, "HF-HTTP-BOX-003", "30 s"],
] // prettier-ignore

describe("a program's error without the response", () => {
  for (const [text, code, word] of texts)
    it(`explains a program's error as ${code}: ${text.slice(0, 60)}`, () => {
      const explanation = said(text)
      assert.strictEqual(explanation?.code, code)
      assert.include(explanation?.detail ?? "", word)
    })
})
