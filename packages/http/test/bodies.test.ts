/**
 * Bodies that are sent more than once, or must not be.
 */
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { Readable } from "node:stream"
import { NodeHttpClient } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Pipeline, Verdict } from "@holdfast/core"
import * as CircuitBreaker from "@holdfast/core/CircuitBreaker"
import * as Hedge from "@holdfast/core/Hedge"
import { HttpPipeline, ResilientClient, type TransportError } from "@holdfast/http"
import { Data, Effect, Fiber, Result, Schedule, Stream } from "effect"
import { HttpBody, HttpClient, HttpClientRequest } from "effect/http"
import { TestClock } from "effect/testing"
import { answer, decode, nodeError, transportError, withoutJitter } from "./support/clients.ts"

type Client = HttpClient.HttpClient.With<TransportError>
type Around = (client: HttpClient.HttpClient) => Client

const url = "https://storage.test/bucket/key"
const patient = Pipeline.makeUnsafe(Pipeline.retry({ attempts: 3 }))
const size = 200_000
const bytes = new Uint8Array(size).map((_, index) => (index * 31) ^ (index >> 8))

/** A cursor over the bytes, 10 000 at a time; every one gives itself when it is asked for an iterator. */
function* pieces(from = bytes) {
  for (let at = 0; at < from.length; at += 10_000) yield from.slice(at, at + 10_000)
}
const webStream = () =>
  new ReadableStream<Uint8Array>({
    start(controller) {
      for (const piece of pieces()) controller.enqueue(piece)
      controller.close()
    },
  })
async function* generated() {
  yield* pieces()
}

