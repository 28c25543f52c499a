import { assert, describe, it } from "@effect/vitest"
import { Pipeline } from "@holdfast/core"
import * as Verdict from "@holdfast/core/Verdict"
import { type ErrorStatus, HttpPipeline } from "@holdfast/http"
import { Effect } from "effect"
import { HttpClientRequest } from "effect/http"
import { answer, scripted, type Step } from "../support/clients.ts"
import { ok, patient, run, until } from "../support/pipelineClient.ts"
import { network, watch } from "../support/pipelineFetch.ts"

const json = (status: number, body: unknown, headers: Record<string, string> = {}): Step =>
  answer(JSON.stringify(body), { status, headers: { "content-type": "application/json", ...headers } })

const github = "https://api.github.com/repos/a/b"
const openai = "https://api.openai.com/v1/responses"

const primary = json(
  403,
  { message: "API rate limit exceeded for user ID 1.", documentation_url: "https://docs.github.com/rest" },
  { date: "Sat, 21 Nov 2026 18:00:00 GMT", "x-ratelimit-remaining": "0", "x-ratelimit-reset": "1795284020" },
)

const secondary = json(
  403,
  { message: "You have exceeded a secondary rate limit.", documentation_url: "https://docs.github.com/rest" },
  { "retry-after": "30" },
)

const spent = json(429, {
  error: {
    message: "You exceeded your current quota",
    type: "insufficient_quota",
    param: null,
    code: "insufficient_quota",
  },
})

const called = (url: string, ...steps: ReadonlyArray<Step>) =>
  Effect.gen(function* () {
    const { client, times } = scripted(...steps)
    const { error, status } = yield* run(HttpPipeline.client(patient, client), HttpClientRequest.post(url))
    return { error: error as ErrorStatus | undefined, status, times }
  })

describe("a response that names a limit", () => {
  it.effect("retries after GitHub's reset, even for a POST, because GitHub did not execute the request", () =>
    Effect.gen(function* () {
      const { status, times } = yield* called(github, primary, ok)
      assert.strictEqual(status, 200)
      assert.deepStrictEqual(times, [0, 20])
    }),
  )

  it.effect("retries after the time that a secondary limit states", () =>
    Effect.gen(function* () {
      const { times } = yield* called(github, secondary, ok)
      assert.deepStrictEqual(times, [0, 30])
    }),
  )

  it.effect("treats a secondary limit as an overload although its status is 403", () =>
    Effect.gen(function* () {
      const { client } = scripted(secondary)
      const once = HttpPipeline.client(Pipeline.makeUnsafe(Pipeline.retry({ attempts: 1 })), client)
      const { error } = yield* run(once, HttpClientRequest.get(github), 1)
      assert.isDefined(error)
      if (error !== undefined) assert.strictEqual(Verdict.outcomeOf(error.verdict), "overload")
    }),
  )

  it.effect(
    "does not retry if the quota is exhausted, and does not count the response as a failure of the service",
    () =>
      Effect.gen(function* () {
        const { error, times } = yield* called(openai, spent)
        assert.deepStrictEqual(times, [0])
        assert.strictEqual(error?.verdict.retry, "never")
        assert.strictEqual(error?.verdict.change, "human")
        assert.strictEqual(error?.verdict.outcome, "ignored")
      }),
  )

  it.effect(
    "recognizes a limit in a response to fetch only by its headers, because the caller of fetch reads the body",
    () =>
      Effect.gen(function* () {
        const headers = { "x-github-request-id": "a", "x-ratelimit-remaining": "0", "retry-after": "5" }
        const net = yield* network(
          () => Promise.resolve(new Response("", { status: 403, headers })),
          () => Promise.resolve(new Response("ok")),
        )
        const seen = watch(HttpPipeline.fetch(patient, net.fetch, { context: net.context })(github))
        yield* until(10)
        assert.strictEqual(seen.response?.status, 200)
      }),
  )
})

describe("a response that names no documented limit", () => {
  it.effect("handles a response without a documented limit according to its status", () =>
    Effect.gen(function* () {
      const forbidden = yield* called("https://api.example.com/a", json(403, { message: "too many requests from you" }))
      assert.deepStrictEqual(forbidden.times, [0])
      assert.strictEqual(forbidden.error?.verdict.change, "human")
    }),
  )

  it.effect("handles a response according to its status if the vendor rejects the request for another reason", () =>
    Effect.gen(function* () {
      const hidden = yield* called(github, json(403, { message: "Resource not accessible by integration" }))
      assert.deepStrictEqual(hidden.times, [0])
    }),
  )
})
