import { assert, describe, it } from "@effect/vitest"
import { Authorization, Connectivity, type DeadlineExceeded, Gate, Pipeline, Timeline } from "@holdfast/core"
import { ErrorStatus, HttpPipeline } from "@holdfast/http"
import { Clock, Duration, Effect, Exit, Fiber, Redacted } from "effect"
import { HttpClientRequest } from "effect/http"
import { answer, scripted } from "../support/clients.ts"
import { url, busy, reset, ok, table, patient, until, run } from "../support/pipelineClient.ts"

describe("HttpPipeline.client", () => {
  describe("retries", () => {
    it.effect("turns a response into an error with the verdict of its status if there is no decoder", () =>
      Effect.gen(function* () {
        for (const [status, attempts] of [
          [503, 8],
          [429, 8],
          [500, 8],
          [404, 1],
          [415, 1],
        ] as const) {
          const { client, times } = scripted(answer("secret", { status }))
          const started = yield* Clock.currentTimeMillis
          const { error } = yield* run(HttpPipeline.client(patient, client), HttpClientRequest.get(`${url}?key=1`))
          assert.instanceOf(error, ErrorStatus)
          assert.deepStrictEqual(
            [error.status, error.url, error.message],
            [status, url, `Status ${status}: GET ${url}`],
          )
          assert.deepStrictEqual(
            times.map((time) => time - started / 1000),
            table.slice(0, attempts),
          )
        }
      }),
    )

    it.effect("does not retry a client error other than 408, 425 and 429, regardless of the method", () =>
      Effect.gen(function* () {
        for (const method of ["GET", "POST"] as const) {
          for (const status of [400, 401, 403, 404, 409, 410, 412, 413, 418, 421, 422, 423, 424, 499]) {
            const { client, times } = scripted(answer("", { status }))
            yield* run(HttpPipeline.client(patient, client), HttpClientRequest.make(method)(url))
            assert.strictEqual(times.length, 1, `${method} ${status}`)
          }
          for (const status of [408, 425, 429]) {
            const { client, times } = scripted(answer("", { status }))
            yield* run(HttpPipeline.client(patient, client), HttpClientRequest.make(method)(url))
            assert.strictEqual(times.length, 8, `${method} ${status}`)
          }
        }
      }),
    )

    it.effect("retries a 401 once, and only with another token from the authorization gate", () =>
      Effect.gen(function* () {
        const gate = yield* Gate.make("authorization")
        const refused: Array<string> = []
        const authorization = Authorization.of({
          gate,
          token: Effect.sync(() => Redacted.make(`token-${refused.length}`)),
          reject: (token) => Effect.sync(() => void refused.push(Redacted.value(token))),
        })
        const gated = Pipeline.makeUnsafe(Pipeline.retry(), Pipeline.gates({ authorization }))
        const { client, times } = scripted(answer("", { status: 401 }))
        const { error } = yield* run(HttpPipeline.client(gated, client))
        assert.deepStrictEqual([times.length, refused, error?.verdict.closes], [2, ["token-0"], "authorization"])
        const bare = scripted(answer("", { status: 401 }))
        const { error: alone } = yield* run(HttpPipeline.client(patient, bare.client))
        assert.deepStrictEqual([bare.times.length, alone?.verdict.closes], [1, undefined])
      }),
    )

    it.effect(
      "sends as many attempts as the policy allows, regardless of how statuses and transport errors alternate",
      () =>
        Effect.gen(function* () {
          for (const attempts of [1, 2, 3, 8]) {
            const pipeline = Pipeline.makeUnsafe(Pipeline.retry({ attempts }))
            const { client, times } = scripted(busy, reset, busy, reset, busy, reset, busy, reset, busy, reset)
            const { error } = yield* run(HttpPipeline.client(pipeline, client))
            assert.strictEqual(times.length, attempts)
            assert.strictEqual(Timeline.of(error).length, attempts)
          }
        }),
    )

    it.effect("reports a captive portal for a portal's redirect, regardless of the target", () =>
      Effect.gen(function* () {
        for (const location of ["http://portal.example/login", "file:///etc/passwd", "javascript:alert(1)"]) {
          const { client } = scripted(answer(null, { status: 302, headers: { location } }))
          const { error } = yield* run(HttpPipeline.client(Pipeline.makeUnsafe(), client, { json: true }))
          assert.strictEqual(error?._tag, "CaptivePortal", location)
        }
      }),
    )

    it.effect("accepts 2xx and 304, or only the statuses in `expects`", () =>
      Effect.gen(function* () {
        for (const status of [200, 202, 206, 304]) {
          const { client } = scripted(answer(null, { status }))
          assert.strictEqual((yield* run(HttpPipeline.client(patient, client))).status, status)
          const strict = HttpPipeline.client(patient, client, { expects: [200] })
          assert.strictEqual((yield* run(strict)).error?._tag, status === 200 ? undefined : "UnexpectedStatus")
        }
      }),
    )

    it.effect("waits for the server's hint, up to the cap for hints", () =>
      Effect.gen(function* () {
        const pipeline = Pipeline.makeUnsafe(Pipeline.retry({ hintCap: "4 seconds", beyondHintCap: "clamp" }))
        const asks = (seconds: number) => answer("", { status: 503, headers: { "retry-after": `${seconds}` } })
        const { client, times } = scripted(asks(3), asks(3600), ok)
        assert.strictEqual((yield* run(HttpPipeline.client(pipeline, client))).status, 200)
        assert.deepStrictEqual(times, [0, 3, 7])
        const failing = scripted(asks(3), asks(3600), ok)
        const { error } = yield* run(HttpPipeline.client(patient, failing.client))
        assert.deepStrictEqual(failing.times, [120, 123])
        assert.deepStrictEqual(error?.verdict.retryAfter, Duration.hours(1))
      }),
    )

    it.effect(
      "never retries sooner than the policy or the server's hint allows, regardless of the form of the hint",
      () =>
        Effect.gen(function* () {
          for (const [headers, wait] of [
            [{ "retry-after": "2.5" }, 2.5],
            [{ "retry-after-ms": "1340" }, 1.34],
            [{ "x-amz-retry-after": "2500" }, 2.5],
            [{ "x-ratelimit-reset": "6" }, 6],
            [{ ratelimit: '"default";r=0;t=30' }, 30],
            [{ "retry-after": "0" }, 0.5],
            [{ "retry-after": "-1" }, 0.5],
            [{ "retry-after": "Sun, 06 Nov 1994 08:49:37 GMT" }, 0.5],
            [{ "retry-after-ms": "1" }, 0.5],
          ] as const) {
            const { client, times } = scripted(answer("", { status: 429, headers }), ok)
            yield* run(HttpPipeline.client(patient, client))
            assert.closeTo((times[1] ?? 0) - (times[0] ?? 0), wait, 1e-6, JSON.stringify(headers))
          }
        }),
    )

    it.effect("lets the connectivity gate handle the hint of a response that closes the gate", () =>
      Effect.gen(function* () {
        const gate = yield* Gate.make("connectivity")
        const connectivity = Connectivity.of({ ...({} as Connectivity["Service"]), gate, report: () => Effect.void })
        const gated = Pipeline.makeUnsafe(Pipeline.retry(), Pipeline.gates({ connectivity }))
        const { client, times } = scripted(answer("", { status: 502, headers: { "retry-after": "86400" } }), ok)
        assert.strictEqual((yield* run(HttpPipeline.client(gated, client))).status, 200)
        assert.strictEqual((times[1] ?? 0) - (times[0] ?? 0), 0.5)
      }),
    )

    it.effect("does not start a wait that would end after the deadline", () =>
      Effect.gen(function* () {
        const pipeline = Pipeline.makeUnsafe(Pipeline.deadline("10 seconds"), Pipeline.retry())
        const { client } = scripted(answer("", { status: 503, headers: { "retry-after": "11" } }))
        const fiber = yield* Effect.forkChild(Effect.flip(HttpPipeline.client(pipeline, client).get(url)))
        yield* until(0)
        const error = fiber.pollUnsafe()
        assert.isTrue(error !== undefined && Exit.isSuccess(error))
        const exceeded = (yield* Fiber.join(fiber)) as DeadlineExceeded
        assert.deepStrictEqual(
          [exceeded._tag, exceeded.left, exceeded.last?._tag],
          ["DeadlineExceeded", 10_000, "ErrorStatus"],
        )
      }),
    )
  })
})
