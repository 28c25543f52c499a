import { NodeRuntime } from "@effect/platform-node"
import { Pipeline } from "@holdfast/core"
import { HttpPipeline } from "@holdfast/http"
import { Clock, Console, Duration, Effect, Random } from "effect"
import { HttpClient, HttpClientResponse } from "effect/http"

/** A server that is busy, and asks for a wait in three forms. In a program, take the client of your platform. */
const hints = [{ "retry-after": "7" }, { "retry-after-ms": "1500" }, {}, { "retry-after": "3600" }]
const serverFrom = (start: number) =>
  HttpClient.make((request) =>
    Effect.gen(function* () {
      const headers = hints.shift()
      const status = headers === undefined ? 200 : 429
      const seconds = ((yield* Clock.currentTimeMillis) - start) / 1000
      yield* Console.log(`${seconds.toFixed(1).padStart(4)} s  ${status} ${JSON.stringify(headers ?? {})}`)
      return HttpClientResponse.fromWeb(request, new Response(null, { status, headers: headers ?? {} }))
    }),
  )

const pipeline = Pipeline.makeUnsafe(
  Pipeline.retry({ attempts: 3, backoff: { base: "500 millis" }, hintCap: "2 minutes" }),
  Pipeline.timeout("15 seconds"),
)

export const main = Effect.gen(function* () {
  const client = HttpPipeline.client(pipeline, serverFrom(yield* Clock.currentTimeMillis))
  const busy = yield* Effect.flip(client.get("https://api.example/clips"))
  yield* Console.log(`${busy._tag} after three attempts`)

  // An hour is more than `hintCap`: the call fails, and its caller decides.
  const error = yield* Effect.flip(client.get("https://api.example/clips"))
  const { retryAfter } = error.verdict
  yield* Console.log(`not retried: the server asks for ${retryAfter && Duration.format(retryAfter)}`)
}).pipe(Random.withSeed("docs"))

if (import.meta.main) NodeRuntime.runMain(main)
