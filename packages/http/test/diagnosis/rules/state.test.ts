import { assert, describe, it } from "@effect/vitest"
import * as Diagnosis from "@holdfast/http/Diagnosis"

const refused = (status: number, body: string, headers: Readonly<Record<string, string>> = {}) =>
  Diagnosis.explain({
    request: { method: "PUT", url: "https://api.example.com/v1/clips/7", headers },
    response: { status, headers: {}, body },
  })

describe("a conflict", () => {
  for (const [name, body, word] of [
    [
      "Kubernetes",
      `{"kind":"Status","message":"the object has been modified; please apply your changes to the latest version","code":409}`,
      "changed in the meantime",
    ],
    [
      "Elasticsearch",
      `{"error":{"type":"version_conflict_engine_exception","reason":"version conflict, current version [2]"}}`,
      "changed in the meantime",
    ],
    ["a registration", `{"message":"A user with this email already exists"}`, "already exists"],
    [
      "Telegram",
      `{"ok":false,"error_code":409,"description":"Conflict: can't use getUpdates method while webhook is active"}`,
      "webhook",
    ],
    [
      "Azure",
      `{"error":{"code":"AnotherOperationInProgress","message":"Another operation is in progress"}}`,
      "still running",
    ],
  ] as const)
    it(`explains a conflict that is reported in the words of ${name}`, () => {
      const explanation = refused(409, body)
      assert.strictEqual(explanation.code, "HF-HTTP-STATUS-011")
      assert.strictEqual(explanation.confidence, "likely")
      assert.include(explanation.detail, word)
    })

  it("rates the cause of a conflict only as `possible` if the response has no message", () => {
    assert.deepInclude(refused(409, ""), { code: "HF-HTTP-STATUS-011", confidence: "possible" })
  })
})

describe("a precondition", () => {
  it("names the precondition that failed", () => {
    assert.include(refused(412, "", { "if-match": `"a"` }).detail, `If-Match is "a"`)
    assert.include(refused(412, "", { "if-none-match": "*" }).detail, "already exists")
    assert.strictEqual(refused(412, "").code, "HF-HTTP-STATUS-010")
  })

  it("reports that the server requires a precondition", () => {
    assert.include(refused(428, "").detail, "requires a precondition (If-Match)")
  })
})

describe("a rejection with a sentence", () => {
  it("is quoted", () => {
    const explanation = refused(400, "clip 7 has no reel to attach to")
    assert.strictEqual(explanation.code, "HF-HTTP-API-008")
    assert.include(explanation.detail, "no reel to attach to")
  })

  it("ignores a sentence that only repeats the name of the status", () => {
    for (const body of ["Bad Request", "400 Bad Request", ""])
      assert.strictEqual(refused(400, body).code, "HF-HTTP-STATUS-007")
  })

  it("uses the meaning of a rare status to explain a rejection", () => {
    assert.include(refused(451, "").detail, "legal reasons")
    assert.include(refused(402, "").detail, "payment")
  })
})

describe("a body that the client could not read", () => {
  for (const [failure, code] of [
    ["Error: incorrect header check", "HF-HTTP-ANSWER-008"],
    ["java.util.zip.ZipException: Not in GZIP format", "HF-HTTP-ANSWER-008"],
    ["net::ERR_CONTENT_DECODING_FAILED", "HF-HTTP-ANSWER-008"],
    ["gzip: invalid header", "HF-HTTP-ANSWER-008"],
    ["SyntaxError: Unexpected end of JSON input", "HF-HTTP-ANSWER-009"],
    ["unexpected end of JSON input", "HF-HTTP-ANSWER-009"],
    ["SyntaxError: Unexpected token '<', \"<!DOCTYPE \"... is not valid JSON", "HF-HTTP-ANSWER-002"],
  ] as const)
    it(`reports for "${failure}" that the client could not read the response body`, () => {
      assert.strictEqual(Diagnosis.explain({ failure }).code, code)
    })
})

describe("the error numbers of IIS", () => {
  const page = (number: string, more = "") =>
    refused(
      Number(number.slice(0, 3)),
      `<html><title>IIS 10.0 Detailed Error - ${number} - x</title><h3>HTTP Error ${number} - x</h3>${more}</html>`,
      {},
    )

  for (const [number, code] of [
    ["500.19", "HF-HTTP-STATUS-006"],
    ["500.30", "HF-HTTP-BOX-001"],
    ["404.13", "HF-HTTP-LIMIT-001"],
    ["404.3", "HF-HTTP-BOX-010"],
    ["403.14", "HF-HTTP-BOX-010"],
    ["401.2", "HF-HTTP-BOX-013"],
    ["405.0", "HF-HTTP-BOX-009"],
    ["502.3", "HF-HTTP-BOX-001"],
  ] as const)
    it(`maps the IIS error number ${number} to ${code}`, () => {
      assert.strictEqual(page(number).code, code)
    })

  it("identifies a timeout from IIS by its error code", () => {
    assert.strictEqual(page("502.3", "Error Code 0x80072ee2").code, "HF-HTTP-BOX-003")
  })
})

describe("a conflict of Dropbox", () => {
  const at = (error_summary: string) =>
    Diagnosis.explain({
      request: { method: "POST", url: "https://content.dropboxapi.com/2/files/download", headers: {} },
      response: { status: 409, headers: {}, body: JSON.stringify({ error_summary, error: { ".tag": "path" } }) },
    })

  it("explains a Dropbox conflict as a missing path, a conflicting item at the path, or a full account", () => {
    assert.strictEqual(at("path/not_found/..").code, "HF-HTTP-STATUS-003")
    assert.strictEqual(at("path/conflict/file/..").code, "HF-HTTP-STATUS-011")
    assert.include(at("path/insufficient_space/.").detail, "full")
  })
})

describe("a compressed body that is rejected", () => {
  const refusedFor = (headers: Readonly<Record<string, string>>) =>
    Diagnosis.explain({
      request: {
        method: "POST",
        url: "https://api.example.com/a",
        headers: { "content-type": "application/json", "content-encoding": "gzip" },
      },
      response: { status: 415, headers, body: "" },
    }).detail

  it("reports the encoding and the type of a compressed body that the server rejects", () => {
    assert.include(refusedFor({ "accept-encoding": "identity" }), "accepts only identity (Accept-Encoding)")
    assert.include(refusedFor({}), "Content-Encoding: gzip")
  })
})
