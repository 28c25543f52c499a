import { assert, describe, it } from "@effect/vitest"
import * as Explain from "@holdfast/explain/Explain"
import * as Input from "@holdfast/explain/Input"

const explain = (text: string) => {
  const input = Input.recognize(new TextEncoder().encode(text))
  assert(input._tag === "Exchange")
  return Explain.explain(input.exchange)
}

const heroku = (code: string, words: string) =>
  explain(
    `2026-11-28T16:30:11.529616+00:00 heroku[router]: at=error code=${code} desc="${words}" method=GET path="/x" host=a.herokuapp.com dyno=web.1 status=503 bytes=0 protocol=https`,
  )

const envoy = (status: number, flag: string, reason = "-") =>
  explain(
    `[2026-11-28T16:30:11.000Z] "GET /api HTTP/1.1" ${status} ${flag} upstream_reset - "${reason}" 0 200 30 - "-" "curl/8" "id" "svc.example.com:8080" "10.0.0.1:8080"`,
  )

describe("a line of an access log", () => {
  it("uses the error code to explain a log line from Heroku's router", () => {
    assert.strictEqual(heroku("H12", "Request timeout").code, "HF-HTTP-BOX-003")
    assert.strictEqual(heroku("H14", "No web processes running").code, "HF-HTTP-BOX-011")
    assert.strictEqual(heroku("H82", "Free app running time quota exhausted").code, "HF-HTTP-LIMIT-011")
  })

  it("uses the response flag to explain a log line from Envoy", () => {
    const codes = [
      [503, "UF", "HF-HTTP-BOX-001"],
      [503, "UH", "HF-HTTP-BOX-011"],
      [503, "UO", "HF-HTTP-LIMIT-008"],
      [503, "UC", "HF-HTTP-BOX-001"],
      [504, "UT", "HF-HTTP-BOX-003"],
      [404, "NR", "HF-HTTP-BOX-010"],
      [429, "RL", "HF-HTTP-LIMIT-005"],
      [403, "UAEX", "HF-HTTP-BOX-013"],
      [0, "DC", "HF-HTTP-BOX-012"],
    ] as const
    for (const [status, flag, code] of codes) assert.strictEqual(envoy(status, flag).code, code, flag)
    assert.match(envoy(503, "UF", "TLS error: 268435703:WRONG_VERSION_NUMBER").detail, /plain HTTP/)
  })

  it("uses the session state to explain a log line from HAProxy", () => {
    const haproxy = (status: number, state: string) =>
      explain(
        `Nov 20 20:24:54 haproxy[16]: 203.0.113.9:51692 [20/Nov/2026:20:24:54.712] ingest~ takes/s1 0/0/1/-1/30000 ${status} 194 - - ${state}-- 3/3/0/0/0 0/0 "PUT /a.mov HTTP/1.1"`,
      ).code
    assert.strictEqual(haproxy(504, "sH"), "HF-HTTP-BOX-003")
    assert.strictEqual(haproxy(502, "SH"), "HF-HTTP-BOX-001")
    assert.strictEqual(haproxy(503, "SC"), "HF-HTTP-BOX-011")
  })
})