describe("a body that is read again", () => {
  /** A client that reads `limit` bytes of a body and answers 503, then reads the whole and answers 200; what it read. */
  const storage = (...limits: ReadonlyArray<number>) => {
    const got: Array<Uint8Array> = []
    const client = HttpClient.make((request) => {
      const limit = limits[got.length] ?? Infinity
      const index = got.push(new Uint8Array()) - 1
      const { body } = request
      if (body._tag !== "Stream") return answer("odd", { status: 400 })(request)
      const read = body.stream.pipe(
        Stream.takeUntil((chunk) => {
          got[index] = new Uint8Array(Buffer.concat([got[index]!, chunk]))
          return got[index].length >= limit
        }),
        Stream.runDrain,
        Effect.mapError((cause) => transportError(request, new TypeError("fetch failed", { cause }))),
      )
      return Effect.andThen(read, answer("", { status: limit === Infinity ? 200 : 503 })(request))
    })
    return { client, got }
  }

  const send = (
    client: HttpClient.HttpClient,
    stream: Stream.Stream<Uint8Array, unknown>,
    length?: number,
    around: Around = (inner) => HttpPipeline.client(patient, inner) as Client,
  ) =>
    Effect.gen(function* () {
      const request = HttpClientRequest.setBody(HttpClientRequest.put(url), HttpBody.stream(stream, undefined, length))
      const fiber = yield* Effect.forkChild(withoutJitter(Effect.result(around(client).execute(request))))
      yield* TestClock.adjust("1 minute")
      const result = yield* Fiber.join(fiber)
      return Result.isSuccess(result)
        ? { status: result.success.status, error: undefined }
        : { status: undefined, error: result.failure as TransportError }
    })

  it.effect("is retried if it has the same bytes, in any chunks", () =>
    Effect.gen(function* () {
      let runs = 0
      const cut = Stream.suspend(() => {
        runs++
        const step = [10_000, 7, 65_537][runs - 1] ?? 1000
        const parts: Array<Uint8Array> = []
        for (let at = 0; at < size; at += step) parts.push(bytes.slice(at, at + step))
        return Stream.fromIterable(parts)
      })
      for (const length of [undefined, size]) {
        runs = 0
        const { client, got } = storage(70_000, 123)
        assert.strictEqual((yield* send(client, cut, length)).status, 200)
        assert.strictEqual(got.length, 3)
        assert.deepStrictEqual(got[2], bytes)
      }
    }),
  )

  it.effect("does not succeed if its source can be read only once", () =>
    Effect.gen(function* () {
      const sources = {
        "a ReadableStream": () => {
          const source = webStream()
          return Stream.fromReadableStream({ evaluate: () => source, onError: (cause) => cause })
        },
        "a ReadableStream that is left open": () => {
          const source = webStream()
          return Stream.fromReadableStream({
            evaluate: () => source,
            onError: (cause) => cause,
            releaseLockOnEnd: true,
          })
        },
        "a generator": () => Stream.fromIterable(pieces()),
        "an iterator that goes on where it was": () => {
          const cursor = pieces()
          return Stream.fromIterable({ [Symbol.iterator]: () => ({ next: () => cursor.next() }) }, { chunkSize: 1 })
        },
        "an asynchronous generator": () => Stream.fromAsyncIterable(generated(), (cause) => cause),
      }
      for (const [name, source] of Object.entries(sources)) {
        for (const around of [
          (inner) => HttpPipeline.client(patient, inner) as Client,
          (inner) => ResilientClient.make(inner, { decode }) as Client,
        ] as ReadonlyArray<Around>) {
          for (const length of [undefined, size]) {
            const { client, got } = storage(100_000)
            const { error } = yield* send(client, source(), length, around)
            assert.isDefined(error, `${name}: ${got.map((read) => read.length).join(", ")}`)
            assert.strictEqual(error?.verdict.retry, "never", name)
            assert.strictEqual(got.length, 2, name)
            assert.isBelow(got[1]!.length, size)
          }
        }
      }
    }),
  )

  it.effect("fails if it changes, grows or shrinks", () =>
    Effect.gen(function* () {
      const other = bytes.slice()
      other[69_999]! ^= 1
      for (const [second, words] of [
        [other, "the body differs from what was sent before, within 70000 bytes"],
        [bytes.slice(0, 60_000), "the body ended after 60000 of 70000 bytes"],
      ] as const) {
        let runs = 0
        const { client, got } = storage(70_000)
        const stream = Stream.suspend(() => Stream.fromIterable(pieces(runs++ === 0 ? bytes : second)))
        const { error } = yield* send(client, stream)
        assert.strictEqual(error?._tag, "TransportFailure")
        assert.include(error?.message, words)
        assert.strictEqual(got.length, 2)
      }
      // The whole body went out, and a gateway lost the answer.
      for (const second of [bytes.slice(0, -1), new Uint8Array(Buffer.concat([bytes, new Uint8Array(1)]))]) {
        let runs = 0
        const { client } = storage(size)
        const stream = Stream.suspend(() => Stream.fromIterable(pieces(runs++ === 0 ? bytes : second)))
        const { error } = yield* send(client, stream, size)
        assert.match(
          error?.message ?? "",
          /the body ended after 199999 of 200000 bytes|the body has more than 200000 bytes/,
        )
      }
    }),
  )

  it.effect("fails at the first attempt if it is shorter than announced", () =>
    Effect.gen(function* () {
      const { client, got } = storage()
      const { error } = yield* send(client, Stream.fromIterable(pieces(bytes.slice(0, 50_000))), 60_000)
      assert.include(error?.message, "the body ended after 50000 of 60000 bytes")
      assert.strictEqual(got.length, 1)
    }),
  )

  it.effect("is not retried if nothing could prove that it is complete", () =>
    Effect.gen(function* () {
      let runs = 0
      // Asked for its first bytes, and interrupted before it gave them.
      const client = HttpClient.make((request) =>
        request.body._tag === "Stream"
          ? Effect.andThen(
              Effect.ignore(Effect.timeout(Stream.runDrain(request.body.stream), "1 second")),
              Effect.fail(transportError(request, nodeError("ECONNRESET"))),
            )
          : answer("")(request),
      )
      const stream = Stream.suspend(() => {
        runs++
        return Stream.never as Stream.Stream<Uint8Array>
      })
      const { error } = yield* send(client, stream)
      assert.deepStrictEqual([error?._tag, error?.verdict.retry, runs], ["ConnectionReset", "never", 1])
    }),
  )

  it.effect("is never read by two copies of a hedge", () =>
    Effect.gen(function* () {
      let runs = 0
      const client = HttpClient.make(() => {
        runs++
        return Effect.never
      })
      const pipeline = Pipeline.makeUnsafe(Pipeline.hedge(Hedge.makeUnsafe({ delay: "1 second" })))
      const form = new FormData()
      form.append("file", onceFile())
      for (const body of [
        HttpBody.stream(Stream.fromIterable(pieces())),
        HttpBody.raw(Readable.from(pieces())),
        HttpBody.raw(generated()),
        HttpBody.formData(form),
      ]) {
        runs = 0
        const request = HttpClientRequest.setBody(HttpClientRequest.put(url), body)
        const fiber = yield* Effect.forkChild(HttpPipeline.client(pipeline, client).execute(request))
        yield* TestClock.adjust("10 seconds")
        assert.strictEqual(runs, 1)
        yield* Fiber.interrupt(fiber)
      }
    }),
  )

  it.effect("is not sent if the program has overwritten its bytes", () =>
    Effect.gen(function* () {
      for (const make of [
        (buffer: Uint8Array) => HttpBody.uint8Array(buffer),
        (buffer: Uint8Array) => HttpBody.raw(buffer),
        (buffer: Uint8Array) => HttpBody.raw(buffer.buffer),
      ]) {
        const buffer = bytes.slice()
        let runs = 0
        const client = HttpClient.make((request) => {
          buffer[runs++]! ^= 1
          return answer("", { status: 503 })(request)
        })
        const request = HttpClientRequest.setBody(HttpClientRequest.put(url), make(buffer))
        const fiber = yield* Effect.forkChild(Effect.flip(HttpPipeline.client(patient, client).execute(request)))
        yield* TestClock.adjust("1 minute")
        assert.include((yield* Fiber.join(fiber)).message, "the program wrote over the bytes")
        assert.strictEqual(runs, 1)
      }
    }),
  )
})

