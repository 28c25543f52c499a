import { assert, describe, it } from "@effect/vitest"
import { C2cError } from "@holdfast/c2c"
import { frameIo } from "@holdfast/c2c/C2cConfig"
import { Lint, S3Error } from "@holdfast/s3"
import { Verdict } from "@holdfast/core"
import { TransportCause } from "@holdfast/http"
import { AnswerUnreadable, OAuthErrors } from "@holdfast/oauth"
import * as TokenStoreErrors from "@holdfast/oauth/TokenStoreError"
import * as Unverified from "@holdfast/s3/Unverified"
import { Effect } from "effect"
import { HttpClientRequest } from "effect/http"
import * as Remedy from "../../src/network/Remedy.ts"

const s3 = (code: string) =>
  S3Error.fromResponse({
    status: 403,
    headers: {},
    body: `<Error><Code>${code}</Code><Message>Request has expired.</Message></Error>`,
  })

describe("Remedy", () => {
  it("asks the user to approve a code only if pairing failed", () => {
    const denied = C2cError.fromResponse({ status: 400, headers: {}, body: '{"error":"access_denied"}' })
    assert.match(Remedy.pairingFailure(denied).message, /approve the code$/)
    for (const code of ["AccessDenied", "ExpiredToken"]) {
      const { problem, remedy } = Remedy.upload(s3(code), frameIo)
      assert.strictEqual(problem, "Request has expired")
      assert.notInclude(remedy, "code")
    }
  })

  it("reports the error code of a response that has no message", () => {
    const body = "<Error><Code>SignatureDoesNotMatch</Code><Message></Message></Error>"
    const error = S3Error.fromResponse({ status: 403, headers: {}, body })
    assert.strictEqual(Remedy.upload(error, frameIo).problem, "SignatureDoesNotMatch (HTTP 403)")
  })

  it("states when to run the command again if the storage requests a longer wait than the retries allow", () => {
    const body = "<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>"
    const remedyAfter = (headers: Record<string, string>) =>
      Remedy.upload(S3Error.fromResponse({ status: 503, headers, body }), frameIo).remedy
    assert.strictEqual(
      remedyAfter({ "retry-after": "7200" }),
      "run the command again in 2 h 00 min, as the server requested",
    )
    assert.strictEqual(remedyAfter({}), "the server is currently unavailable; run the command again later")
  })

  it("does not blame the network if an API responds with its own 503", () => {
    const error = C2cError.fromResponse({ status: 503, headers: {}, body: "" })
    assert.strictEqual(
      Remedy.unreachable("https://api", error).message,
      "https://api is not available (HTTP 503); the server is currently unavailable; run the command again later",
    )
    assert.match(
      Remedy.pairingFailure(error).message,
      /; the server is currently unavailable; run the command again later$/,
    )
  })

  it("recommends checking --api instead of the network if the server at that address rejects the health check", () => {
    const error = C2cError.fromResponse({ status: 404, headers: {}, body: "nope" })
    assert.match(
      Remedy.unreachable("https://api/base", error).message,
      /^https:\/\/api\/base rejected the health check \(.*404.*\); check --api, and check whether a proxy changes responses/,
    )
    for (const status of [408, 425]) {
      const passing = C2cError.fromResponse({ status, headers: {}, body: "" })
      assert.match(Remedy.unreachable("https://api", passing).message, /^cannot reach/)
    }
  })

  it("mentions --accept-unverified only if that flag would make the upload succeed", () => {
    const request = { method: "PUT", url: "https://storage.example/key" }
    const remedyOf = (early: boolean) => Remedy.upload(Unverified.make(request, 200, "a reason", early), frameIo).remedy
    assert.strictEqual(
      remedyOf(false),
      "check whether the file is stored before you send it again; use --accept-unverified to accept an unverified upload",
    )
    assert.strictEqual(remedyOf(true), "check whether the file is stored before you send it again")
  })

  it("truncates the server's message so that the remedy stays visible", () => {
    const body = `<Error><Code>AccessDenied</Code><Message>${"no ".repeat(20_000)}</Message></Error>`
    const error = S3Error.fromResponse({ status: 403, headers: {}, body })
    const { problem } = Remedy.upload(error, frameIo)
    assert.isAtMost(problem.length, 512)
    assert.match(problem, /^no no .*…$/)
  })

  it("treats an expired code as a missing pairing, or as a temporary failure if a network outage lasted until the code expired", () => {
    const gone = TransportCause.make("ENOTFOUND", HttpClientRequest.post("https://h/token"))
    assert.strictEqual(Remedy.pairingFailure(gone).outcome, "temporary")
    const verdict = Verdict.never({ change: "human" })
    const expired = new OAuthErrors.ExpiredToken({ verdict, code: "expired_token", status: 0 })
    assert.strictEqual(Remedy.pairingFailure(expired).outcome, "pairing")
  })

  it("asks for approval of a new code if the server no longer accepts the old one", () => {
    const verdict = Verdict.never({ change: "human" })
    const spent = new OAuthErrors.InvalidGrant({ verdict, code: "invalid_grant", status: 400 })
    const { message, outcome } = Remedy.pairingFailure(spent)
    assert.strictEqual(outcome, "pairing")
    assert.match(message, /; run the command again and approve the new code$/)
  })

  it("includes the API's address in the pairing command unless the API is Frame.io's", () => {
    const refused = C2cError.fromResponse({ status: 401, headers: {}, body: '{"code":401,"message":"Unauthorized"}' })
    const verdict = Verdict.never({ change: "human" })
    const damaged = new TokenStoreErrors.TokensCorrupt({ verdict, path: "/p", detail: "is damaged", action: "sign in" })
    const elsewhere = "http://127.0.0.1:8080"
    assert.strictEqual(Remedy.upload(refused, frameIo).remedy, "run holdfast pair, then run this command again")
    assert.strictEqual(
      Remedy.upload(refused, elsewhere).remedy,
      `run holdfast pair --api ${elsewhere}, then run this command again`,
    )
    assert.match(Remedy.tokenStore(damaged, frameIo).message, /run holdfast pair, which replaces it$/)
    assert.match(Remedy.tokenStore(damaged, elsewhere).message, /run holdfast pair --api \S+8080, which replaces it$/)
  })

  it("states what to check if the sign-in server's response is invalid", () => {
    const verdict = Verdict.never({ change: "human" })
    const error = new AnswerUnreadable({ verdict, status: 200, problem: "its address for the person has no scheme" })
    assert.match(Remedy.pairingFailure(error).message, /has no scheme; check --api, and check whether a proxy/)
  })

  it.effect("states the fix from the first finding if a request was not sent", () =>
    Effect.gen(function* () {
      const url = "https://b.s3.amazonaws.com/k?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date=20261121T120000Z"
      const error = yield* Effect.flip(Lint.refuse({ method: "PUT", url, headers: {}, size: 1 }))
      const { problem, remedy } = Remedy.upload(error, frameIo)
      assert.strictEqual(remedy, error.findings[0].fix[0]?.text)
      assert.notStrictEqual(remedy, "running the command again would fail in the same way")
      assert.include(problem, error.findings[0].code)
    }),
  )
})
