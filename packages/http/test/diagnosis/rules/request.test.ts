import { assert, describe, it } from "@effect/vitest"
import * as Diagnosis from "@holdfast/http/Diagnosis"

const sent = (request: object, status: number, body: unknown, headers: Readonly<Record<string, string>> = {}) =>
  Diagnosis.explain({
    request: {
      method: "POST",
      url: "https://api.example.com/v1/items",
      headers: { accept: "application/json" },
      ...request,
    },
    response: { status, headers, body: typeof body === "string" ? body : JSON.stringify(body) },
  })

/** Validation errors of frameworks, and the field that each names. */
const forms: ReadonlyArray<readonly [name: string, status: number, body: unknown, field: string, says?: string]> = [
  ["FastAPI", 422, { detail: [{ type: "missing", loc: ["body", "reel"], msg: "Field required", input: {} }] }, `body "reel"`, "Field required"],
  ["Spring", 400, { timestamp: "2026-11-29T10:00:00Z", status: 400, error: "Bad Request", errors: [{ field: "reel", defaultMessage: "must not be blank", code: "NotBlank" }] }, `"reel"`, "must not be blank"],
  ["ASP.NET", 400, { type: "https://tools.ietf.org/html/rfc9110#section-15.5.1", title: "One or more validation errors occurred.", status: 400, errors: { Reel: ["The Reel field is required."] } }, `"Reel"`, "The Reel field is required."],
  ["Laravel", 422, { message: "The given data was invalid.", errors: { reel: ["The reel field is required."] } }, `"reel"`, "The reel field is required."],
  ["Django REST framework", 400, { reel: ["This field is required."] }, `"reel"`],
  ["express-validator", 422, { errors: [{ type: "field", msg: "Invalid value", path: "reel", location: "body" }] }, `body "reel"`, "Invalid value"],
  ["JSON:API", 422, { errors: [{ status: "422", source: { pointer: "/data/attributes/reel" }, detail: "Reel can't be blank" }] }, `"data.attributes.reel"`, "can't be blank"],
  ["Zod", 400, { success: false, error: { name: "ZodError", issues: [{ code: "invalid_type", path: ["reel"], message: "Required" }] } }, `"reel"`, "Required"],
  ["GitHub", 422, { message: "Validation Failed", errors: [{ resource: "Issue", field: "title", code: "missing_field" }], documentation_url: "https://docs.github.com/rest" }, `"title"`, "missing_field"],
  ["Google", 400, { error: { code: 400, message: "Invalid value", status: "INVALID_ARGUMENT", details: [{ "@type": "type.googleapis.com/google.rpc.BadRequest", fieldViolations: [{ field: "reel", description: "must be set" }] }] } }, `"reel"`, "must be set"],
  ["Symfony", 422, { title: "Validation Failed", violations: [{ propertyPath: "reel", title: "This value should not be blank." }] }, `"reel"`, "should not be blank"],
  ["Stripe", 400, { error: { type: "invalid_request_error", param: "reel", message: "Missing required param: reel." } }, `"reel"`, "Missing required param"],
  ["Shopify's mutation", 200, { data: { productCreate: { product: null, userErrors: [{ field: ["input", "title"], message: "Title can't be blank" }] } } }, `"input.title"`, "can't be blank"],
] // prettier-ignore

