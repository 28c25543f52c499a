import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { type Exchange, ExchangeFile, Redaction } from "@holdfast/diagnosis"

const redact = Redaction.make([
  {
    headers: new Set(["content-type"]),
    fields: new Set(["key"]),
    query: new Set(["page"]),
    members: new Set(["error"]),
  },
])

const full: Exchange.Exchange = {
  request: {
    method: "POST",
    url: "https://up.example.com/cap?page=2&token=EXAMPLE-token-1",
    headers: { "content-type": "multipart/form-data", authorization: "Bearer EXAMPLE-token-2" },
    form: [
      { name: "key", value: "clip.mov" },
      { name: "token", value: "EXAMPLE-token-3" },
      { name: "file", filename: "clip.mov", size: 21_136_250, type: "video/quicktime" },
    ],
    size: 21_140_000,
    sent: 4096,
  },
  response: {
    status: 403,
    headers: { "content-type": "application/json" },
    body: '{"error":"no","token":"EXAMPLE-token-4"}',
  },
  failure: "ECONNRESET",
  at: new Date(Date.UTC(2026, 10, 21, 17, 23, 58)),
  attempt: 2,
  isExcerpt: true,
}

const decode = (json: unknown) => ExchangeFile.decode(JSON.stringify(json))

const problem = (json: unknown): string => {
  const decoded = decode(json)
  return ExchangeFile.isProblem(decoded) ? `${decoded.path}: ${decoded.problem}` : "none"
}

