import { assert, describe, it } from "@effect/vitest"
import * as Diagnosis from "@holdfast/http/Diagnosis"

/** Responses with a code whose meaning is documented, and a word of that meaning. */
const answers: ReadonlyArray<readonly [name: string, status: number, body: unknown, word: string]> = [
  ["PostgREST", 406, { code: "PGRST116", details: "The result contains 0 rows", message: "Cannot coerce the result to a single JSON object" }, "exactly one row"],
  ["PostgreSQL behind it", 400, { code: "22P02", message: "invalid input syntax for type uuid" }, "format of its type"],
  ["Stripe", 402, { error: { code: "expired_card", type: "card_error", message: "Your card has expired." } }, "expired"],
  ["Twilio", 400, { code: 21_608, message: "The number is unverified.", more_info: "https://www.twilio.com/docs/errors/21608", status: 400 }, "trial account"],
  ["Elasticsearch", 404, { error: { type: "index_not_found_exception", reason: "no such index [clips]" }, status: 404 }, "no such index"],
  ["GraphQL", 400, { errors: [{ message: "Cannot query field a", extensions: { code: "GRAPHQL_VALIDATION_FAILED" } }] }, "schema"],
  ["Salesforce", 400, [{ errorCode: "MALFORMED_QUERY", message: "unexpected token: from" }], "SOQL"],
  ["DynamoDB", 400, { __type: "com.amazonaws.dynamodb.v20120810#ResourceNotFoundException", message: "Requested resource not found" }, "account and region"],
  ["Airtable", 422, { error: { type: "UNKNOWN_FIELD_NAME", message: "Unknown field name: \"a\"" } }, "no field of this name"],
] // prettier-ignore

describe("a documented code", () => {
  for (const [name, status, body, word] of answers)
    it(`explains the meaning of a documented code of ${name}`, () => {
      const { causes, code } = Diagnosis.explain({
        request: { method: "POST", url: "https://api.example.com/a", headers: { accept: "application/json" } },
        response: { status, headers: { "content-type": "application/json" }, body: JSON.stringify(body) },
      })
      assert.strictEqual(code, "HF-HTTP-API-008")
      assert.include(causes[0]?.detail ?? "", word)
    })
})
