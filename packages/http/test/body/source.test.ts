import { Readable } from "node:stream"
import { assert, describe, it } from "@effect/vitest"
import { Pipeline, Verdict } from "@holdfast/core"
import * as CircuitBreaker from "@holdfast/core/CircuitBreaker"
import { HttpPipeline, type TransportError } from "@holdfast/http"
import { Data, Effect, Stream } from "effect"
import { HttpBody, HttpClient } from "effect/http"
import { answer, transportError } from "../support/clients.ts"
import { url, bytes, webStream } from "../support/bodies.ts"

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

  it("does not count a failing body source as a failure of the service", async () => {
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
      // The body is consumed, whatever the verdict of its source says about a retry.
      assert.strictEqual((fetched as TransportError).verdict.retry, "never")
      assert.strictEqual(await Effect.runPromise(CircuitBreaker.state(breaker)).then(({ _tag }) => _tag), "Closed")
    }
  })

  it.effect("does not count a failing Effect stream as a failure of the service", () =>
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

  it("does not read the body before an attempt is sent", async () => {
    const breaker = CircuitBreaker.makeUnsafe({ consecutive: 1 })
    Effect.runSync(CircuitBreaker.isolate(breaker, "maintenance"))
    const fetch = HttpPipeline.fetch(Pipeline.makeUnsafe(Pipeline.breaker(breaker)))
    const body = webStream()
    const error = await fetch(url, { method: "PUT", body }).catch((cause: unknown) => cause)
    assert.strictEqual((error as { readonly _tag: string })._tag, "CircuitOpen")
    assert.isFalse(body.locked)
  })
})