/** A file whose bytes are there once, as those of an upload that is passed on. */
const onceFile = () => {
  const source = webStream()
  return Object.assign(new File([], "a.mov"), { stream: () => source })
}

describe("a body that can be sent only once", () => {
  it.effect("is detected by its capabilities", () =>
    Effect.gen(function* () {
      const form = (value: string | File) => {
        const data = new FormData()
        data.append("key", "value")
        data.append("file", value as File)
        return data
      }
      for (const [body, attempts] of [
        [HttpBody.raw(webStream()), 1],
        [HttpBody.raw(Readable.from(pieces())), 1],
        [HttpBody.raw(pieces()), 1],
        [HttpBody.raw(generated()), 1],
        [HttpBody.raw({ [Symbol.asyncIterator]: () => generated() }), 1],
        [HttpBody.raw(new Response("x")), 1],
        [HttpBody.raw(form(onceFile())), 1],
        [HttpBody.formData(form(onceFile())), 1],
        [HttpBody.formData(form(new File(["a"], "a"))), 3],
        [HttpBody.formData(form("text")), 3],
        [HttpBody.raw("text"), 3],
        [HttpBody.raw(bytes), 3],
        [HttpBody.raw(new DataView(bytes.buffer)), 3],
        [HttpBody.raw(new Blob(["a"])), 3],
        [HttpBody.raw(new URLSearchParams("a=b")), 3],
        [HttpBody.text("text"), 3],
        [HttpBody.empty, 3],
      ] as const) {
        let runs = 0
        const client = HttpClient.make((request) => {
          runs++
          return answer("", { status: 503 })(request)
        })
        const request = HttpClientRequest.setBody(HttpClientRequest.put(url), body)
        const fiber = yield* Effect.forkChild(Effect.flip(HttpPipeline.client(patient, client).execute(request)))
        yield* TestClock.adjust("1 minute")
        yield* Fiber.join(fiber)
        assert.strictEqual(runs, attempts, JSON.stringify(body))
      }
    }),
  )

  it.effect("does not become an empty object of a storage over a real connection", () =>
    Effect.gen(function* () {
      const stored: Array<number> = []
      const storage = yield* Effect.acquireRelease(
        Effect.callback<{ readonly url: string; readonly end: () => void }>((resume) => {
          const server = createServer((request, response) => {
            let got = 0
            request.on("data", (chunk: Buffer) => {
              got += chunk.length
              if (stored.length === 0 && got >= 100_000) {
                stored.push(got)
                request.socket.resetAndDestroy()
              }
            })
            request.on("end", () => {
              stored.push(got)
              response.end("stored")
            })
          }).listen(0, "127.0.0.1", () => {
            const end = () => void server.close().closeAllConnections()
            resume(Effect.succeed({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, end }))
          })
        }),
        ({ end }) => Effect.sync(end),
      )
      const source = webStream()
      const once = Stream.fromReadableStream({ evaluate: () => source, onError: (cause) => cause })
      const schedule = Schedule.recurs(2)
      const client = HttpPipeline.client(
        Pipeline.makeUnsafe(Pipeline.retry({ schedule })),
        yield* HttpClient.HttpClient,
      )
      const error = yield* Effect.flip(client.put(storage.url, { body: HttpBody.stream(once) }))
      assert.strictEqual(error.verdict.retry, "never")
      assert.strictEqual(stored.length, 1, `no second object: ${stored.join(", ")}`)
    }).pipe(Effect.provide(NodeHttpClient.layerUndici)),
  )
})

