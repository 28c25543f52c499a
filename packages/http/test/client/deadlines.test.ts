import { assert, describe, it } from "@effect/vitest"
import { Deadline, Pipeline } from "@holdfast/core"
import { HttpPipeline } from "@holdfast/http"
import { Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"
import { scripted, withoutJitter } from "../support/clients.ts"
import { url, busy, ok, patient, until, run } from "../support/pipelineClient.ts"

describe("HttpPipeline.client", () => {
  describe("deadlines", () => {
    it.effect("sends the deadline to the server with each attempt, in seconds or in gRPC's format", () =>
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

    it.effect("sends the deadline in seconds if gRPC's format has too few digits for milliseconds", () =>
      Effect.gen(function* () {
        const { client, requests } = scripted(ok)
        const pipeline = Pipeline.makeUnsafe(Pipeline.deadline("100000 seconds"), Pipeline.retry())
        yield* run(HttpPipeline.client(pipeline, client, { deadlineHeader: "grpc-timeout" }))
        assert.strictEqual(requests[0]?.headers["grpc-timeout"], "100000S")
      }),
    )

    it.effect("reads deadlines from request headers, and uses the earlier of two", () =>
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

    it.effect("ignores invalid deadlines", () =>
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

    it.effect("applies the caller's deadline to calls made on behalf of the caller", () =>
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
})
