import { assert, describe, it } from "@effect/vitest"
import { C2cError } from "@holdfast/c2c"
import { S3Error } from "@holdfast/s3"
import * as Remedy from "holdfast/Remedy"

const s3 = (code: string) =>
  S3Error.fromResponse({
    status: 403,
    headers: {},
    body: `<Error><Code>${code}</Code><Message>Request has expired.</Message></Error>`,
  })

describe("Remedy", () => {
  it("speaks of a code to approve where a pairing failed, and nowhere else", () => {
    const denied = C2cError.fromResponse({ status: 400, headers: {}, body: '{"error":"access_denied"}' })
    assert.match(Remedy.pairingFailure(denied).message, /approve the code$/)
    for (const code of ["AccessDenied", "ExpiredToken"]) {
      const { problem, remedy } = Remedy.upload(s3(code))
      assert.strictEqual(problem, "Request has expired")
      assert.notInclude(remedy, "code")
    }
  })
})
