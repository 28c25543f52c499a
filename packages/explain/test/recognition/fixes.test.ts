import { assert, describe, it } from "@effect/vitest"
import * as ExplainInput from "@holdfast/explain/Input"
import { explainBytes } from "../support/explained.ts"

/** The code of the first cause, with its detail and its fixes in one text. */
const first = (
  text: string,
): {
  readonly code: string
  readonly words: string
  readonly safe: ReadonlyArray<string>
  readonly change: string | undefined
} => {
  const explanation = explainBytes(new TextEncoder().encode(text))
  const [cause] = explanation?.causes ?? []
  return {
    code: cause?.code ?? "-",
    words: cause === undefined ? "" : [cause.detail, ...cause.fix.map((fix) => fix.text)].join(" "),
    change: cause?.change,
    safe: (cause?.fix ?? []).filter(({ safety }) => safety === "safe to apply").map((fix) => fix.text),
  }
}

describe("a client's own timeout", () => {
  it.each([
    "AxiosError: timeout of 5000ms exceeded\n    at RedirectableRequest.handleRequestTimeout (/app/node_modules/axios/lib/adapters/http.js:675:16) {\n  code: 'ECONNABORTED',\n  config: { url: 'https://api.example.com/v1/items', method: 'get', timeout: 5000 }\n}",
    "AxiosError: timeout of 5000ms exceeded code: 'ECONNABORTED'",
    '{"message":"timeout of 5000ms exceeded","name":"AxiosError","code":"ECONNABORTED","config":{"url":"https://api.example.com/v1/items","method":"get"}}',
    "AxiosError: timeout of 5000ms exceeded",
    "Error: Timeout of 3000ms exceeded { timeout: 3000, code: 'ECONNABORTED', errno: 'ETIME' }",
  ])("takes precedence over the accompanying code ECONNABORTED: %s", (text) => {
    const { code, words } = first(text)
    assert.strictEqual(code, "HF-HTTP-NET-005")
    assert.match(words, /client's own/)
  })
  it("does not mistake an option named `timeout` for a client timeout", () => {
    const text = "AxiosError: Request aborted\n    at x (y.js:1:1) {\n  code: 'ECONNABORTED',\n  timeout: 5000\n}"
    assert.strictEqual(first(text).code, "HF-HTTP-NET-003")
  })
})

describe("a line of nginx's error log about the server behind it", () => {
  const line = (message: string): string =>
    `2026/11/30 10:12:01 [error] 31#31: *512 ${message}, client: 10.0.0.7, server: app.example.com, request: "GET /login HTTP/1.1", upstream: "https://10.0.1.4:8080/login", host: "app.example.com"`
  it("recommends a larger header buffer, and advises against resending the request", () => {
    const { change, safe, words } = first(
      line("upstream sent too big header while reading response header from upstream"),
    )
    assert.match(words, /raise proxy_buffer_size/)
    assert.deepStrictEqual(safe, [])
    assert.strictEqual(change, "human")
  })
  it("recommends setting the server name after a failed TLS handshake", () => {
    const { safe, words } = first(
      line(
        "SSL_do_handshake() failed (SSL: error:0A000410:SSL routines::sslv3 alert handshake failure:SSL alert number 40) while SSL handshaking to upstream",
      ),
    )
    assert.match(words, /reached the upstream server, but the TLS handshake failed.*proxy_ssl_server_name on/)
    assert.notMatch(words, /could not connect/)
    assert.deepStrictEqual(safe, [])
  })
})

describe("an error that no HTTP exchange caused", () => {
  it.each([
    'FATAL:  password authentication failed for user "app"',
    "ERROR 1045 (28000): Access denied for user 'app'@'10.0.0.4' (using password: YES)",
    "org.apache.kafka.common.errors.TimeoutException: Topic orders not present in metadata after 60000 ms.",
    "WRONGPASS invalid username-password pair or user is disabled.",
    "MongoServerError: Authentication failed.",
  ])("does not recognize the text: %s", (text) => {
    assert.strictEqual(ExplainInput.recognize(new TextEncoder().encode(text))._tag, "Unusable")
  })
})

it("explains that a body that Python cannot parse may be empty or a web page", () => {
  const { words } = first("requests.exceptions.JSONDecodeError: Expecting value: line 1 column 1 (char 0)")
  assert.match(words, /empty .*web page/)
})

it("explains GitHub's bad_verification_code as a rejected authorization code if its description says so", () => {
  const text = '{"error":"bad_verification_code","error_description":"The code passed is incorrect or expired."}'
  assert.strictEqual(first(text).code, "HF-OAUTH-GRANT-004")
})
