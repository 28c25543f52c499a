import { assert, describe, it } from "@effect/vitest"
import {
  Authorization,
  type Classified,
  Connectivity,
  Deadline,
  type DeadlineExceeded,
  Gate,
  Pipeline,
  Timeline,
  Verdict,
} from "@holdfast/core"
import * as AdaptiveLimit from "@holdfast/core/AdaptiveLimit"
import * as Bulkhead from "@holdfast/core/Bulkhead"
import * as CircuitBreaker from "@holdfast/core/CircuitBreaker"
import * as Fallback from "@holdfast/core/Fallback"
import * as Hedge from "@holdfast/core/Hedge"
import * as Observer from "@holdfast/core/Observer"
import * as Throttle from "@holdfast/core/Throttle"
import { ErrorStatus, type HttpAnswer, HttpPipeline, type TransportError } from "@holdfast/http"
import { Clock, Context, Duration, Effect, Exit, Fiber, Redacted } from "effect"
import { HttpBody, type HttpClient, HttpClientRequest, HttpClientResponse } from "effect/http"
import { TestClock } from "effect/testing"
import { getEventListeners } from "node:events"
import * as Util from "node:util"
import { answer, decode, fails, nodeError, scripted, type Step, VendorError, withoutJitter } from "./support/clients.ts"

const url = "https://api.test/v2/me"
const busy = answer("busy", { status: 503 })
const reset = fails("ECONNRESET")
const ok = answer("ok")
const hangs: Step = () => Effect.never
const table = [0, 0.5, 1.5, 3.5, 7.5, 15.5, 31.5, 63.5]
const patient = Pipeline.makeUnsafe(Pipeline.retry())

/** Everything that is due, promises included, until the (virtual) time has come. */
const until = (seconds: number) =>
  Effect.gen(function* () {
    const steps = Math.round(seconds * 2)
    for (let n = 0; n <= steps; n++) {
      yield* Effect.promise(() => new Promise((resolve) => setImmediate(resolve)))
      if (n < steps) yield* TestClock.adjust("500 millis")
    }
  })

/** Runs a call for two minutes, or as long as is said, without jitter. */
const run = <E>(client: HttpClient.HttpClient.With<E>, request = HttpClientRequest.get(url), seconds = 120) =>
  Effect.gen(function* () {
    const fiber = yield* Effect.forkChild(withoutJitter(Effect.exit(client.execute(request))))
    yield* until(seconds)
    const exit = yield* Fiber.join(fiber)
    const error = Exit.isFailure(exit)
      ? exit.cause.reasons.flatMap((reason) => (reason._tag === "Fail" ? reason.error : []))[0]
      : undefined
    return { status: Exit.isSuccess(exit) ? exit.value.status : undefined, error: error as E | undefined }
  })

