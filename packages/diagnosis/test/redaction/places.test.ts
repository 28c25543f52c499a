/**
 * A place determines whether its value is a secret that is hidden everywhere.
 */
import { assert, describe, it } from "@effect/vitest"
import { type Exchange, Redaction } from "@holdfast/diagnosis"

const redact = Redaction.make([
  {
    headers: new Set(["content-type"]),
    members: new Set(["error", "error_description"]),
    elements: new Set(["code", "message"]),
  },
])

const described = (request: Exchange.Request, description: string): string => {
  const body = JSON.stringify({ error: "invalid_client", error_description: description })
  const answer: { readonly error_description: string } = JSON.parse(
    redact({ request, response: { status: 400, body } }).response?.body ?? "",
  )
  return answer.error_description.replaceAll(/hidden-\d+/g, "#")
}

describe("a secret that is identified by its field", () => {
  it("hides a basic authentication password that contains non-ASCII characters or consists of words", () => {
    const basic = (pair: string) => {
      const octets = new TextEncoder().encode(pair)
      return { headers: { authorization: `Basic ${btoa(String.fromCharCode(...octets))}` } }
    }
    assert.strictEqual(described(basic("user:grünes-haus-xx"), "bad password grünes-haus-xx"), "bad password [#:15]")
    assert.strictEqual(described(basic("user:kaltes wasser"), "not kaltes wasser"), "not [#:13:blanks]")
  })

  it("hides a password in nested JSON, whether sent in a body, a header, a parameter or a form", () => {
    const inner = JSON.stringify({ deep: [{ password: "kaltes-haus-am-see" }] })
    const requests: ReadonlyArray<Exchange.Request> = [
      { headers: { "content-type": "application/json" }, body: JSON.stringify({ input: inner }) },
      { headers: { "x-context": inner } },
      { url: `https://api.example/x?context=${encodeURIComponent(inner)}` },
      { form: [{ name: "context", value: JSON.stringify({ again: inner }) }] },
    ]
    for (const request of requests) {
      assert.strictEqual(described(request, "bad password kaltes-haus-am-see"), "bad password [#:18]")
    }
  })

  it("hides a JSON web token in a URL path", () => {
    const token = "eyJhbGciOiJub25lIn0.eyJzdWIiOiI3In0.c2lnbmF0dXJl"
    const { request } = redact({ request: { url: `https://api.example/invite/${token}/accept` } })
    assert.strictEqual(request?.url?.replaceAll(/hidden-\d+/g, "#"), "https://api.example/invite/[#:48:jwt]/accept")
    assert.strictEqual(described({ url: `https://api.example/i/${token}` }, `no ${token}`), "no [#:48:jwt]")
  })

  it("labels a placeholder as literal if it was copied from an example", () => {
    for (const code of ["AuthCode", "undefined", "YOUR_AUTH_CODE_HERE", "${CODE}", "{{code}}", "<your code>"]) {
      const { request } = redact({ request: { body: new URLSearchParams({ code }).toString() } })
      assert.include(decodeURIComponent(request?.body ?? ""), ":literal]", code)
    }
    const { request } = redact({ request: { body: "code=4/0AfakeCode" } })
    assert.notInclude(request?.body ?? "", "literal")
  })

  it("hides a word of a text body even if the server quotes only that word", () => {
    const request = { headers: { "content-type": "text/plain" }, body: "device 7e1d0a44-91b2-4c33-8d5e-52f0c9a1b6e8" }
    assert.strictEqual(described(request, "7e1d0a44-91b2-4c33-8d5e-52f0c9a1b6e8 is unknown"), "[#:36] is unknown")
  })
})

describe("a word that may be a secret", () => {
  it("leaves words from metadata visible in the server's text", () => {
    for (const [note, says] of [
      ["slowdown", "SlowDown: reduce your request rate"],
      ["request has", "Request has expired"],
      ["AccessDenied", "AccessDenied"],
      ["internal", "an internal error"],
    ] as const) {
      const request = { headers: { "x-amz-meta-note": note } }
      assert.strictEqual(described(request, says), says)
      assert.strictEqual(
        redact({ request }).request?.headers?.["x-amz-meta-note"],
        `[hidden-1:${note.length}${note.includes(" ") ? ":blanks" : ""}]`,
      )
    }
  })

  it("hides a word that is used as a token, a key or a signature", () => {
    for (const name of ["authorization", "x-api-key", "x-amz-signature", "cookie", "x-session", "client_secret"]) {
      assert.strictEqual(described({ headers: { [name]: "slowdown" } }, "SlowDown, please"), "[#:8], please", name)
    }
  })
})

describe("a redacted document", () => {
  it("treats a body as text if it begins with a bracket and a secret, both before and after redaction", () => {
    const body = `[req-${"9f86d081884c7d65".repeat(3)}] upstream refused the connection`
    const once = redact({ response: { status: 502, headers: { "content-type": "text/plain" }, body } })
    assert.strictEqual(once.response?.body, "[[hidden-1:52]] upstream refused the connection")
    assert.deepStrictEqual(redact(once), once)
  })
})

describe("the parameters of a URL", () => {
  const hidden: ReadonlyArray<readonly [query: string, shown: string]> = [
    [";correcthorse9battery", "[hidden-1:21]"],
    ["a=1&;correcthorse9battery", "a=[hidden-1:1]&[hidden-2:21]"],
    ["\rcorrecthorse9battery", "[hidden-1:21:blanks]"],
    ["a=1\n\n\r\n;b=2", "a=[hidden-1:1]\n\n\r\n;b=[hidden-2:1]"],
  ]
  it.each(hidden)("hides a value after any separators: %j", (query, shown) => {
    const { request } = redact({ request: { url: `https://api.example/k?${query}` } })
    assert.strictEqual(request?.url, `https://api.example/k?${shown}`)
  })
})

describe("the secrets of a request", () => {
  it("finds the value of every name that denotes a secret, in every format", () => {
    const secrets = Redaction.secretsOf({
      url: "https://user:pa%2Fss@api.example/?X-Amz-Signature=sig&page=1#access_token=frag",
      headers: { Authorization: "Bearer abc", Cookie: "a=1st; b=2nd", "x-request-id": "id" },
      form: [
        { name: "policy", value: "p" },
        { name: "client_secret", value: "cs" },
      ],
      body: '{"refresh_token":"rt","input":"{\\"password\\":\\"pw\\"}","name":"n"}',
    })
    const expected = ["pa/ss", "Bearer abc", "abc", "a=1st; b=2nd", "1st", "2nd", "sig", "frag", "cs", "rt", "pw"]
    assert.sameMembers([...new Set(secrets)], expected)
    assert.sameMembers([...Redaction.secretsOf({ body: "grant_type=refresh_token&refresh_token=rt" })], ["rt"])
    assert.deepStrictEqual(Redaction.secretsOf({}), [])
  })
})
