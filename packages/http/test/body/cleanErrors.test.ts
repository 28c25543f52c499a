/**
 * Bodies that break while the program reads them: undici's error quotes the rest of the response.
 */
import { type AddressInfo, createServer, type Socket } from "node:net"
import { Readable } from "node:stream"
import type { ReadableStream as WebStream } from "node:stream/web"
import { inspect } from "node:util"
import { NodeHttpClient } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Pipeline } from "@holdfast/core"
import { type ErrorStatus, HttpPipeline, TransportCause } from "@holdfast/http"
import { Effect, Fiber, Option, Stream } from "effect"
import { FetchHttpClient, HttpClient, HttpClientError, HttpClientResponse } from "effect/http"
import { fetch as undiciFetch } from "undici"

const once = Pipeline.makeUnsafe(Pipeline.retry({ attempts: 1 }))
const fetches: Readonly<Record<string, typeof globalThis.fetch>> = {
  "the fetch of Node": (input, init) => globalThis.fetch(input, init),
  "the fetch of undici": undiciFetch as unknown as typeof globalThis.fetch,
}

type Read = (response: Response) => Promise<unknown>

const streamed: Readonly<Record<string, (body: ReadableStream<Uint8Array<ArrayBuffer>>) => Promise<unknown>>> = {
  "a reader": async (body) => drained(body.getReader()),
  "a reader that is closed": async (body) => {
    const reader = body.getReader()
    await drained(reader).catch(() => undefined)
    return reader.closed
  },
  "a BYOB reader": async (body) => {
    const reader = body.getReader({ mode: "byob" })
    while (!(await reader.read(new Uint8Array(64))).done);
  },
  "for await": async (body) => iterated(body),
  values: async (body) => iterated(body.values({ preventCancel: true })),
  tee: async (body) => Promise.all(body.tee().map((branch) => drained(branch.getReader()))),
  pipeTo: async (body) => body.pipeTo(new WritableStream()),
  pipeThrough: async (body) => iterated(body.pipeThrough(new TextDecoderStream())),
  "Readable.fromWeb": async (body) => iterated(Readable.fromWeb(body as unknown as WebStream)),
  "new Response": async (body) => new Response(body).text(),
}

const whole: Readonly<Record<string, Read>> = {
  text: (response) => response.text(),
  json: (response) => response.json(),
  arrayBuffer: (response) => response.arrayBuffer(),
  blob: (response) => response.blob(),
  bytes: (response) => response.bytes(),
  formData: (response) => response.formData(),
  "text after body": (response) => (response.body?.locked === false ? response.text() : Promise.resolve()),
}

const reads: Readonly<Record<string, Read>> = {
  ...whole,
  ...Object.fromEntries(Object.entries(streamed).map(([name, read]) => [name, ({ body }: Response) => read(body!)])),
}