describe("HttpPipeline.client", () => {
  describe("retries", () => {
    it.effect("makes an error with the verdict of its status of an answer that no decoder explains", () =>
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

    it.effect("does not retry a client error other than 408, 425 and 429, whatever the method", () =>
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

    it.effect("sends a request once more after a 401 only with another token of the authorization gate", () =>
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

    it.effect("sends as often as one policy says, however statuses and faults of transport alternate", () =>
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

    it.effect("treats a portal's redirect as a captive portal, whatever its target", () =>
      Effect.gen(function* () {
        for (const location of ["http://portal.example/login", "file:///etc/passwd", "javascript:alert(1)"]) {
          const { client } = scripted(answer(null, { status: 302, headers: { location } }))
          const { error } = yield* run(HttpPipeline.client(Pipeline.makeUnsafe(), client, { json: true }))
          assert.strictEqual(error?._tag, "CaptivePortal", location)
        }
      }),
    )

    it.effect("takes every status below 400 for a success, or those that are said to be", () =>
      Effect.gen(function* () {
        for (const status of [200, 202, 206, 304]) {
          const { client } = scripted(answer(null, { status }))
          assert.strictEqual((yield* run(HttpPipeline.client(patient, client))).status, status)
          const strict = HttpPipeline.client(patient, client, { expects: [200] })
          assert.strictEqual((yield* run(strict)).error?._tag, status === 200 ? undefined : "UnexpectedStatus")
        }
      }),
    )

    it.effect("waits as long as the server asks, as far as the cap of hints lets it", () =>
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

    it.effect("never retries sooner than its policy or the server's hint, in any form", () =>
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

    it.effect("leaves the hint of an answer that closes the connectivity gate to the gate", () =>
      Effect.gen(function* () {
        const gate = yield* Gate.make("connectivity")
        const connectivity = Connectivity.of({ ...({} as Connectivity["Service"]), gate, report: () => Effect.void })
        const gated = Pipeline.makeUnsafe(Pipeline.retry(), Pipeline.gates({ connectivity }))
        const { client, times } = scripted(answer("", { status: 502, headers: { "retry-after": "86400" } }), ok)
        assert.strictEqual((yield* run(HttpPipeline.client(gated, client))).status, 200)
        assert.strictEqual((times[1] ?? 0) - (times[0] ?? 0), 0.5)
      }),
    )

    it.effect("does not wait for what the deadline will not let it do", () =>
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

  describe("requests that cannot be repeated", () => {
    const post = HttpClientRequest.post(url)

    it.effect("are sent again after a refusal, and not after a status that leaves open what became of them", () =>
      Effect.gen(function* () {
        for (const [status, attempts] of [
          [429, 8],
          [503, 8],
          [408, 8],
          [511, 8],
          [500, 1],
          [502, 1],
          [504, 1],
        ] as const) {
          const { client, times } = scripted(answer("", { status }))
          const { error } = yield* run(HttpPipeline.client(patient, client), post)
          assert.strictEqual(times.length, attempts, `${status}`)
          assert.deepStrictEqual(
            [error?.verdict.retry, error?.verdict.change === "human"],
            attempts === 1 ? ["never", true] : ["always", status === 511],
          )
        }
      }),
    )

    it.effect("are retried after a vendor's error only if it is not applied", () =>
      Effect.gen(function* () {
        const again = Verdict.always()
        for (const [status, verdict, attempts] of [
          [500, again, 1],
          [500, Verdict.always({ applied: "no" }), 8],
          [500, Verdict.always({ applied: "maybe" }), 1],
          [520, again, 1],
          [503, again, 8],
          [503, Verdict.always({ applied: "maybe" }), 1],
          [429, again, 8],
          [409, again, 8],
        ] as const) {
          const decode = (answer: HttpAnswer) => new VendorError({ answer, verdict })
          for (const [method, times] of [
            [HttpClientRequest.post(url), attempts],
            [HttpClientRequest.patch(url), attempts],
            [HttpClientRequest.put(url), 8],
            [HttpClientRequest.setHeader(HttpClientRequest.post(url), "idempotency-key", "k"), 8],
          ] as const) {
            const script = scripted(answer("", { status }))
            const { error } = yield* run(HttpPipeline.client(patient, script.client, { decode }), method)
            assert.strictEqual(script.times.length, times, `${status} ${verdict.applied}`)
            assert.deepStrictEqual(error?.verdict, verdict, "the vendor's word stays")
          }
        }
      }),
    )

    it.effect("are retried after an attempt that a breaker rejected", () =>
      Effect.gen(function* () {
        const breaker = CircuitBreaker.makeUnsafe({ consecutive: 1, open: "3 seconds" })
        const pipeline = Pipeline.makeUnsafe(Pipeline.retry(), Pipeline.breaker(breaker))
        const { client, times } = scripted(fails("ECONNREFUSED"), ok)
        assert.strictEqual((yield* run(HttpPipeline.client(pipeline, client), post)).status, 200)
        assert.strictEqual(times.length, 2)
      }),
    )

    it.effect("become repeatable by their key, and where all requests are", () =>
      Effect.gen(function* () {
        const keyed = HttpClientRequest.setHeader(post, "Idempotency-Key", "k")
        for (const [request, idempotent, attempts] of [
          [post, false, 1],
          [keyed, false, 8],
          [post, true, 8],
        ] as const) {
          for (const step of [reset, answer("", { status: 502 })]) {
            const { client, times } = scripted(step)
            yield* run(HttpPipeline.client(patient, client, { idempotent }), request)
            assert.strictEqual(times.length, attempts)
          }
        }
      }),
    )

    it.effect("are those with a stream for a body, whatever the method and the verdict of the vendor", () =>
      Effect.gen(function* () {
        const body = HttpBody.raw(new ReadableStream())
        const request = HttpClientRequest.setBody(HttpClientRequest.put(url), body)
        for (const step of [busy, reset, fails("ECONNREFUSED"), hangs]) {
          const { client, times } = scripted(step)
          const pipeline = Pipeline.makeUnsafe(Pipeline.retry(), Pipeline.timeout("5 seconds"))
          const { error } = yield* run(HttpPipeline.client(pipeline, client, { idempotent: true }), request)
          assert.strictEqual(times.length, 1)
          assert.strictEqual(error?.verdict.retry, "never")
          assert.strictEqual(Timeline.of(error)[0]?.error, error)
        }
        const { client, times } = scripted(busy)
        const { error } = yield* run(HttpPipeline.client(patient, client, { decode }), request)
        assert.strictEqual(times.length, 1)
        assert.instanceOf(error, VendorError)
        assert.strictEqual(error.verdict.retry, "always", "the vendor's word stays")
        assert.deepStrictEqual(
          Timeline.of(error).map(({ decidedBy, error: of }) => [of, decidedBy]),
          [[error, "verdict"]],
        )
      }),
    )
  })

  it.effect("lets a breaker judge the service by faults after which a POST must not be sent again", () =>
    Effect.gen(function* () {
      const post = HttpClientRequest.post(url)
      for (const step of [reset, hangs, answer("", { status: 500 }), answer("", { status: 502 })]) {
        const breaker = CircuitBreaker.makeUnsafe({ consecutive: 2 })
        const pipeline = Pipeline.makeUnsafe(
          Pipeline.retry({ attempts: 2 }),
          Pipeline.breaker(breaker),
          Pipeline.timeout("5 seconds"),
        )
        const { client, times } = scripted(step)
        const guarded = HttpPipeline.client(pipeline, client)
        for (const state of ["Closed", "Open"]) {
          assert.strictEqual((yield* run(guarded, post, 10)).error?.verdict.retry, "never")
          assert.strictEqual((yield* CircuitBreaker.state(breaker))._tag, state)
        }
        assert.strictEqual(times.length, 2)
      }
    }),
  )

  it.effect("counts a request that used up its time as a drop of an adaptive limit and of a throttle", () =>
    Effect.gen(function* () {
      const limit = AdaptiveLimit.makeUnsafe({ algorithm: "aimd", initial: 10 })
      const throttle = Throttle.makeUnsafe()
      const pipeline = Pipeline.makeUnsafe(Pipeline.limits(throttle, limit), Pipeline.timeout("5 seconds"))
      const { client } = scripted(hangs)
      const { error } = yield* run(HttpPipeline.client(pipeline, client), HttpClientRequest.get(url), 10)
      assert.strictEqual(error?._tag, "RequestTimedOut")
      assert.strictEqual((yield* AdaptiveLimit.stats(limit)).limit, 9)
      assert.deepInclude(yield* Throttle.stats(throttle), { requests: 1, accepts: 0 })
    }),
  )

  it.effect("makes a copy of a slow request that can be repeated, and of no other", () =>
    Effect.gen(function* () {
      const pipeline = Pipeline.makeUnsafe(Pipeline.hedge(Hedge.makeUnsafe({ delay: "1 second" })))
      const stream = HttpBody.raw(new ReadableStream())
      for (const [request, attempts] of [
        [HttpClientRequest.get(url), 2],
        [HttpClientRequest.post(url), 1],
        [HttpClientRequest.setHeader(HttpClientRequest.post(url), "idempotency-key", "k"), 2],
        [HttpClientRequest.setBody(HttpClientRequest.put(url), stream), 1],
      ] as const) {
        const { client, times } = scripted(hangs, ok)
        const fiber = yield* Effect.forkChild(HttpPipeline.client(pipeline, client).execute(request))
        yield* until(3)
        assert.strictEqual(times.length, attempts)
        assert.strictEqual(fiber.pollUnsafe() === undefined, attempts === 1)
        yield* Fiber.interrupt(fiber)
      }
    }),
  )

  it.effect("sends a body that is gone afterwards when a limit that refused it has room", () =>
    Effect.gen(function* () {
      const pipeline = Pipeline.makeUnsafe(Pipeline.retry(), Pipeline.limits(Bulkhead.makeUnsafe({ permits: 1 })))
      const occupied = Effect.forkChild(Pipeline.run(pipeline, Effect.sleep("1 second")), { startImmediately: true })
      const body = new ReadableStream()
      yield* occupied
      const { client, times } = scripted(ok)
      const request = HttpClientRequest.setBody(HttpClientRequest.put(url), HttpBody.raw(body))
      assert.strictEqual((yield* run(HttpPipeline.client(pipeline, client), request)).status, 200)
      assert.deepStrictEqual(times, [1.5])
      yield* occupied
      const net = yield* network(replies(200))
      const seen = watch(
        HttpPipeline.fetch(pipeline, net.fetch, { context: net.context })(url, { method: "PUT", body }),
      )
      yield* until(5)
      assert.deepStrictEqual([seen.response?.status, net.asked.length], [200, 1])
    }),
  )

  describe("deadlines", () => {
    it.effect("are told to the server in seconds or as gRPC does, as they are at each attempt", () =>
      Effect.gen(function* () {
        for (const { deadlineHeader, values } of [
          { deadlineHeader: "x-request-timeout", values: ["20", "19.5", "18.5"] },
          { deadlineHeader: "grpc-timeout", values: ["20000m", "19500m", "18500m"] },
        ] as const) {
          const { client, requests } = scripted(busy, busy, ok)
          const pipeline = Pipeline.makeUnsafe(Pipeline.deadline("20 seconds"), Pipeline.retry())
          yield* run(HttpPipeline.client(pipeline, client, { deadlineHeader }))
          assert.deepStrictEqual(
            requests.map(({ headers }) => headers[deadlineHeader]),
            [...values],
          )
        }
        const { client, requests } = scripted(ok)
        yield* run(HttpPipeline.client(patient, client, { deadlineHeader: "grpc-timeout" }))
        assert.isUndefined(requests[0]?.headers["grpc-timeout"])
      }),
    )

    it.effect("of more milliseconds than gRPC has digits for are in seconds", () =>
      Effect.gen(function* () {
        const { client, requests } = scripted(ok)
        const pipeline = Pipeline.makeUnsafe(Pipeline.deadline("100000 seconds"), Pipeline.retry())
        yield* run(HttpPipeline.client(pipeline, client, { deadlineHeader: "grpc-timeout" }))
        assert.strictEqual(requests[0]?.headers["grpc-timeout"], "100000S")
      }),
    )

    it.effect("are read from the headers of a request, the nearer of two", () =>
      Effect.gen(function* () {
        yield* TestClock.adjust("1 second")
        const read = (headers: Record<string, string>) =>
          Effect.map(HttpPipeline.deadlineFrom(headers), (deadline) => deadline?.limit)
        assert.deepStrictEqual(yield* HttpPipeline.deadlineFrom({ "x-request-timeout": "2.5" }), {
          at: 3500,
          limit: 2500,
        })
        assert.strictEqual(yield* read({ "grpc-timeout": "1H" }), 3_600_000)
        assert.strictEqual(yield* read({ "grpc-timeout": "2M" }), 120_000)
        assert.strictEqual(yield* read({ "grpc-timeout": "3S" }), 3000)
        assert.strictEqual(yield* read({ "grpc-timeout": "4m" }), 4)
        assert.strictEqual(yield* read({ "grpc-timeout": "5000u" }), 5)
        assert.strictEqual(yield* read({ "grpc-timeout": "6000000n" }), 6)
        assert.strictEqual(yield* read({ "grpc-timeout": "3S", "x-request-timeout": "2" }), 2000)
        assert.strictEqual(yield* read({ "x-request-timeout": " 7 " }), 7000)
        const web = new Headers({ "X-Request-Timeout": "7" })
        assert.strictEqual((yield* HttpPipeline.deadlineFrom(web))?.limit, 7000)
      }),
    )

    it.effect("that are no time are none", () =>
      Effect.gen(function* () {
        for (const value of ["", "soon", "-1", "1e3", "Infinity", "NaN", "1,5", "0x10", "1 2"]) {
          assert.isUndefined(yield* HttpPipeline.deadlineFrom({ "x-request-timeout": value }), value)
        }
        for (const value of ["", "5", "5s", "123456789m", "-1S", "1.5S", "S"]) {
          assert.isUndefined(yield* HttpPipeline.deadlineFrom({ "grpc-timeout": value }), value)
        }
        assert.isUndefined(yield* HttpPipeline.deadlineFrom({}))
      }),
    )

    it.effect("of a caller bound the calls made for it", () =>
      Effect.gen(function* () {
        const deadline = yield* HttpPipeline.deadlineFrom({ "x-request-timeout": "4" })
        const { client, times } = scripted(busy)
        const bounded = HttpPipeline.client(Pipeline.makeUnsafe(Pipeline.deadline("1 hour"), Pipeline.retry()), client)
        const call = Effect.provideService(Effect.flip(bounded.get(url)), Deadline.Current, deadline)
        const fiber = yield* Effect.forkChild(withoutJitter(call))
        yield* until(10)
        assert.strictEqual((yield* Fiber.join(fiber))._tag, "DeadlineExceeded")
        assert.deepStrictEqual(times, [0, 0.5, 1.5, 3.5])
      }),
    )
  })

  it("has exactly the errors that its stages add", () => {
    const { client } = scripted(ok)
    const plain: HttpClient.HttpClient.With<ErrorStatus | TransportError> = HttpPipeline.client(patient, client)
    const bounded = Pipeline.makeUnsafe(Pipeline.deadline("1 minute"), Pipeline.retry(), Pipeline.timeout("1 second"))
    const timed: HttpClient.HttpClient.With<VendorError | TransportError | DeadlineExceeded> = HttpPipeline.client(
      bounded,
      client,
      { decode },
    )
    // @ts-expect-error -- the deadline adds an error
    const wrong: HttpClient.HttpClient.With<ErrorStatus | TransportError> = HttpPipeline.client(bounded, client)
    const decoding = Pipeline.makeUnsafe(
      Pipeline.retry(),
      Pipeline.decode((error: Classified) => error),
    )
    // @ts-expect-error -- errors of HTTP are decoded already
    const twice = HttpPipeline.client(decoding, client)
    const lesser = Pipeline.makeUnsafe(Pipeline.fallback(Fallback.value("no response")), Pipeline.retry())
    // @ts-expect-error -- a fallback around HTTP answers with a response
    const texts = HttpPipeline.client(lesser, client)
    // @ts-expect-error -- also around fetch
    const fetches = HttpPipeline.fetch(lesser)
    // @ts-expect-error -- two retries would multiply
    assert.isFunction(HttpPipeline.fetch(patient, HttpPipeline.fetch(patient)))
    assert.isDefined(plain ?? timed ?? wrong ?? twice ?? texts ?? fetches)
  })
})

it.effect("a fallback answers where nobody else does, and takes its errors away", () =>
  Effect.gen(function* () {
    const cached = HttpClientResponse.fromWeb(HttpClientRequest.get(url), new Response("old", { status: 203 }))
    const pipeline = Pipeline.makeUnsafe(Pipeline.fallback(Fallback.value(cached)), Pipeline.retry({ attempts: 2 }))
    const { client, times } = scripted(busy)
    const safe: HttpClient.HttpClient.With<never> = HttpPipeline.client(pipeline, client)
    assert.strictEqual((yield* run(safe)).status, 203)
    assert.strictEqual(times.length, 2)
    const net = yield* network(breaks("ECONNRESET"))
    const old = new Response("old")
    const answering = Pipeline.makeUnsafe(Pipeline.fallback(Fallback.value(old)), Pipeline.retry({ attempts: 2 }))
    const seen = watch(HttpPipeline.fetch(answering, net.fetch, { context: net.context })(url))
    yield* until(2)
    assert.strictEqual(seen.response, old)
  }),
)

type Asked = { readonly input: RequestInfo | URL; readonly init: RequestInit | undefined; readonly at: number }
type Reply = (signal: AbortSignal) => Promise<Response>

const replies =
  (status: number, headers: HeadersInit = {}): Reply =>
  async () =>
    new Response(`${status}`, { status, headers })
const breaks =
  (code: string): Reply =>
  async () => {
    throw new TypeError("fetch failed", { cause: nodeError(code) })
  }
/** As `fetch` does when nothing comes: it ends with its signal. */
const silent: Reply = (signal) =>
  new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason), { once: true }))

/** A `fetch` that plays the replies in turn, the last one for ever, and a `fetch` around it. */
const network = (...script: ReadonlyArray<Reply>) =>
  Effect.gen(function* () {
    const context = (yield* withoutJitter(Effect.context<never>())) as Context.Context<never>
    const clock = Context.get(context, Clock.Clock)
    const asked: Array<Asked> = []
    const signals: Array<AbortSignal> = []
    const answers: Array<Response> = []
    const fetch: typeof globalThis.fetch = async (input, init) => {
      asked.push({ input, init, at: clock.currentTimeMillisUnsafe() / 1000 })
      signals.push(init!.signal!)
      const response = await script[Math.min(asked.length, script.length) - 1]!(init!.signal!)
      answers.push(response)
      return response
    }
    const times = () => asked.map(({ at }) => at)
    return { asked, answers, context, fetch, signals, times }
  })

/** What became of a promise so far. */
const watch = (promise: Promise<Response>) => {
  const seen: { response?: Response; error?: unknown } = {}
  promise.then(
    (response) => (seen.response = response),
    (error: unknown) => (seen.error = error),
  )
  return seen
}

describe("HttpPipeline.fetch", () => {
  it.effect("sends once what succeeds, as it was given, and in the same turn", () =>
    Effect.gen(function* () {
      const net = yield* network(replies(200))
      const steady = HttpPipeline.fetch(patient, net.fetch, { context: net.context })
      const seen = watch(steady(url, { method: "PUT", body: "b", headers: { a: "1" }, redirect: "manual" }))
      assert.strictEqual(net.asked.length, 1)
      yield* until(0)
      assert.strictEqual(seen.response, net.answers[0])
      const { signal, ...rest } = net.asked[0]!.init!
      assert.deepStrictEqual(rest, { method: "PUT", body: "b", headers: { a: "1" }, redirect: "manual" })
      assert.isFalse(signal!.aborted)
    }),
  )

  it.effect("takes any status below 400 for a success", () =>
    Effect.gen(function* () {
      const net = yield* network(async () => new Response(null, { status: 304 }))
      const seen = watch(HttpPipeline.fetch(patient, net.fetch, { context: net.context, onStatus: "reject" })(url))
      yield* until(2)
      assert.deepStrictEqual([seen.response?.status, net.asked.length], [304, 1])
    }),
  )

  it.effect("sends again after faults of transport and statuses, and counts them together", () =>
    Effect.gen(function* () {
      const net = yield* network(replies(503), breaks("ECONNRESET"), replies(502), breaks("ECONNREFUSED"), replies(201))
      const seen = watch(HttpPipeline.fetch(patient, net.fetch, { context: net.context })(url))
      yield* until(70)
      assert.strictEqual(seen.response?.status, 201)
      assert.deepStrictEqual(net.times(), table.slice(0, 5))
      const alternating = yield* network(
        ...Array.from({ length: 20 }, (_, n) => (n % 2 === 0 ? replies(503) : breaks("EPIPE"))),
      )
      watch(HttpPipeline.fetch(patient, alternating.fetch, { context: alternating.context })(url))
      yield* until(600)
      assert.strictEqual(alternating.asked.length, 8)
    }),
  )

  it.effect("honours Retry-After, in seconds or as a date, up to the cap", () =>
    Effect.gen(function* () {
      const at = (seconds: number) => `Thu, 01 Jan 1970 00:00:${String(seconds).padStart(2, "0")} GMT`
      const net = yield* network(
        replies(503, { "retry-after": "2" }),
        replies(429, { "retry-after": at(7) }),
        replies(429, { "retry-after": "3600" }),
        replies(429, { date: "Sun, 06 Nov 2033 08:49:37 GMT", "retry-after": "Sun, 06 Nov 2033 08:49:43 GMT" }),
        replies(200),
      )
      const pipeline = Pipeline.makeUnsafe(Pipeline.retry({ hintCap: "9 seconds", beyondHintCap: "clamp" }))
      const seen = watch(HttpPipeline.fetch(pipeline, net.fetch, { context: net.context })(url))
      yield* until(30)
      assert.strictEqual(seen.response?.status, 200)
      assert.deepStrictEqual(net.times(), [0, 2, 7, 16, 22])
    }),
  )

  describe("when the attempts have ended", () => {
    it.effect("gives the last answer with its body, and lets those before go", () =>
      Effect.gen(function* () {
        const net = yield* network(replies(503))
        const pipeline = Pipeline.makeUnsafe(Pipeline.retry({ attempts: 3 }))
        const seen = watch(HttpPipeline.fetch(pipeline, net.fetch, { context: net.context })(url))
        yield* until(1)
        assert.deepStrictEqual(
          net.answers.map(({ bodyUsed }) => bodyUsed),
          [true, true],
          "each is let go when its attempt has ended",
        )
        yield* until(10)
        assert.strictEqual(net.answers.length, 3)
        assert.strictEqual(seen.response, net.answers[2])
        assert.strictEqual(yield* Effect.promise(() => seen.response!.text()), "503")
        for (const response of net.answers.slice(0, 2)) {
          assert.isTrue(response.bodyUsed, "it was cancelled")
        }
        assert.deepStrictEqual(
          Timeline.of(seen.response).map(({ decidedBy, error }) => [error._tag, decidedBy]),
          [
            ["ErrorStatus", "backoff"],
            ["ErrorStatus", "backoff"],
            ["ErrorStatus", "attempts"],
          ],
        )
      }),
    )

    it.effect("rejects with the status where that is wanted, and shows the answer in no log", () =>
      Effect.gen(function* () {
        const net = yield* network(replies(404, { "set-cookie": "secret" }))
        const steady = HttpPipeline.fetch(patient, net.fetch, { context: net.context, onStatus: "reject" })
        const seen = watch(steady(`${url}?secret=1`))
        yield* until(10)
        const error = seen.error as ErrorStatus
        assert.instanceOf(error, ErrorStatus)
        assert.deepStrictEqual([error.status, error.verdict.retry, Timeline.of(error).length], [404, "never", 1])
        assert.strictEqual(error.response, net.answers[0])
        assert.strictEqual(yield* Effect.promise(() => error.response!.text()), "404")
        assert.notInclude(Util.inspect(error, { depth: 9, showHidden: true }) + JSON.stringify(error), "secret")
      }),
    )

    it.effect("has the answer also where the verdict is another one for a POST", () =>
      Effect.gen(function* () {
        const net = yield* network(replies(500))
        const steady = HttpPipeline.fetch(patient, net.fetch, { context: net.context, onStatus: "reject" })
        const seen = watch(steady(url, { method: "POST" }))
        yield* until(10)
        const error = seen.error as ErrorStatus
        assert.deepStrictEqual([error.verdict.retry, net.asked.length], ["never", 1])
        assert.strictEqual(error.response, net.answers[0])
        assert.strictEqual(Timeline.of(error)[0]?.error, error)
      }),
    )

    it.effect("rejects with the error of transport, which has the attempts", () =>
      Effect.gen(function* () {
        const net = yield* network(replies(503), breaks("ECONNRESET"))
        const pipeline = Pipeline.makeUnsafe(Pipeline.retry({ attempts: 2 }))
        const seen = watch(HttpPipeline.fetch(pipeline, net.fetch, { context: net.context })(`${url}?secret=1`))
        yield* until(10)
        const error = seen.error as TransportError
        assert.deepStrictEqual(
          [error._tag, error.url, error.method, error.reached],
          ["ConnectionReset", url, "GET", "maybe"],
        )
        assert.strictEqual(Timeline.of(error).length, 2)
        assert.isTrue(net.answers[0]?.bodyUsed, "it was cancelled")
      }),
    )

    it.effect("gives the answer for which the deadline leaves no other attempt, and rejects where there is none", () =>
      Effect.gen(function* () {
        const pipeline = Pipeline.makeUnsafe(Pipeline.deadline("5 seconds"), Pipeline.retry())
        const busy = yield* network(replies(503, { "retry-after": "6" }))
        const answered = watch(HttpPipeline.fetch(pipeline, busy.fetch, { context: busy.context })(url))
        const refused = watch(
          HttpPipeline.fetch(pipeline, busy.fetch, { context: busy.context, onStatus: "reject" })(url),
        )
        yield* until(0)
        assert.strictEqual(answered.response?.status, 503)
        assert.deepStrictEqual(
          Timeline.of(answered.response).map(({ decidedBy }) => decidedBy),
          ["deadline"],
        )
        assert.strictEqual((refused.error as DeadlineExceeded)._tag, "DeadlineExceeded")
        const quiet = yield* network(replies(503), silent)
        const unanswered = watch(HttpPipeline.fetch(pipeline, quiet.fetch, { context: quiet.context })(url))
        yield* until(6)
        assert.strictEqual((unanswered.error as DeadlineExceeded)._tag, "DeadlineExceeded")
        assert.isTrue(quiet.signals[1]?.aborted)
      }),
    )
  })

  describe("with a hedge", () => {
    it.effect("gives the answer of the copy, and ends the first request", () =>
      Effect.gen(function* () {
        const net = yield* network(silent, replies(200))
        const pipeline = Pipeline.makeUnsafe(Pipeline.hedge(Hedge.makeUnsafe({ delay: "1 second" })))
        const seen = watch(HttpPipeline.fetch(pipeline, net.fetch, { context: net.context })(url))
        yield* until(2)
        assert.strictEqual(seen.response, net.answers[0])
        assert.deepStrictEqual(
          net.signals.map(({ aborted }) => aborted),
          [true, false],
        )
        const init = { method: "PUT", body: new ReadableStream() }
        const single = yield* network(silent)
        watch(HttpPipeline.fetch(pipeline, single.fetch, { context: single.context })(url, init))
        yield* until(2)
        assert.strictEqual(single.asked.length, 1)
      }),
    )

    it.effect("gives the answer that says most with its body, though another copy was sent after it", () =>
      Effect.gen(function* () {
        let late: (response: Response) => void = () => undefined
        const slow = new Promise<Response>((resolve) => {
          late = resolve
        })
        const net = yield* network(() => slow, replies(503), replies(500))
        const pipeline = Pipeline.makeUnsafe(Pipeline.hedge(Hedge.makeUnsafe({ delay: "1 second", max: 2 })))
        const seen = watch(HttpPipeline.fetch(pipeline, net.fetch, { context: net.context })(url))
        yield* until(3)
        assert.strictEqual(net.asked.length, 3)
        late(new Response("", { status: 500 }))
        yield* until(0)
        assert.strictEqual(seen.response?.status, 503)
        assert.strictEqual(yield* Effect.promise(() => seen.response!.text()), "503")
      }),
    )
  })

  it.effect("ends an attempt that takes too long, and the request with it", () =>
    Effect.gen(function* () {
      const net = yield* network(silent, replies(200))
      const pipeline = Pipeline.makeUnsafe(Pipeline.retry(), Pipeline.timeout("3 seconds"))
      const seen = watch(HttpPipeline.fetch(pipeline, net.fetch, { context: net.context })(url))
      const lost = yield* network(silent)
      const posted = watch(HttpPipeline.fetch(pipeline, lost.fetch, { context: lost.context })(url, { method: "POST" }))
      yield* until(5)
      assert.strictEqual(seen.response?.status, 200)
      assert.deepStrictEqual(net.times(), [0, 3.5])
      assert.isTrue(net.signals[0]?.aborted)
      assert.isFalse(net.signals[1]?.aborted)
      const watched = yield* network(silent)
      const { signal } = new AbortController()
      watch(HttpPipeline.fetch(pipeline, watched.fetch, { context: watched.context })(url, { signal }))
      yield* until(4)
      assert.deepStrictEqual(
        watched.signals.map(({ aborted }) => aborted),
        [true, false],
      )
      assert.isFalse(signal.aborted)
      const { _tag, message, verdict } = posted.error as TransportError
      assert.deepStrictEqual([_tag, verdict.retry, lost.times()], ["RequestTimedOut", "never", [0]])
      assert.strictEqual(message, `Timed out: POST ${url}: no answer within 3s`)
    }),
  )

  describe("the signal of the call", () => {
    const reason = new Error("the person went away")

    it.effect("that is aborted already sends nothing", () =>
      Effect.gen(function* () {
        const net = yield* network(replies(200))
        const seen = watch(HttpPipeline.fetch(patient, net.fetch)(url, { signal: AbortSignal.abort(reason) }))
        yield* until(0)
        assert.strictEqual(seen.error, reason)
        assert.strictEqual(net.asked.length, 0)
      }),
    )

    const inPhase = (
      phase: string,
      make: Effect.Effect<{
        readonly pipeline: Pipeline.Pipeline
        readonly script: ReadonlyArray<Reply>
        readonly sent: number
      }>,
      request?: (signal: AbortSignal) => Request,
    ) =>
      it.effect(`ends it at once ${phase}`, () =>
        Effect.gen(function* () {
          const { pipeline, script, sent } = yield* make
          const net = yield* network(...script)
          const controller = new AbortController()
          const { signal } = controller
          const steady = HttpPipeline.fetch(pipeline, net.fetch, { context: net.context })
          const seen = watch(request === undefined ? steady(url, { signal }) : steady(request(signal)))
          yield* until(1)
          assert.deepStrictEqual(seen, {})
          assert.strictEqual(net.asked.length, sent)
          controller.abort(reason)
          yield* Effect.promise(() => Promise.resolve())
          assert.strictEqual(seen.error, reason)
          yield* until(120)
          assert.strictEqual(net.asked.length, sent, "nothing is sent afterwards")
          for (const response of net.answers) assert.isTrue(response.bodyUsed, "it was cancelled")
        }),
      )

    const closed = Effect.gen(function* () {
      const gate = yield* Gate.make("maintenance")
      yield* gate.close("night")
      return {
        pipeline: Pipeline.makeUnsafe(Pipeline.retry(), Pipeline.gates({ others: [gate] })),
        script: [replies(200)],
        sent: 0,
      }
    })
    const full = Effect.gen(function* () {
      const bulkhead = Bulkhead.makeUnsafe({ permits: 1, queue: 5 })
      const pipeline = Pipeline.makeUnsafe(Pipeline.retry(), Pipeline.limits(bulkhead))
      yield* Effect.forkChild(Pipeline.run(pipeline, Effect.never as Effect.Effect<void>), { startImmediately: true })
      return { pipeline, script: [replies(200)], sent: 0 }
    })
    const backingOff = { pipeline: patient, script: [replies(503, { "retry-after": "20" })], sent: 1 }

    inPhase("in a request", Effect.succeed({ pipeline: patient, script: [silent], sent: 1 }))
    inPhase("in a wait between attempts", Effect.succeed(backingOff))
    inPhase("at a closed gate", closed)
    inPhase("in a queue", full)
    inPhase("when it is the signal of a Request", Effect.succeed(backingOff), (signal) => new Request(url, { signal }))

    it.effect("is listened to no longer than the call lasts", () =>
      Effect.gen(function* () {
        for (const reply of [replies(200), replies(404), breaks("ECONNRESET")]) {
          const net = yield* network(reply)
          const { signal } = new AbortController()
          const pipeline = Pipeline.makeUnsafe(Pipeline.retry({ attempts: 2 }))
          watch(HttpPipeline.fetch(pipeline, net.fetch, { context: net.context })(url, { signal }))
          assert.strictEqual(getEventListeners(signal, "abort").length, 1)
          yield* until(5)
          assert.strictEqual(getEventListeners(signal, "abort").length, 0)
        }
      }),
    )

    it.effect("ends the reading of the body, too", () =>
      Effect.gen(function* () {
        const net = yield* network(replies(200))
        const controller = new AbortController()
        watch(HttpPipeline.fetch(patient, net.fetch, { context: net.context })(url, { signal: controller.signal }))
        yield* until(0)
        assert.isFalse(net.signals[0]?.aborted)
        controller.abort(reason)
        assert.isTrue(net.signals[0]?.aborted)
        assert.strictEqual(net.signals[0]?.reason, reason)
      }),
    )
  })

  describe("what must not be sent twice", () => {
    const attempts = (init: RequestInit, reply: Reply, options: HttpPipeline.FetchOptions = {}) =>
      Effect.gen(function* () {
        const net = yield* network(reply)
        watch(HttpPipeline.fetch(patient, net.fetch, { ...options, context: net.context })(url, init))
        yield* until(70)
        return net.asked.length
      })

    it.effect("is a body that is gone after the first time", () =>
      Effect.gen(function* () {
        async function* generated() {
          yield new Uint8Array(1)
        }
        for (const reply of [replies(503), breaks("ECONNRESET"), breaks("ECONNREFUSED")]) {
          for (const body of [new ReadableStream(), generated()] as ReadonlyArray<BodyInit>) {
            assert.strictEqual(yield* attempts({ method: "PUT", body }, reply, { idempotent: true }), 1)
          }
          const net = yield* network(reply)
          const request = new Request(url, { method: "PUT", body: "b" })
          watch(HttpPipeline.fetch(patient, net.fetch, { context: net.context })(request))
          yield* until(70)
          assert.strictEqual(net.asked.length, 1)
        }
      }),
    )

    it.effect("is no body that can be had again", () =>
      Effect.gen(function* () {
        for (const body of [
          "text",
          new Uint8Array(2),
          new ArrayBuffer(2),
          new Blob(["b"]),
          new FormData(),
          new URLSearchParams({ a: "b" }),
          null,
        ]) {
          assert.strictEqual(yield* attempts({ method: "PUT", body }, breaks("ECONNRESET")), 8)
        }
      }),
    )

    it.effect("is a POST of which nobody knows whether it was carried out, unless a key tells the server", () =>
      Effect.gen(function* () {
        const maybe = [breaks("ECONNRESET"), replies(500), replies(502), replies(504)]
        const headers = { "Idempotency-Key": "k" }
        for (const method of ["POST", "post", "PATCH"]) {
          for (const reply of maybe) assert.strictEqual(yield* attempts({ method }, reply), 1)
          assert.strictEqual(yield* attempts({ method }, breaks("ECONNREFUSED")), 8)
          assert.strictEqual(yield* attempts({ method }, replies(503)), 8)
          assert.strictEqual(yield* attempts({ method, headers }, breaks("ECONNRESET")), 8)
          assert.strictEqual(yield* attempts({ method }, breaks("ECONNRESET"), { idempotent: true }), 8)
        }
      }),
    )

    it.effect("is what fetch itself refuses: a wrong address or a wrong header say nothing about the network", () =>
      Effect.gen(function* () {
        const { context } = yield* network(replies(200))
        for (const [input, init] of [
          ["not a URL with a secret", {}],
          [url, { headers: { authorization: "secret\n1" } }],
        ] as const) {
          const seen = watch(HttpPipeline.fetch(patient, undefined, { context })(input, init))
          yield* until(0)
          const error = seen.error as TransportError
          assert.deepStrictEqual(
            [error._tag, error.verdict.retry, error.verdict.closes, error.reached],
            ["TransportFailure", "never", undefined, "nothing"],
          )
          assert.notInclude(Util.inspect({ ...error, url: "" }, { depth: 9 }), "secret")
        }
      }),
    )
  })

  describe("what it fails with", () => {
    const failing = (thrown: unknown, input: RequestInfo | URL = url, init: RequestInit = {}) =>
      Effect.gen(function* () {
        const net = yield* network(async () => {
          throw thrown
        })
        const pipeline = Pipeline.makeUnsafe(Pipeline.retry({ attempts: 2 }))
        const seen = watch(HttpPipeline.fetch(pipeline, net.fetch, { context: net.context })(input, init))
        yield* until(5)
        return { error: seen.error as TransportError, asked: net.asked.length }
      })

    it.effect("is a transport error with any message, and retried", () =>
      Effect.gen(function* () {
        for (const words of [
          "Network request failed",
          "The network connection was lost.",
          "fetch failed",
          "Load failed",
          "NetworkError when attempting to fetch resource.",
          "The Internet connection appears to be offline.",
          "A server with the specified hostname could not be found.",
          "cancelled",
          "Die Netzwerkverbindung wurde unterbrochen.",
          "ネットワーク接続が切れました",
          "Invalid argument",
          "",
        ]) {
          for (const thrown of [
            new TypeError(words),
            new Error(words),
            Object.assign(new Error(words), { code: "ODD" }),
          ]) {
            const { asked, error } = yield* failing(thrown)
            assert.strictEqual(asked, 2, words)
            assert.deepStrictEqual(
              [error._tag, error.verdict.retry, error.verdict.closes, error.reached],
              ["TransportFailure", "always", "connectivity", "maybe"],
            )
            assert.strictEqual((yield* failing(thrown, url, { method: "POST" })).asked, 1)
          }
        }
        assert.strictEqual((yield* failing("offline")).asked, 2)
        assert.strictEqual((yield* failing(undefined)).asked, 2)
      }),
    )

    it.effect("is a timeout if its own time limit ended it, and is not retried if it was aborted", () =>
      Effect.gen(function* () {
        const late = yield* failing(new DOMException("The operation timed out", "TimeoutError"))
        assert.deepStrictEqual([late.error._tag, late.asked], ["RequestTimedOut", 2])
        const aborted = yield* failing(new DOMException("This operation was aborted", "AbortError"))
        assert.deepStrictEqual([aborted.error.verdict.retry, aborted.asked], ["never", 1])
      }),
    )

    it.effect("is about an argument before anything is sent", () =>
      Effect.gen(function* () {
        const consumed = new Request(url, { method: "PUT", body: "secret" })
        yield* Effect.promise(() => consumed.text())
        const locked = new ReadableStream()
        locked.getReader()
        for (const [input, init] of [
          ["http://[secret", {}],
          ["http://a.test:999999", {}],
          [url, { headers: { authorization: "secret\n1" } }],
          [url, { headers: { "no name": "secret" } }],
          [url, { headers: [["one"]] as unknown as HeadersInit }],
          [url, { headers: 1 as unknown as HeadersInit }],
          [url, { method: "GET", body: "secret" }],
          [url, { body: "secret" }],
          [url, { method: "head", body: "secret" }],
          [url, { method: "NO METHOD" }],
          [url, { method: "CONNECT" }],
          [url, { method: "TRACE" }],
          [url, { signal: {} as AbortSignal }],
          [url, { method: "PUT", body: locked }],
          [consumed, {}],
        ] as ReadonlyArray<readonly [RequestInfo, RequestInit]>) {
          const { asked, error } = yield* failing(new TypeError("sent"), input, init)
          assert.deepStrictEqual(
            [asked, error._tag, error.verdict.retry, error.verdict.closes, error.reached],
            [0, "TransportFailure", "never", undefined, "nothing"],
            JSON.stringify([input, init]),
          )
          assert.notInclude(Util.inspect({ ...error, url: "" }, { depth: 9 }), "secret")
        }
      }),
    )

    it.effect("is about an argument that only the platform knows, and about an address that it does not fetch", () =>
      Effect.gen(function* () {
        for (const init of [
          { mode: "navigate" },
          { credentials: "some" },
          { cache: "only-if-cached" },
          { redirect: "up" },
        ]) {
          const { asked, error } = yield* failing(new TypeError("no such argument"), url, init as RequestInit)
          assert.deepStrictEqual(
            [asked, error.verdict.retry, error.reached],
            [1, "never", "nothing"],
            JSON.stringify(init),
          )
        }
        for (const address of ["file:///etc/passwd", "ftp://a.test/", "about:config"]) {
          const { asked, error } = yield* failing(
            new TypeError("fetch failed", { cause: new Error("odd scheme") }),
            address,
          )
          assert.deepStrictEqual([asked, error.verdict.retry, error.reached], [1, "never", "nothing"])
        }
      }),
    )

    it.effect("is not about an address that the given fetch completes by itself", () =>
      Effect.gen(function* () {
        const net = yield* network(replies(200))
        const seen = watch(HttpPipeline.fetch(patient, net.fetch, { context: net.context })("/api/me"))
        yield* until(1)
        assert.deepStrictEqual([seen.response?.status, net.asked[0]?.input], [200, "/api/me"])
      }),
    )
  })

  it.effect("takes a browser's words for a fault of transport, and names the request of any kind of input", () =>
    Effect.gen(function* () {
      const words: Reply = async () => {
        throw new TypeError("Failed to fetch")
      }
      for (const input of [`${url}?a=secret`, new URL(`${url}?a=secret`), new Request(`${url}?a=secret`)]) {
        const net = yield* network(words)
        const pipeline = Pipeline.makeUnsafe(Pipeline.retry({ attempts: 2 }))
        const seen = watch(HttpPipeline.fetch(pipeline, net.fetch, { context: net.context })(input))
        yield* until(5)
        const error = seen.error as TransportError
        assert.deepStrictEqual([error._tag, error.method, error.url], ["TransportFailure", "GET", url])
        assert.strictEqual(net.asked.length, 2)
      }
    }),
  )

  it.effect("sends the token of the authorization gate and asks for another one after a 401", () =>
    Effect.gen(function* () {
      const gate = yield* Gate.make("authorization")
      let token = "old"
      const authorization = Authorization.of({
        gate,
        token: Effect.sync(() => Redacted.make(token)),
        reject: () => Effect.sync(() => void (token = "new")),
      })
      const net = yield* network(replies(401), replies(200))
      const pipeline = Pipeline.makeUnsafe(Pipeline.retry(), Pipeline.gates({ authorization }))
      const steady = HttpPipeline.fetch(pipeline, net.fetch, { context: net.context })
      const seen = watch(steady(url, { headers: { accept: "text/plain" } }))
      yield* until(5)
      assert.strictEqual(seen.response?.status, 200)
      assert.deepStrictEqual(
        net.asked.map(({ init }) => [...new Headers(init?.headers)]),
        ["old", "new"].map((sent) => [
          ["accept", "text/plain"],
          ["authorization", `Bearer ${sent}`],
        ]),
      )
    }),
  )

  it.effect("tells the server how much time is left", () =>
    Effect.gen(function* () {
      const net = yield* network(replies(503), replies(200))
      const pipeline = Pipeline.makeUnsafe(Pipeline.deadline("20 seconds"), Pipeline.retry())
      const steady = HttpPipeline.fetch(pipeline, net.fetch, {
        context: net.context,
        deadlineHeader: "x-request-timeout",
      })
      watch(steady(new Request(url, { headers: { accept: "text/plain" } })))
      yield* until(5)
      assert.deepStrictEqual(
        net.asked.map(({ init }) => [...new Headers(init?.headers)]),
        ["20", "19.5"].map((left) => [
          ["accept", "text/plain"],
          ["x-request-timeout", left],
        ]),
      )
    }),
  )

  it.effect("runs in the context that it is given: an observer sees its calls", () =>
    Effect.gen(function* () {
      const net = yield* network(breaks("ECONNRESET"), replies(200))
      const told: Array<string> = []
      const observer: Observer.Watch = { event: ({ _tag }) => void told.push(_tag) as undefined }
      const context = Context.add(net.context, Observer.Observer, observer) as Context.Context<never>
      watch(HttpPipeline.fetch(patient, net.fetch, { context })(url))
      yield* until(5)
      assert.deepStrictEqual(told, [
        "AttemptStarted",
        "AttemptEnded",
        "RetryScheduled",
        "AttemptStarted",
        "AttemptEnded",
        "CallEnded",
      ])
    }),
  )

  it.effect("rejects with what a defect threw", () =>
    Effect.gen(function* () {
      const bug = new RangeError("divided by zero")
      const observer: Observer.Watch = {
        event: () => {
          throw bug
        },
      }
      const net = yield* network(replies(200))
      const context = Context.add(net.context, Observer.Observer, observer) as Context.Context<never>
      const seen = watch(HttpPipeline.fetch(patient, net.fetch, { context })(url))
      yield* until(1)
      assert.strictEqual(seen.error, bug)
    }),
  )
})
