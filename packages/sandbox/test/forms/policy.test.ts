import { assert, describe, it } from "@effect/vitest"
import * as FormPolicy from "../../src/internal/forms/policy.ts"

const depth = 100_000
const deep = ["[".repeat(depth) + "]".repeat(depth), `${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`]

const codeOf = (policy: string): string => {
  const subject = { bucket: "b", fields: new Map([["key", "a"]]) }
  const found = FormPolicy.check(Buffer.from(policy).toString("base64"), subject, 0)
  return "code" in found ? found.code : "passed"
}

describe("the policy of a form", () => {
  it("rejects a form's policy without an internal error, however deeply its values are nested", () => {
    for (const value of deep) {
      for (const policy of [
        value,
        `{"expiration":${value},"conditions":[]}`,
        `{"expiration":"2026-11-29T00:00:00Z","conditions":${value}}`,
        `{"expiration":"2026-11-29T00:00:00Z","conditions":[["eq","$key",${value}]]}`,
        `{"expiration":"2026-11-29T00:00:00Z","conditions":[["eq",${value},"a"]]}`,
        `{"expiration":"2026-11-29T00:00:00Z","conditions":[{"key":${value}}]}`,
      ]) {
        assert.strictEqual(codeOf(policy), "InvalidPolicyDocument")
      }
    }
  })
})