describe("what is given to a fetch", () => {
  /** A fetch that refuses twice and keeps what it got. */
  const service = () => {
    const got: Array<{
      readonly url: string
      readonly method: string
      readonly headers: Headers
      readonly body: string
    }> = []
    const fetch: typeof globalThis.fetch = async (input, init) => {
      const request = new Request(input, init)
      const { headers, method } = request
      got.push({ url: request.url, method, headers, body: await request.text() })
      return new Response("", { status: got.length < 3 ? 503 : 200 })
    }
    const quick = Pipeline.makeUnsafe(Pipeline.retry({ schedule: Schedule.recurs(2) }))
    return { got, fetch: HttpPipeline.fetch(quick, fetch) }
  }

  it("is sent with its headers at every attempt, whatever they are made of", async () => {
    const entries = [
      ["authorization", "Bearer t"],
      ["x-a", "1"],
    ] as ReadonlyArray<[string, string]>
    function* generator() {
      yield* entries
    }
    for (const headers of [
      new Map(entries).entries(),
      new Map(entries),
      new Headers([...entries]).entries(),
      new Headers([...entries]),
      generator(),
      [...entries],
      [entries[0]!.values(), entries[1]!.values()],
      Object.fromEntries(entries),
    ]) {
      const { fetch, got } = service()
      const response = await fetch(url, { headers: headers as HeadersInit })
      assert.strictEqual(response.status, 200)
      assert.deepStrictEqual(
        got.map(({ headers }) => [headers.get("authorization"), headers.get("x-a")]),
        [1, 2, 3].map(() => ["Bearer t", "1"]),
      )
    }
  })

  it("is what it was when the call began", async () => {
    const headers = new Headers({ a: "1" })
    const body = new URLSearchParams({ a: "1" })
    const address = new URL(url)
    const { fetch, got } = service()
    const call = fetch(address, { method: "PUT", headers, body })
    headers.set("a", "2")
    body.set("a", "2")
    address.pathname = "/other"
    await call
    assert.deepStrictEqual(
      got.map((sent) => [sent.url, sent.headers.get("a"), sent.body]),
      [1, 2, 3].map(() => [url, "1", "a=1"]),
    )
  })

  it("may have its options from a request", async () => {
    const { fetch, got } = service()
    const options = new Request(url, { method: "POST", headers: { "x-a": "1", "idempotency-key": "k" } })
    await fetch(url, options)
    assert.deepStrictEqual(
      got.map(({ headers, method }) => [method, headers.get("x-a")]),
      [1, 2, 3].map(() => ["POST", "1"]),
    )
    const once = service()
    const response = await once.fetch(url, new Request(url, { method: "PUT", body: "bytes" }))
    assert.deepStrictEqual([response.status, once.got.length, once.got[0]?.body], [503, 1, "bytes"])
  })

  it("is the form that it was, files and all", async () => {
    const form = new FormData()
    form.append("key", "one")
    form.append("file", new File(["bytes"], "a.mov", { type: "video/quicktime" }))
    const { fetch, got } = service()
    const call = fetch(url, { method: "PUT", body: form })
    form.set("key", "two")
    form.delete("file")
    await call
    for (const { body } of got) {
      assert.include(body, "one")
      assert.include(body, 'filename="a.mov"')
      assert.include(body, "video/quicktime")
    }
    assert.strictEqual(got.length, 3)
  })

  it("is not sent if the program has overwritten its bytes", async () => {
    for (const make of [
      (buffer: Uint8Array<ArrayBuffer>) => buffer,
      (buffer: Uint8Array<ArrayBuffer>) => buffer.buffer,
    ]) {
      const buffer = bytes.slice()
      let runs = 0
      const fetch = HttpPipeline.fetch(
        Pipeline.makeUnsafe(Pipeline.retry({ schedule: Schedule.recurs(2) })),
        async () => {
          buffer[runs++]! ^= 1
          return new Response("", { status: 503 })
        },
      )
      const error = await fetch(url, { method: "PUT", body: make(buffer) }).catch((cause: unknown) => cause)
      assert.include((error as TransportError).message, "the program wrote over the body")
      assert.strictEqual(runs, 1)
    }
  })

  it("may be a stream without the option `duplex`", async () => {
    const lengths: Array<number> = []
    const fetch = HttpPipeline.fetch(patient, async (input, init) => {
      lengths.push((await new Request(input, init).arrayBuffer()).byteLength)
      return new Response("ok")
    })
    await fetch(url, { method: "PUT", body: webStream() })
    assert.deepStrictEqual(lengths, [size])
  })
})