describe("HttpPipeline.fetch with a body that breaks off", () => {
  for (const [name, inner] of Object.entries(fetches)) {
    const fetch = HttpPipeline.fetch(once, inner)

    it.effect(`fails every read of a body fetched with ${name}, and keeps the response data out of the error`, () =>
      Effect.gen(function* () {
        for (const [way, read] of Object.entries(reads)) {
          const error = yield* rejection(fetch, read, 201)
          assert.instanceOf(error, TypeError, way)
          assert.strictEqual(error.message, "terminated", way)
          assert.include(inspect(error), "HTTPParserError", way)
          assert.notInclude(shown(error), "CANARY", way)
        }
      }),
    )

    it.effect(`removes response data from the errors of clones, and of clones of clones, with ${name}`, () =>
      Effect.gen(function* () {
        for (const copy of [
          (response: Response) => response.clone(),
          (response: Response) => response.clone().clone(),
          (response: Response) => (response.body === null ? response : response.clone()),
          // The original response, after it was cloned.
          (response: Response) => (response.clone(), response),
        ]) {
          const error = yield* rejection(fetch, (response) => copy(response).text(), 201)
          assert.notInclude(shown(error), "CANARY")
          const read = yield* rejection(fetch, (response) => drained(copy(response).body!.getReader()), 201)
          assert.notInclude(shown(read), "CANARY")
        }
      }),
    )

    it.effect(`removes response data from the error if the last response has an error status, with ${name}`, () =>
      Effect.gen(function* () {
        assert.notInclude(shown(yield* rejection(fetch, whole["text"]!, 503)), "CANARY")
        const rejecting = HttpPipeline.fetch(once, inner, { onStatus: "reject" })
        const attached: typeof globalThis.fetch = (input, init) =>
          rejecting(input, init).catch((error: unknown) => (error as ErrorStatus).response!)
        assert.notInclude(shown(yield* rejection(attached, whole["text"]!, 503)), "CANARY")
      }),
    )
  }

  it.effect("returns the platform's own response object", () =>
    Effect.gen(function* () {
      const given = new Response("one two", { headers: { "x-a": "1" } })
      const fetch = HttpPipeline.fetch(once, () => Promise.resolve(given))
      const response = yield* Effect.promise(() => fetch("https://a.test/"))
      assert.strictEqual(response, given)
      assert.instanceOf(response, Response)
      assert.deepStrictEqual(Object.keys(response), [])
      assert.strictEqual(response.body, response.body)
      assert.strictEqual(yield* Effect.promise(() => response.clone().text()), "one two")
      // A response that is returned again is not wrapped again.
      const { text } = response
      assert.strictEqual((yield* Effect.promise(() => fetch("https://a.test/"))).text, text)
      assert.strictEqual(yield* Effect.promise(() => new Response(response.body).text()), "one two")
      assert.isTrue(response.bodyUsed)
    }),
  )

  it.effect("rejects with the unchanged reason of the caller's signal", () =>
    Effect.gen(function* () {
      for (const reason of [undefined, Object.assign(new Error("mine"), { data: 1 }), "enough"]) {
        const controller = new AbortController()
        const { stop, url } = yield* server(200)
        const response = yield* Effect.promise(() => HttpPipeline.fetch(once)(url, { signal: controller.signal }))
        const text = response.text()
        controller.abort(reason)
        const error = yield* Effect.promise(() => text.catch((error: unknown) => error))
        assert.strictEqual(error, controller.signal.reason)
        stop()
      }
    }),
  )

  it.effect("preserves the type of a SyntaxError from json()", () =>
    Effect.gen(function* () {
      const fetch = HttpPipeline.fetch(once, () => Promise.resolve(new Response("{")))
      const response = yield* Effect.promise(() => fetch("https://a.test/"))
      const error = yield* Effect.promise(() => response.json().catch((error: unknown) => error))
      assert.instanceOf(error, SyntaxError)
      assert.strictEqual((error as SyntaxError).name, "SyntaxError")
    }),
  )

  it.effect("does not cause an unhandled rejection if the program does not await a reader", () =>
    Effect.gen(function* () {
      const unhandled: Array<unknown> = []
      const listener = (error: unknown) => void unhandled.push(error)
      process.on("unhandledRejection", listener)
      const read: Read = async ({ body }) => {
        const reader = body!.getReader()
        assert.strictEqual(reader.closed, reader.closed)
        return drained(reader)
      }
      yield* rejection(HttpPipeline.fetch(once), read, 200)
      // Node reports unhandled rejections before the next macrotask.
      yield* Effect.promise(() => new Promise((resolve) => setImmediate(resolve)))
      process.off("unhandledRejection", listener)
      assert.deepStrictEqual(unhandled, [])
    }),
  )
})

