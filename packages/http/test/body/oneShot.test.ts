import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { Readable } from "node:stream"
import { NodeHttpClient } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Pipeline } from "@holdfast/core"
import { HttpPipeline } from "@holdfast/http"
import { Effect, Fiber, Schedule, Stream } from "effect"
import { HttpBody, HttpClient, HttpClientRequest } from "effect/http"
import { TestClock } from "effect/testing"
import { answer } from "../support/clients.ts"
import { onceFile, url, patient, bytes, pieces, webStream, generated } from "../support/bodies.ts"

describe("a body that can be sent only once", () => {
  it.effect("uses a body's capabilities to detect that it can be sent only once", () =>
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

  it.effect("stores no empty object if a real connection breaks while it sends a body that can be sent only once", () =>
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