describe("a field that the server names", () => {
  for (const [name, status, body, field, says = ""] of forms) {
    it(`reads the invalid field from an error in the format of ${name}`, () => {
      const explanation = sent({}, status, body)
      assert.strictEqual(explanation.code, "HF-HTTP-API-015")
      assert.include(explanation.detail, field)
      assert.include(explanation.detail, says)
    })
  }

  it("locates the invalid field in the request", () => {
    const missing = { detail: [{ loc: ["query", "reel"], msg: "field required", type: "value_error.missing" }] }
    const body = sent({ headers: { "content-type": "application/json" }, body: `{"reel":"A001"}` }, 422, missing)
    assert.include(
      body.detail,
      `The request contains "reel" in its body, but the server expects it in the query string.`,
    )
    const inBody = { errors: { reel: ["The reel field is required."] } }
    assert.include(
      sent({ url: "https://api.example.com/v1/items?reel=A001" }, 422, inBody).detail,
      "in its query string",
    )
    assert.include(sent({ body: `{"Reel":"A001"}` }, 422, inBody).detail, "field names are case-sensitive")
  })

  it("does not report an invalid field if the error is in the GraphQL document itself", () => {
    const body = { errors: [{ message: "Cannot query field a", locations: [{ line: 1, column: 2 }], path: ["a"] }] }
    assert.strictEqual(sent({}, 400, body).code, "HF-HTTP-API-008")
  })

  it("does not report an invalid field for a success", () => {
    for (const body of [{ data: { a: { userErrors: [] } } }, { errors: {}, id: 1 }, { detail: [], name: "a" }])
      assert.strictEqual(sent({}, 200, body).outcome, "succeeded", JSON.stringify(body))
  })
})

describe("a body that the server cannot read", () => {
  for (const text of [
    { message: "Unexpected token ' in JSON at position 1" },
    { detail: "JSON parse error - Expecting property name enclosed in double quotes: line 1 column 2 (char 1)" },
    { message: "Could not read JSON: Unexpected character" },
    { message: "Problems parsing JSON", documentation_url: "https://docs.github.com/rest" },
    {
      statusCode: 400,
      code: "FST_ERR_CTP_EMPTY_JSON_BODY",
      error: "Bad Request",
      message: "Body cannot be empty when content-type is set to 'application/json'",
    },
    "<!DOCTYPE html><html><head><title>Error</title></head><body><pre>SyntaxError: Unexpected token o in JSON at position 1</pre></body></html>",
    "no multipart boundary param in Content-Type",
    "invalid character 'r' looking for beginning of value in JSON body",
  ])
    // prettier-ignore
    it(`reports an unreadable body for ${JSON.stringify(text).slice(0, 60)}`, () => {
      assert.strictEqual(sent({}, 400, text).code, "HF-HTTP-API-016")
    })

  it("compares an unreadable body with its Content-Type", () => {
    const headers = { "content-type": "application/json" }
    const text = { message: "Unexpected token r in JSON at position 0" }
    assert.include(sent({ headers, body: "reel=A001&take=2" }, 400, text).detail, "The body is a form")
  })
})

describe("a URL with unfilled placeholders", () => {
  for (const path of [
    "/v1/items/undefined",
    "/v1/%7Bid%7D/clips",
    "/v1/:id",
    "/v1/null/clips",
    "/v1/[object%20Object]",
  ]) {
    it(`detects an unfilled placeholder in ${path}`, () => {
      const explanation = sent({ method: "GET", url: `https://api.example.com${path}` }, 404, { message: "Not Found" })
      assert.strictEqual(explanation.code, "HF-HTTP-REQUEST-001")
    })
  }

  it("does not mistake similar names in a URL for unfilled placeholders", () => {
    for (const path of ["/v1/nullable", "/v1/projects/a:run", "/v1/nancy", "/v1/$batch"])
      assert.strictEqual(sent({ url: `https://api.example.com${path}` }, 404, "").code, "HF-HTTP-STATUS-003", path)
  })
})

it("attributes the rejection of a request without a Host header to the missing header", () => {
  const request = { method: "GET", url: "/a", headers: { accept: "*/*", "accept-encoding": "gzip" } }
  const explanation = Diagnosis.explain({ request, response: { status: 400, headers: {}, body: "" } })
  assert.strictEqual(explanation.code, "HF-HTTP-REQUEST-002")
  const goes = "400 Bad Request: missing required Host header"
  assert.strictEqual(sent({}, 400, goes).code, "HF-HTTP-REQUEST-002")
})
