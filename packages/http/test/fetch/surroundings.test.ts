import { assert, describe, it } from "@effect/vitest"
import { Authorization, Gate, Pipeline } from "@holdfast/core"
import * as Observer from "@holdfast/core/Observer"
import { HttpPipeline } from "@holdfast/http"
import { Context, Effect, Redacted } from "effect"
import { url, patient, until } from "../support/pipelineClient.ts"
import { replies, breaks, network, watch } from "../support/pipelineFetch.ts"

describe("HttpPipeline.fetch", () => {
  it.effect("sends the token from the authorization gate, and requests a new token after a 401", () =>
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

  it.effect("sends the time left until the deadline to the server", () =>
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

  it.effect("runs in the given context, so that an observer in the context receives the events of the call", () =>
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

  it.effect("rejects with the original exception if a defect ends the call", () =>
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
