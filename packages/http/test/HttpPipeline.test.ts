import { assert, describe, it } from "@effect/vitest"
import { type Classified, type DeadlineExceeded, Pipeline } from "@holdfast/core"
import * as Fallback from "@holdfast/core/Fallback"
import { type ErrorStatus, HttpPipeline, type TransportError } from "@holdfast/http"
import { Effect } from "effect"
import { type HttpClient, HttpClientRequest, HttpClientResponse } from "effect/http"
import { decode, scripted, type VendorError } from "./support/clients.ts"
import { url, busy, ok, patient, until, run } from "./support/pipelineClient.ts"
import { breaks, network, watch } from "./support/pipelineFetch.ts"

describe("HttpPipeline", () => {
  it("adds exactly the errors of its stages to the error type", () => {
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

  it.effect("uses the fallback after all attempts have failed, and removes the errors from the type", () =>
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
})
