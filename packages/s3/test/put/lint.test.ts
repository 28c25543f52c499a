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
  it.effect("sends nothing that S3 must refuse, and says what is wrong without a secret", () =>
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

  it.effect("asks the clock at every attempt: a URL that has expired is not sent again", () =>
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

  it.effect("believes a URL that came in long after it was signed: the clock here is fast", () =>
    Effect.gen(function* () {
      const client = HttpClient.make((request) =>
        Effect.succeed(HttpClientResponse.fromWeb(request, new Response(null, stored))),
      )
      const receivedAt = Date.UTC(2026, 10, 23)
      yield* TestClock.setTime(receivedAt)
      const request = { url: `http://127.0.0.1${signed({})}`, body: bytes("x"), length: 1 }
      assert.strictEqual((yield* Effect.flip(PresignedPut.put(client, request)))._tag, "LintError")
      yield* PresignedPut.put(client, { ...request, receivedAt })
      yield* TestClock.adjust("15 minutes")
      yield* PresignedPut.put(client, { ...request, receivedAt })
      yield* TestClock.adjust("1 minute")
      const error = yield* Effect.flip(PresignedPut.put(client, { ...request, receivedAt }))
      assert.strictEqual(error._tag === "LintError" && error.findings[0]._tag, "UrlExpired")
    }),
  )

  it.effect("believes a URL that was signed later than it is here: the clock here is slow", () =>
    Effect.gen(function* () {
      const client = HttpClient.make((request) =>
        Effect.succeed(HttpClientResponse.fromWeb(request, new Response(null, stored))),
      )
      yield* TestClock.setTime(0)
      yield* PresignedPut.put(client, { url: `http://127.0.0.1${signed({})}`, body: bytes("x"), length: 1 })
    }),
  )
})