describe("ExchangeFile", () => {
  it("writes a redacted exchange with its format name, and reads it back", () => {
    const text = ExchangeFile.encode(full, redact)
    assert.notInclude(text, "EXAMPLE-token")
    assert.match(text, /^\{\n {2}"format": "holdfast-exchange\/1",\n/)
    assert.isTrue(text.endsWith("}\n"))
    assert.deepStrictEqual(ExchangeFile.decode(text), { ...redact(full), at: "2026-11-21T17:23:58.000Z" })
  })

  it("reads an exchange without a format name", () => {
    assert.deepStrictEqual(decode({ response: { status: 503 } }), { response: { status: 503 } })
    assert.deepStrictEqual(decode({ failure: "ECONNRESET", at: 1_795_281_838_000 }), {
      failure: "ECONNRESET",
      at: 1_795_281_838_000,
    })
    assert.deepStrictEqual(ExchangeFile.decode('\ufeff{"request":{}}'), { request: {} })
  })

  it("parses a bare response, but not an API error that only contains a status", () => {
    const answer = { status: 403, headers: { "x-amz-request-id": "tx1" }, body: "<Error/>" }
    assert.deepStrictEqual(ExchangeFile.decode(JSON.stringify(answer)), { response: answer })
    const problem = { type: "about:blank", title: "Forbidden", status: 403 }
    assert.isTrue(ExchangeFile.isProblem(ExchangeFile.decode(JSON.stringify(problem))))
  })

  it("reads headers from objects, pairs, or entries with a name and a value, and joins repeated headers", () => {
    const written = [
      { Via: "a, b", "Content-Length": 5 },
      [["Via", "a"], ["via", "b"], ["Content-Length", "5"]],
      [{ name: "Via", value: "a" }, { name: "via", value: "b" }, { name: "Content-Length", value: 5 }],
      { Via: ["a", "b"], "Content-Length": ["5"] },
    ] // prettier-ignore
    for (const headers of written) {
      assert.deepStrictEqual(decode({ request: { headers } }), {
        request: { headers: { Via: "a, b", "Content-Length": "5" } },
      })
    }
  })

  it("reads forms as parts or as pairs, and reads JSON bodies", () => {
    const form = [
      ["key", "a"],
      { name: "size", value: 5, bytes: 1 },
      { name: "file" },
      { name: "f", filename: "x", type: "t" },
    ]
    assert.deepStrictEqual(decode({ request: { form }, response: { status: 400, body: { error: "slow_down" } } }), {
      request: {
        form: [
          { name: "key", value: "a" },
          { name: "size", value: "5", bytes: 1 },
          { name: "file" },
          { name: "f", filename: "x", type: "t" },
        ],
      },
      response: { status: 400, body: '{"error":"slow_down"}' },
    })
  })

  it("ignores unknown fields, and treats null as missing", () => {
    assert.deepStrictEqual(
      decode({ request: { method: "GET", url: null, cookies: ["secret"] }, response: null, by: "me", at: null }),
      { request: { method: "GET" } },
    )
  })

  it("reports the problem and its path on one line", () => {
    assert.strictEqual(problem({}), ": the exchange has neither a request nor a response nor a failure")
    assert.strictEqual(problem([]), ": not a JSON object")
    assert.strictEqual(
      problem({ format: "holdfast-exchange/2", request: {} }),
      `format: not "holdfast-exchange/1": the file was written by another version`,
    )
    assert.strictEqual(problem({ response: {} }), "response.status: missing")
    assert.strictEqual(problem({ response: { status: "403" } }), "response.status: not an integer")
    assert.strictEqual(problem({ response: { status: 1000 } }), "response.status: not an HTTP status")
    assert.strictEqual(problem({ request: [] }), "request: not an object")
    assert.strictEqual(problem({ request: { form: {} } }), "request.form: not a list")
    assert.strictEqual(
      problem({ request: { form: [{ name: "a", value: "b" }, { value: {} }] } }),
      "request.form[1].name: missing",
    )
    assert.strictEqual(
      problem({ request: { form: [{ name: "a", value: {} }] } }),
      "request.form[0].value: not a string",
    )
    assert.strictEqual(problem({ request: { headers: { Via: {} } } }), "request.headers.Via: not a string")
    assert.strictEqual(
      problem({ request: { headers: [["Via", "a"], "Via"] } }),
      "request.headers[1]: not a name-value pair",
    )
    assert.strictEqual(problem({ failure: "x", at: "yesterday" }), "at: not a time")
    assert.strictEqual(problem({ failure: "x", attempt: 1.5 }), "attempt: not an integer")
    const text = ExchangeFile.decode('{"request":')
    assert.deepStrictEqual(text, { _tag: "Problem", path: "", problem: "not JSON" })
  })

  it("reports a body that is nested too deeply, and does not throw", () => {
    for (const body of [
      "[".repeat(100_000) + "]".repeat(100_000),
      `${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}`,
    ]) {
      assert.deepEqual(ExchangeFile.decode(`{"response":{"status":400,"body":${body}}}`), {
        _tag: "Problem",
        path: "response.body",
        problem: "nested too deeply",
      })
      const kept = { request: { body }, response: { status: 400, body } }
      assert.deepEqual(ExchangeFile.decode(JSON.stringify(kept)), kept)
    }
  })

  it("keeps fields whose names also exist on the object prototype", () => {
    const text = '{"request":{"headers":{"__proto__":"a","constructor":"b"}}}'
    const decoded = ExchangeFile.decode(text)
    assert.isFalse(ExchangeFile.isProblem(decoded))
    assert.deepStrictEqual(Object.entries(("request" in decoded && decoded.request?.headers) || {}), [
      ["__proto__", "a"],
      ["constructor", "b"],
    ])
  })

  const words = Schema.Record(Schema.String, Schema.String)
  const parts = Schema.Array(
    Schema.Union([
      Schema.Struct({ name: Schema.String, value: Schema.String }),
      Schema.Struct({
        name: Schema.String,
        filename: Schema.String,
        size: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 999 })),
      }),
    ]),
  )

  it.prop(
    "reads back every exchange that it writes",
    [Schema.String, words, parts, Schema.String, Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 999 }))],
    ([text, headers, form, body, status]) => {
      // Names that differ only by case are one header.
      const own = Object.fromEntries(Object.entries(headers).map(([name, value], index) => [`${name}-${index}`, value]))
      const exchange: Exchange.Exchange = {
        request: { method: text, url: text, headers: own, form, body, size: status, sent: 0 },
        response: { status, headers: own, body },
        failure: text,
        at: status,
        attempt: status,
      }
      const clean = redact(exchange)
      assert.deepStrictEqual(ExchangeFile.decode(ExchangeFile.encode(exchange, redact)), clean)
    },
    { arbitrary: { runs: 300, seed: 5 } },
  )

  it.prop(
    "never throws",
    [Schema.String, Schema.Record(Schema.String, Schema.Json)],
    ([text, json]) => {
      ExchangeFile.decode(text)
      for (const one of [json, { request: json }, { response: json }, { request: { headers: json, form: [json] } }])
        decode(one)
    },
    { arbitrary: { runs: 300, seed: 6 } },
  )
})
