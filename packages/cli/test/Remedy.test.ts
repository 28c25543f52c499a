import { assert, describe, it } from "@effect/vitest"
import { C2cError } from "@holdfast/c2c"
import { Lint, S3Error } from "@holdfast/s3"
import { Verdict } from "@holdfast/core"
import { TransportCause } from "@holdfast/http"
import { AnswerUnreadable, OAuthErrors } from "@holdfast/oauth"
import { Effect } from "effect"
import { HttpClientRequest } from "effect/http"
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

  it("calls a network that was gone until the code ended temporary, and an expired code a missing pairing", () => {
    const gone = TransportCause.make("ENOTFOUND", HttpClientRequest.post("https://h/token"))
    assert.strictEqual(Remedy.pairingFailure(gone).outcome, "temporary")
    const verdict = Verdict.never({ change: "human" })
    const expired = new OAuthErrors.ExpiredToken({ verdict, code: "expired_token", status: 0 })
    assert.strictEqual(Remedy.pairingFailure(expired).outcome, "pairing")
  })

  it("says what to check when the answer of the sign-in server cannot be used", () => {
    const verdict = Verdict.never({ change: "human" })
    const error = new AnswerUnreadable({ verdict, status: 200, problem: "its address for the person has no scheme" })
    assert.match(Remedy.pairingFailure(error).message, /has no scheme; check --api, and whether a proxy/)
  })

  it.effect("gives the fix of the first finding for a request that was not sent", () =>
    Effect.gen(function* () {
      const url = "https://b.s3.amazonaws.com/k?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date=20261121T120000Z"
      const error = yield* Effect.flip(Lint.refuse({ method: "PUT", url, headers: {}, size: 1 }))
      const { problem, remedy } = Remedy.upload(error)
      assert.strictEqual(remedy, error.findings[0].fix[0]?.text)
      assert.notStrictEqual(remedy, "running this again would fail the same way")
      assert.include(problem, error.findings[0].code)
    }),
  )
})