describe("HttpPipeline.client with a body that breaks off", () => {
  const readers: Readonly<
    Record<string, (response: HttpClientResponse.HttpClientResponse) => Effect.Effect<unknown, unknown>>
  > = {
    text: (response) => response.text,
    json: (response) => response.json,
    arrayBuffer: (response) => response.arrayBuffer,
    urlParamsBody: (response) => response.urlParamsBody,
    formData: (response) => response.formData,
    stream: (response) => Stream.runDrain(response.stream),
    toWeb: (response) =>
      Option.match(HttpClientResponse.toWeb(response), {
        onNone: () => response.text,
        onSome: (web) =>
          Effect.flatMap(
            Effect.promise(() => web.text().catch((error: unknown) => error)),
            Effect.fail,
          ),
      }),
  }
  for (const [name, layer] of [
    ["undici", NodeHttpClient.layerUndici],
    ["fetch", FetchHttpClient.layer],
    ["node:http", NodeHttpClient.layerNodeHttp],
  ] as const) {
    it.effect(`fails every read with ${name}, and keeps the response data out of the error`, () =>
      Effect.gen(function* () {
        const client = HttpPipeline.client(once, yield* HttpClient.HttpClient)
        for (const [way, read] of Object.entries(readers)) {
          const { breakOff, url } = yield* server(200)
          const response = yield* client.get(url)
          assert.deepStrictEqual([response.status, response.url], [200, `${url}/`])
          const reading = yield* Effect.forkChild(read(response), { startImmediately: true })
          breakOff()
          const error = yield* Effect.flip(Fiber.join(reading))
          assert.notInclude(shown(error), "CANARY", way)
          if (HttpClientError.isHttpClientError(error)) {
            assert.strictEqual(TransportCause.fromHttpClientError(error)._tag, "TruncatedBody", way)
          } else assert.instanceOf(error, TypeError, way)
        }
      }).pipe(Effect.provide(layer)),
    )
  }
})

/** Everything that a log could show of a value. */
const shown = (value: unknown): string => inspect(value, { depth: 20, showHidden: true }) + JSON.stringify(value)

const drained = async (reader: ReadableStreamDefaultReader<unknown>): Promise<void> => {
  while (!(await reader.read()).done);
}

const iterated = async (chunks: AsyncIterable<unknown>): Promise<void> => {
  for await (const chunk of chunks) void chunk
}

/** Reads a response whose body breaks after the reading has begun. */
const rejection = (fetch: typeof globalThis.fetch, read: Read, status: number) =>
  Effect.scoped(
    Effect.gen(function* () {
      const { breakOff, url } = yield* server(status)
      const response = yield* Effect.promise(() => fetch(url, { method: "POST" }))
      assert.deepStrictEqual([response.url, response.redirected, response.status], [`${url}/`, false, status])
      const reading = read(response)
      breakOff()
      const error = yield* Effect.promise(() =>
        reading.then(
          () => assert.fail("read whole"),
          (error: unknown) => error,
        ),
      )
      return error as Error
    }),
  )

/** Sends the head and a chunk, and on demand a chunk that is longer than announced. */
const server = (status: number) =>
  Effect.acquireRelease(
    Effect.callback<{ readonly url: string; readonly breakOff: () => void; readonly stop: () => void }>((resume) => {
      const sockets: Array<Socket> = []
      const head = `HTTP/1.1 ${status} Word\r\ncontent-type: multipart/form-data; boundary=b\r\ntransfer-encoding: chunked\r\n\r\n`
      const json = '{"upload_urls":["https://b.test/k?X-Amz-Signature=CANARY"]}'
      const listener = createServer((socket) => {
        sockets.push(socket)
        socket.on("error", () => undefined).once("data", () => void socket.write(`${head}3\r\n--b\r\n`))
      }).listen(0, "127.0.0.1", () => {
        resume(
          Effect.succeed({
            url: `http://127.0.0.1:${(listener.address() as AddressInfo).port}`,
            breakOff: () => sockets.forEach((socket) => socket.end(`5\r\n${json}\r\n0\r\n\r\n`)),
            stop: () => {
              sockets.forEach((socket) => socket.destroy())
              listener.close()
            },
          }),
        )
      })
    }),
    ({ stop }) => Effect.sync(stop),
  )
