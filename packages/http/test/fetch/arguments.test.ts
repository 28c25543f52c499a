import { assert, describe, it } from "@effect/vitest"
import { Pipeline } from "@holdfast/core"
import { HttpPipeline, type TransportError } from "@holdfast/http"
import { Schedule } from "effect"
import { url, patient, size, bytes, webStream } from "../support/bodies.ts"

describe("an argument of fetch", () => {
  /** A fetch that fails twice and records its arguments. */
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

  it("sends the headers with every attempt, regardless of their type", async () => {
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

  it("reads the arguments of fetch when the call begins", async () => {
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

  it("accepts a Request as the options of a call", async () => {
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

  it("sends the form as it was when the call began, including its files", async () => {
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

  it("does not send a body again if the program has overwritten the bytes of the body", async () => {
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
      assert.include((error as TransportError).message, "the program overwrote the body")
      assert.strictEqual(runs, 1)
    }
  })

  it("accepts a stream as the body without the `duplex` option", async () => {
    const lengths: Array<number> = []
    const fetch = HttpPipeline.fetch(patient, async (input, init) => {
      lengths.push((await new Request(input, init).arrayBuffer()).byteLength)
      return new Response("ok")
    })
    await fetch(url, { method: "PUT", body: webStream() })
    assert.deepStrictEqual(lengths, [size])
  })
})
