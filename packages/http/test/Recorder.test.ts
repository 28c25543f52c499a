import { assert, describe, it } from "@effect/vitest"
import { type Context, Effect, Fiber, Redacted, Result, Stream } from "effect"
import { HttpBody, HttpClientRequest, UrlParams } from "effect/http"
import { TestClock } from "effect/testing"
import { type Exchange, Redaction } from "@holdfast/diagnosis"
import { Recorder, ResilientClient } from "@holdfast/http"
import { answer, decode, fails, html, scripted, type Step, withoutJitter } from "./support/clients.ts"

/** A recorder that keeps every exchange that it receives. */
const listening = () => {
  const heard: Array<Exchange.Exchange> = []
  const recorder: Context.Service.Shape<typeof Recorder.Recorder> = {
    record: (exchange) => Effect.sync(() => void heard.push(Redacted.value(exchange))),
  }
  return { heard, recorder }
}

/** Sends a request through the steps with at most one retry, and returns what was recorded. */
const recorded = (
  steps: ReadonlyArray<Step>,
  request: HttpClientRequest.HttpClientRequest,
  options: Partial<ResilientClient.Options<ReturnType<typeof decode>>> = {},
) =>
  Effect.gen(function* () {
    const { heard, recorder } = listening()
    const client = ResilientClient.make(scripted(...steps).client, { decode, ...options })
    const fiber = yield* client
      .execute(request)
      .pipe(Effect.result, withoutJitter, Effect.provideService(Recorder.Recorder, recorder), Effect.forkChild)
    yield* TestClock.adjust("5 minutes")
    return { heard, result: yield* Fiber.join(fiber) }
  })

const url = "https://api.test/v2/assets"
const hangs: Step = () => Effect.never

describe("Recorder", () => {
  it.effect("does not record successful attempts", () =>
    Effect.gen(function* () {
      const { heard, result } = yield* recorded([answer("{}")], HttpClientRequest.get(url), { json: true })
      assert.isTrue(Result.isSuccess(result))
      assert.deepStrictEqual(heard, [])
    }),
  )

  it.effect("records every failed attempt with its request, response, time and attempt number", () =>
    Effect.gen(function* () {
      const { heard, result } = yield* recorded(
        [answer("busy", { status: 503, headers: { "retry-after": "1", "x-request-id": "r-1" } }), answer("ok")],
        HttpClientRequest.get(`${url}?page=2`),
      )
      assert.isTrue(Result.isSuccess(result))
      assert.deepStrictEqual(heard, [
        {
          request: { method: "GET", url: `${url}?page=2`, headers: {}, size: 0 },
          response: {
            status: 503,
            headers: { "content-type": "text/plain;charset=UTF-8", "retry-after": "1", "x-request-id": "r-1" },
            body: "busy",
          },
          at: 0,
          attempt: 1,
        },
      ])
    }),
  )

  it.effect("records the system's error code if no response arrived", () =>
    Effect.gen(function* () {
      const failed = yield* recorded([fails("ECONNRESET"), answer("ok")], HttpClientRequest.get(url))
      assert.deepStrictEqual(
        failed.heard.map(({ failure, response }) => [failure, response]),
        [["ECONNRESET", undefined]],
      )
      const refused = yield* recorded(
        [fails("ECONNREFUSED", { syscall: "connect" }), answer("ok")],
        HttpClientRequest.get(url),
      )
      assert.deepStrictEqual(
        refused.heard.map(({ failure }) => failure),
        ["connect ECONNREFUSED"],
      )
    }),
  )

  it.effect("records the last attempt of a call if that attempt timed out", () =>
    Effect.gen(function* () {
      const { heard } = yield* recorded([hangs], HttpClientRequest.post(url), { timeout: "3 seconds" })
      assert.deepStrictEqual(
        heard.map(({ at, attempt, failure }) => ({ at, attempt, failure })),
        [{ at: 3000, attempt: 1, failure: "RequestTimedOut" }],
      )
    }),
  )

  it.effect("records a captive portal's response instead of a connection failure", () =>
    Effect.gen(function* () {
      const { heard } = yield* recorded([html(200), answer("{}")], HttpClientRequest.get(url), { json: true })
      assert.strictEqual(heard[0]?.response?.status, 200)
      assert.include(heard[0]?.response?.body ?? "", "Hotel")
      assert.isUndefined(heard[0]?.failure)
    }),
  )

  it.effect("records the parts of forms, the text of documents, and only the length of other bodies", () =>
    Effect.gen(function* () {
      const form = new FormData()
      form.append("key", "clip.mov")
      form.append("file", new File([new Uint8Array(7)], "clip.mov", { type: "video/quicktime" }))
      const bodies = [
        HttpBody.formData(form),
        HttpBody.jsonUnsafe({ name: "clip.mov" }),
        HttpBody.urlParams(UrlParams.fromInput({ grant_type: "refresh_token" })),
        HttpBody.uint8Array(new Uint8Array(9), "video/quicktime"),
        HttpBody.stream(Stream.make(new Uint8Array(3)), "video/quicktime", 3),
      ]
      const refused = answer("no", { status: 400 })
      const kept = yield* Effect.forEach(bodies, (body) =>
        Effect.map(recorded([refused], HttpClientRequest.post(url, { body })), ({ heard }) => {
          const { form, body, size } = heard[0]?.request ?? {}
          return { form, body, size }
        }),
      )
      assert.deepStrictEqual(kept, [
        {
          form: [
            { name: "key", value: "clip.mov" },
            { name: "file", filename: "clip.mov", size: 7, type: "video/quicktime" },
          ],
          body: undefined,
          size: undefined,
        },
        { form: undefined, body: '{"name":"clip.mov"}', size: 19 },
        { form: undefined, body: "grant_type=refresh_token", size: 24 },
        { form: undefined, body: undefined, size: 9 },
        { form: undefined, body: undefined, size: 3 },
      ])
    }),
  )

  it.effect("does not reveal any part of an exchange in logs", () =>
    Effect.gen(function* () {
      let logged = ""
      const recorder = {
        record: (exchange: Redacted.Redacted<Exchange.Exchange>) =>
          Effect.sync(() => void (logged = `${String(exchange)} ${JSON.stringify(exchange)}`)),
      }
      const request = HttpClientRequest.get(url).pipe(HttpClientRequest.bearerToken("EXAMPLE-canary"))
      yield* Recorder.record({ request }).pipe(Effect.provideService(Recorder.Recorder, recorder))
      assert.include(logged, "redacted")
      assert.notInclude(logged, "EXAMPLE-canary")
      assert.notInclude(logged, "api.test")
    }),
  )

  it.effect("keeps the last exchange in redacted form", () =>
    Effect.gen(function* () {
      const { last, recorder } = Recorder.keepLast(Redaction.make([]))
      assert.isUndefined(yield* last)
      const request = HttpClientRequest.get(url).pipe(HttpClientRequest.bearerToken("EXAMPLE-canary"))
      const record = (status: number) =>
        Recorder.record({ request, answer: { status, headers: {} } }).pipe(
          Effect.provideService(Recorder.Recorder, recorder),
        )
      yield* record(500)
      yield* record(401)
      const kept = yield* last
      assert.strictEqual(kept?.response?.status, 401)
      assert.notInclude(JSON.stringify(kept), "EXAMPLE-canary")
    }),
  )
})
