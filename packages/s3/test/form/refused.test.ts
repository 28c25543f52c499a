import { NodeHttpClient } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import type { Exchange } from "@holdfast/diagnosis/Exchange"
import * as Recorder from "@holdfast/http/Recorder"
import * as Diagnosis from "@holdfast/s3/Diagnosis"
import * as PresignedPost from "@holdfast/s3/PresignedPost"
import { Effect, Redacted } from "effect"
import { TestClock } from "effect/testing"
import { serve } from "../support/formServer.ts"

const sign = (url: string) =>
  PresignedPost.sign({
    url,
    bucket: "bucket",
    region: "us-east-1",
    key: "reel.mov",
    credentials: {
      accessKeyId: "ASIAIOSFODNN7EXAMPLE",
      secretAccessKey: Redacted.make("secret"),
      sessionToken: Redacted.make("FwoGZXIvYXdzEXAMPLETOKEN"),
    },
  })

const kept = (into: Array<Exchange>): typeof Recorder.Recorder.Service => ({
  record: (exchange) => Effect.sync(() => void into.push(Redacted.value(exchange))),
})

describe("PresignedPost.upload of a form that S3 would reject", () => {
  it.effect("sends nothing if the session token is missing, and reports the missing token", () =>
    Effect.gen(function* () {
      const server = yield* serve(() => ({ status: 204, headers: { etag: '"1"' } }))
      const { fields, url } = PresignedPost.reveal(yield* sign(server.url))
      const { "x-amz-security-token": token, ...others } = fields
      assert.isDefined(token)
      const error = yield* Effect.flip(PresignedPost.fromFields(url, others).upload("film"))
      assert(error._tag === "LintError")
      assert.include(
        error.findings.map(({ code }) => code),
        "HF-S3-POST-021",
      )
      assert.strictEqual(error.verdict.retry, "never")
      assert.lengthOf(server.requests, 0)
    }).pipe(Effect.provide(NodeHttpClient.layerUndici)),
  )

  it.effect("sends nothing if the form has expired", () =>
    Effect.gen(function* () {
      const server = yield* serve(() => ({ status: 204, headers: { etag: '"1"' } }))
      const post = yield* sign(server.url)
      yield* TestClock.adjust("2 hours")
      const error = yield* Effect.flip(post.upload("film"))
      assert(error._tag === "LintError")
      assert.deepStrictEqual(
        error.findings.map(({ code }) => code),
        ["HF-S3-POST-032"],
      )
      assert.strictEqual(error.verdict.change, "url")
      assert.lengthOf(server.requests, 0)
    }).pipe(Effect.provide(NodeHttpClient.layerUndici)),
  )

  it.effect("sends a form that is dated after the local time, because the local clock must be slow", () =>
    Effect.gen(function* () {
      const server = yield* serve(() => ({ status: 204, headers: { etag: '"1"' } }))
      yield* TestClock.setTime(Date.UTC(2026, 10, 21, 14))
      const { fields, url } = PresignedPost.reveal(yield* sign(server.url))
      yield* TestClock.setTime(Date.UTC(2026, 10, 21, 12))
      yield* PresignedPost.fromFields(url, fields).upload("film")
      assert.lengthOf(server.requests, 1)
    }).pipe(Effect.provide(NodeHttpClient.layerUndici)),
  )

  it.effect("reports the form that it did not send", () =>
    Effect.gen(function* () {
      const exchanges: Array<Exchange> = []
      const post = yield* sign("http://127.0.0.1:1/")
      yield* TestClock.adjust("2 hours")
      yield* Effect.flip(post.upload("film")).pipe(Effect.provideService(Recorder.Recorder, kept(exchanges)))
      assert.deepStrictEqual(exchanges[0]?.request?.form?.map(({ name }) => name).slice(-1), ["file"])
      assert.isUndefined(exchanges[0]?.response)
      assert.isUndefined(exchanges[0]?.failure)
    }).pipe(Effect.provide(NodeHttpClient.layerUndici)),
  )

  it.effect("reports the exchange of a rejected form so that the rejection can be explained", () =>
    Effect.gen(function* () {
      const body = "<Error><Code>EntityTooLarge</Code><Message>Too large</Message></Error>"
      const server = yield* serve(() => ({ status: 400, body }))
      const exchanges: Array<Exchange> = []
      const post = yield* sign(server.url)
      yield* Effect.flip(post.upload("film")).pipe(Effect.provideService(Recorder.Recorder, kept(exchanges)))
      assert.lengthOf(exchanges, 1)
      const [exchange] = exchanges
      assert.deepStrictEqual(exchange?.request?.form?.map(({ name }) => name).slice(-1), ["file"])
      assert.strictEqual(exchange?.response?.body, body)
      assert.strictEqual(Diagnosis.explain(exchange ?? {}).vendor.code, "EntityTooLarge")
    }).pipe(Effect.provide(NodeHttpClient.layerUndici)),
  )

  it.effect("reports why there was no response", () =>
    Effect.gen(function* () {
      const exchanges: Array<Exchange> = []
      const post = yield* sign("http://127.0.0.1:1/")
      yield* Effect.flip(post.upload("film")).pipe(Effect.provideService(Recorder.Recorder, kept(exchanges)))
      assert.match(exchanges[0]?.failure ?? "", /ECONNREFUSED/)
      assert.isUndefined(exchanges[0]?.response)
    }).pipe(Effect.provide(NodeHttpClient.layerUndici)),
  )
})
