import { Readable } from "node:stream"
import { assert, describe, it } from "@effect/vitest"
import { Pipeline } from "@holdfast/core"
import * as Hedge from "@holdfast/core/Hedge"
import { HttpPipeline, ResilientClient, type TransportError } from "@holdfast/http"
import { Effect, Fiber, Result, Stream } from "effect"
import { HttpBody, HttpClient, HttpClientRequest } from "effect/http"
import { TestClock } from "effect/testing"
import { answer, decode, nodeError, transportError, withoutJitter } from "../support/clients.ts"
import {
  onceFile,
  type Client,
  type Around,
  url,
  patient,
  size,
  bytes,
  pieces,
  webStream,
  generated,
} from "../support/bodies.ts"

describe("a body that is read again", () => {
  /**
   * A client that reads `limit` bytes of a body and answers 503, then reads all of it and answers 200; records what it read.
   */
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

  it.effect(
    "retries a request if its body yields the same bytes when read again, regardless of how the bytes are chunked",
    () =>
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

  it.effect("does not retry if the body can be read only once", () =>
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

  it.effect("fails if the body changes, grows or shrinks between attempts", () =>
    Effect.gen(function* () {
      const other = bytes.slice()
      other[69_999]! ^= 1
      for (const [second, words] of [
        [other, "the first 70000 bytes of the body differ from the bytes sent earlier"],
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
      // The whole body was sent, and a gateway lost the response.
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

  it.effect("fails on the first attempt if the body is shorter than its declared length", () =>
    Effect.gen(function* () {
      const { client, got } = storage()
      const { error } = yield* send(client, Stream.fromIterable(pieces(bytes.slice(0, 50_000))), 60_000)
      assert.include(error?.message, "the body ended after 50000 of 60000 bytes")
      assert.strictEqual(got.length, 1)
    }),
  )

  it.effect("does not retry a request if the completeness of its body cannot be verified", () =>
    Effect.gen(function* () {
      let runs = 0
      // The source was asked for its first bytes, and interrupted before it returned them.
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

  it.effect("does not let two copies of a hedge read the same body", () =>
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

  it.effect("does not send a body again if the program has overwritten its bytes", () =>
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
        assert.include((yield* Fiber.join(fiber)).message, "the program changed the bytes of the body between attempts")
        assert.strictEqual(runs, 1)
      }
    }),
  )
})
