import { assert, describe, it } from "@effect/vitest"
import * as Explain from "@holdfast/explain/Explain"
import * as ExplainInput from "@holdfast/explain/Input"

const exchangeOf = (text: string) => {
  const input = ExplainInput.recognize(new TextEncoder().encode(text))
  assert(input._tag === "Exchange", text)
  return input.exchange
}

const mismatch =
  "<Error><Code>SignatureDoesNotMatch</Code><Message>The request signature we calculated does not match the signature you provided.</Message></Error>"

const address = (signed: string) =>
  `https://takes.s3.eu-west-1.amazonaws.com/a.mov?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20261121%2Feu-west-1%2Fs3%2Faws4_request&X-Amz-Date=20261121T172358Z&X-Amz-Expires=900&X-Amz-SignedHeaders=${signed}&X-Amz-Signature=${"ab".repeat(32)}`

describe("a curl command above a response", () => {
  it("reads the method, the address and the headers of a request from a curl command", () => {
    const { request } = exchangeOf(
      `$ curl -X PUT -T a.mov \\\n  -H 'Content-Type: video/quicktime' \\\n  -H "X-Amz-Acl;" "${address("host")}"\n${mismatch}`,
    )
    assert.strictEqual(request?.method, "PUT")
    assert.strictEqual(request?.url, address("host"))
    assert.deepStrictEqual(request?.headers, {
      host: "takes.s3.eu-west-1.amazonaws.com",
      accept: "*/*",
      "content-type": "video/quicktime",
      "x-amz-acl": "",
    })
  })

  it("derives the method from the options of a curl command", () => {
    for (const [options, method] of [
      ["-I", "HEAD"],
      ["-sT a.mov", "PUT"],
      ["--upload-file a.mov", "PUT"],
      ["-d x=1", "POST"],
      ["-G -d x=1", "GET"],
      ["-F file=@a.mov", "POST"],
      ["--request=DELETE", "DELETE"],
      ["-o out -s", "GET"],
    ] as const) {
      assert.strictEqual(
        exchangeOf(`curl ${options} '${address("host")}'\n${mismatch}`).request?.method,
        method,
        options,
      )
    }
  })

  it("reads the form fields of a curl command in order", () => {
    const { request } = exchangeOf(
      `curl -F key=in/a.mov -F 'policy=e30=' -F "file=@/home/me/a.mov;type=video/quicktime" https://takes.s3.eu-west-1.amazonaws.com/\n<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>`,
    )
    assert.deepStrictEqual(request?.form, [
      { name: "key", value: "in/a.mov" },
      { name: "policy", value: "e30=" },
      { name: "file", filename: "a.mov", type: "video/quicktime" },
    ])
  })

  it("detects that a signed header was not sent", () => {
    const text = `$ curl -T a.mov '${address("host%3Bx-amz-acl")}'\n${mismatch}`
    const explanation = Explain.explain(exchangeOf(text))
    assert.strictEqual(explanation.code, "HF-S3-SIGN-002")
    assert.include(explanation.detail, "x-amz-acl")
  })

  it("ignores curl headers that contain shell variables, and a curl command for another request", () => {
    const open = exchangeOf(`curl -H "Authorization: Bearer $TOKEN" '${address("host")}'\n${mismatch}`)
    assert.isUndefined(open.request?.headers)
    assert.strictEqual(open.request?.method, "GET")
    const other = exchangeOf(`curl -I https://other.example/a\nPUT ${address("host")}: 403 Forbidden\n${mismatch}`)
    assert.isUndefined(other.request?.headers)
  })
})

describe("a client that keeps only the status", () => {
  const refused = address("host").concat("&x-id=PutObject")

  it("detects a method that contradicts the URL", () => {
    const explanation = Explain.explain(exchangeOf(`POST ${refused} 403 (Forbidden)`))
    assert.strictEqual(explanation.code, "HF-S3-SIGN-011")
    assert.notStrictEqual(explanation.confidence, "certain")
  })

  it("reads the HEAD method from a wget command with the --spider option", () => {
    const text = `$ wget --spider '${address("host")}'\nHTTP request sent, awaiting response... 403 Forbidden\n`
    assert.strictEqual(exchangeOf(text).request?.method, "HEAD")
  })
})

describe("a Salesforce lock", () => {
  it("does not explain a Salesforce lock as a TLS failure, although the error code of the lock resembles OpenSSL's codes", () => {
    const text = "UNABLE_TO_LOCK_ROW: unable to obtain exclusive access to this record or 1 records: 001"
    assert.strictEqual(Explain.explain(exchangeOf(text)).code, "HF-HTTP-LIMIT-013")
    assert.strictEqual(Explain.explain(exchangeOf("Error: UNABLE_TO_VERIFY_LEAF_SIGNATURE")).code, "HF-HTTP-TLS-004")
  })
})
