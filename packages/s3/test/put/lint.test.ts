import { assert, describe, it } from "@effect/vitest"
import * as Redaction from "@holdfast/diagnosis/Redaction"
import * as Verdict from "@holdfast/core/Verdict"
import * as Recorder from "@holdfast/http/Recorder"
import { Diagnosis, PresignedPut } from "@holdfast/s3"
import { Effect } from "effect"
import { HttpClient, HttpClientResponse } from "effect/http"
import * as TestClock from "effect/testing/TestClock"
import { bytes, live, put, serve, signed, stored } from "../support/putServer.ts"

describe("PresignedPut", () => {
  it.effect("does not send a request that S3 would reject, and reports the reason without a secret", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(Date.UTC(2026, 10, 21, 17, 24))
      const server = yield* serve(() => stored)
      const request = { url: server.url + signed({}), body: bytes("x"), length: 1, headers: { "x-amz-acl": "private" } }
      const { last, recorder } = Recorder.keepLast(Redaction.make([Diagnosis.ruleSet.vocabulary]))
      const error = yield* Effect.flip(put(request)).pipe(Effect.provideService(Recorder.Recorder, recorder))
      assert(error._tag === "LintError")
      const kept = yield* last
      assert.strictEqual(Diagnosis.explain(kept ?? {}).code, "HF-S3-SIGN-001", "what was not sent can be explained")
      assert.deepStrictEqual(
        error.findings.map(({ _tag, code }) => [_tag, code]),
        [["UnsignedHeader", "HF-S3-SIGN-001"]],
      )
      assert.deepStrictEqual(error.verdict, Verdict.never({ change: "plan" }))
      assert.notInclude(JSON.stringify(error) + error.message, "feed")
      assert.lengthOf(server.requests, 0)
      yield* put({ ...request, lint: false })
      assert.lengthOf(server.requests, 1)
    }).pipe(Effect.scoped, live),
  )

  it.effect("reads the clock before every attempt, so that an expired URL is not sent again", () =>
    Effect.gen(function* () {
      let sent = 0
      const client = HttpClient.make((request) => {
        sent += 1
        return Effect.succeed(HttpClientResponse.fromWeb(request, new Response(null, stored)))
      })
      yield* TestClock.setTime(Date.UTC(2026, 10, 21, 17, 30))
      const attempt = PresignedPut.put(client, {
        url: `http://127.0.0.1${signed({ "X-Amz-Expires": "600" })}`,
        body: bytes("x"),
        length: 1,
      })
      yield* attempt
      yield* TestClock.adjust("5 minutes")
      const error = yield* Effect.flip(attempt)
      assert.strictEqual(error._tag === "LintError" && error.findings[0]._tag, "UrlExpired")
      assert.strictEqual(error.verdict.change, "url")
      assert.strictEqual(sent, 1)
    }),
  )

  it.effect.each([
    ["1 h fast", 1, "44 min fast"],
    ["24 h fast", 24, "24 h fast"],
    ["10 years fast", 87_660, "3652 days fast"],
    ["1 h slow", -1, "76 min slow"],
    ["24 h slow", -24, "24 h slow"],
    ["10 years slow", -87_660, "3653 days slow"],
  ] as const)("uses the server's time for the expiry if the local clock is %s", ([, hours, said]) =>
    Effect.gen(function* () {
      const client = HttpClient.make((request) =>
        Effect.succeed(HttpClientResponse.fromWeb(request, new Response(null, stored))),
      )
      const signedAt = Date.UTC(2026, 10, 21, 17, 23, 58)
      yield* TestClock.setTime(signedAt + hours * 3_600_000)
      const request = { url: `http://127.0.0.1${signed({})}`, body: bytes("x"), length: 1 }
      yield* PresignedPut.put(client, { ...request, serverTime: signedAt + 15 * 60_000 })
      const error = yield* Effect.flip(PresignedPut.put(client, { ...request, serverTime: signedAt + 16 * 60_000 }))
      assert(error._tag === "LintError")
      assert.strictEqual(error.findings[0]._tag, "UrlExpired")
      assert.include(error.message, `before the request according to the server's clock. The local clock is ${said}.`)
    }),
  )

  it.effect("lets the storage check the expiry if the server's time is unknown", () =>
    Effect.gen(function* () {
      const client = HttpClient.make((request) =>
        Effect.succeed(HttpClientResponse.fromWeb(request, new Response(null, stored))),
      )
      yield* TestClock.setTime(Date.UTC(2036, 10, 21))
      const request = { url: `http://127.0.0.1${signed({})}`, body: bytes("x"), length: 1 }
      assert.strictEqual((yield* Effect.flip(PresignedPut.put(client, request)))._tag, "LintError")
      yield* PresignedPut.put(client, { ...request, serverTime: null })
    }),
  )

  it.effect("accepts a URL that is dated after the local time, because the local clock is slow", () =>
    Effect.gen(function* () {
      const client = HttpClient.make((request) =>
        Effect.succeed(HttpClientResponse.fromWeb(request, new Response(null, stored))),
      )
      yield* TestClock.setTime(0)
      yield* PresignedPut.put(client, { url: `http://127.0.0.1${signed({})}`, body: bytes("x"), length: 1 })
    }),
  )
})