describe("a body whose source fails", () => {
  class SourceDown extends Data.TaggedError("SourceDown") {
    readonly verdict = Verdict.always({ closes: "connectivity", overdue: true })
  }
  const gone = Object.assign(new Error("ENOENT: no such file"), { code: "ENOENT" })
  async function* failing(error: unknown) {
    yield bytes
    throw error
  }
  const failingStream = (error: unknown) =>
    new ReadableStream({
      pull: (controller) => controller.error(error),
    })
  /** A client that reads every body to its end, and fails as fetch does. */
  const reading = async (body: unknown): Promise<Response> => {
    try {
      for await (const piece of body as AsyncIterable<unknown>) void piece
      return new Response("stored")
    } catch (cause) {
      throw new TypeError("fetch failed", { cause })
    }
  }

  it("does not count as a failure of the service", async () => {
    for (const make of [
      () => failingStream(gone),
      () => failing(gone),
      () => Readable.from(failing(gone)),
      () => failingStream(new SourceDown()),
      () => failing(new SourceDown()),
    ]) {
      const breaker = CircuitBreaker.makeUnsafe({ consecutive: 1 })
      const pipeline = Pipeline.makeUnsafe(Pipeline.breaker(breaker))
      const fetch = HttpPipeline.fetch(pipeline, (_, init) => reading(init?.body))
      const fetched = await fetch(url, { method: "PUT", body: make() as BodyInit }).catch((cause: unknown) => cause)
      const client = HttpClient.make((request) =>
        Effect.tryPromise({
          try: () => reading(request.body._tag === "Raw" ? request.body.body : undefined),
          catch: (cause) => transportError(request, cause),
        }).pipe(Effect.flatMap(() => answer("stored")(request))),
      )
      const sent = await HttpPipeline.client(pipeline, client)
        .put(url, { body: HttpBody.raw(make()) })
        .pipe(Effect.flip, Effect.runPromise)
      for (const error of [fetched, sent] as ReadonlyArray<TransportError>) {
        assert.strictEqual(error._tag, "TransportFailure")
        assert.strictEqual(error.verdict.closes, undefined)
        assert.strictEqual(error.verdict.overdue, undefined)
        assert.strictEqual(Verdict.outcomeOf(error.verdict), "ignored")
        assert.strictEqual(Verdict.appliedOf(error.verdict), "maybe")
      }
      // The body is gone, whatever the verdict of its source says of a retry.
      assert.strictEqual((fetched as TransportError).verdict.retry, "never")
      assert.strictEqual(await Effect.runPromise(CircuitBreaker.state(breaker)).then(({ _tag }) => _tag), "Closed")
    }
  })

  it.effect("says nothing about the service when it is a stream of Effect", () =>
    Effect.gen(function* () {
      for (const [source, retry] of [
        [Stream.fail(gone), "never"],
        [Stream.die(gone), "never"],
        [Stream.fail(new SourceDown()), "always"],
      ] as const) {
        const client = HttpClient.make((request) =>
          request.body._tag === "Stream"
            ? Stream.runDrain(request.body.stream).pipe(
                Effect.mapError((cause) => transportError(request, new TypeError("fetch failed", { cause }))),
                Effect.andThen(answer("stored")(request)),
              )
            : answer("odd", { status: 400 })(request),
        )
        const pipeline = Pipeline.makeUnsafe(Pipeline.timeout("1 second"))
        const body = HttpBody.stream(Stream.concat(Stream.make(bytes), source as Stream.Stream<never, unknown>))
        const error = (yield* Effect.flip(HttpPipeline.client(pipeline, client).put(url, { body }))) as TransportError
        assert.strictEqual(error._tag, "TransportFailure")
        assert.strictEqual(error.verdict.retry, retry)
        assert.strictEqual(error.verdict.closes, undefined)
        assert.strictEqual(Verdict.outcomeOf(error.verdict), "ignored")
      }
    }),
  )

  it("is not read before an attempt is sent", async () => {
    const breaker = CircuitBreaker.makeUnsafe({ consecutive: 1 })
    Effect.runSync(CircuitBreaker.isolate(breaker, "maintenance"))
    const fetch = HttpPipeline.fetch(Pipeline.makeUnsafe(Pipeline.breaker(breaker)))
    const body = webStream()
    const error = await fetch(url, { method: "PUT", body }).catch((cause: unknown) => cause)
    assert.strictEqual((error as { readonly _tag: string })._tag, "CircuitOpen")
    assert.isFalse(body.locked)
  })
})
